"""Founding an installation: its federation, the organisation that owns it, and the shipped catalogues."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.services import catalogues, organisations
from portal.services.installation import Work
from portal.store.models import Federation, Membership, Organisation
from workflows.access import Role
from workflows.events import InstallationCreated


def found(
    work: Work,
    *,
    name: str,
    short_name: str,
    owner_name: str,
    rule_book: str,
    county: str | None = None,
    demo: bool = False,
) -> Organisation:
    """Make the federation and its owner, and store the catalogues; the owner. Raises ValueError when there is one."""
    if work.session.get(Federation, 1) is not None:
        raise ValueError("the installation has a federation already")
    owner = organisations.add(work, owner_name, kind="statlig_myndighet", part="owner", county_code=county)
    work.session.add(
        Federation(
            name=name,
            short_name=short_name,
            owner_id=owner.id,
            rule_book=rule_book,
            last_reference=0,
            demo=demo,
        )
    )
    catalogues.store_shipped(work)
    work.record(InstallationCreated(short_name))
    return owner


def administrators(session: Session) -> int:
    """How many administrators the owner has."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(Membership.role == Role.OWNER_ADMIN, Membership.ended_at.is_(None))
        )
        or 0
    )
