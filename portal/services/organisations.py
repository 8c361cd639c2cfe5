"""Adding an organisation to the installation: the row and its event, whoever brings it."""

from portal.services.installation import Work
from portal.store.models import Organisation
from portal.store.models.base import new_id
from portal.store.sorting import sort_key
from workflows.events import OrganisationAdded


def add(
    work: Work,
    name: str,
    *,
    kind: str,
    part: str = "participant",
    org_number: str | None = None,
    scb_code: str | None = None,
    county_code: str | None = None,
) -> Organisation:
    """A new organisation. `part` is participant, supplier, operator or owner; `org_number` ten digits."""
    found = Organisation(
        id=new_id(),
        name=name,
        sort_key=sort_key(name),
        kind=kind,
        part=part,
        org_number=org_number,
        scb_code=scb_code,
        county_code=county_code,
        created_at=work.now,
    )
    work.session.add(found)
    work.session.flush()
    work.record(OrganisationAdded(found.id), organisation=found.id)
    return found
