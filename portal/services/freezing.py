"""Freezing: what a signature, decision or PDF rests on is stored once in canonical form and never changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.services.installation import Work
from portal.store.models import Connection, Federation, Frozen, Organisation, Person
from workflows.events import RecordFrozen
from workflows.frozen import canonical, digest


def freeze(work: Work, kind: str, body: Mapping[str, Any], *, connection: str, organisation: str) -> str:
    """Store the record and its event; the SHA-256 that names it. The same record twice is stored once."""
    record = {**body, "kind": kind}
    sha256 = digest(record)
    if work.session.get(Frozen, sha256) is None:
        work.session.add(
            Frozen(sha256=sha256, kind=kind, body=canonical(record).decode(), frozen_at=work.now)
        )
        work.session.flush()
    work.record(RecordFrozen(kind, sha256), organisation=organisation, connection=connection)
    return sha256


def frame(
    work: Work, federation: Federation, connection: Connection, organisation: Organisation, by_name: str
) -> dict[str, Any]:
    """What every frozen record begins with: whose it is, in which federation, when and by whom."""
    return {
        "federation": {"name": federation.name, "short_name": federation.short_name},
        "organisation": {
            "name": organisation.name,
            "org_number": organisation.org_number,
            "kind": organisation.kind,
            "county": organisation.county_code,
        },
        "connection": {
            "id": connection.id,
            "reference": connection.reference,
            "journey": connection.journey,
            "journey_version": connection.journey_version,
        },
        "frozen_at": work.now.isoformat(timespec="seconds"),
        "by": work.actor,
        "by_name": by_name,
    }


def name_of(session: Session, person_id: str | None) -> str:
    """The name of a person as it stands today; empty for the portal itself."""
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else ""
