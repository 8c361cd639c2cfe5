"""Freezing: what a signature, decision or PDF rests on is stored once in canonical form and never changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.services.cases import Case
from portal.services.installation import Work
from portal.store.models import Connection, Federation, Frozen, Organisation, Person, Signature
from workflows.events import RecordFrozen, RecordSigned
from workflows.frozen import canonical, digest

HELD = "people whose names are shown"


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
    if person is None:
        return ""
    # A session forgets what nobody holds, and would ask for the same person on every line of a page.
    session.info.setdefault(HELD, {})[person.id] = person
    return person.name


def stamp(
    work: Work, case: Case, record: str, body: Mapping[str, Any], *, submitted_by: str | None = None
) -> str:
    """Freeze the record and note who stands for it; the SHA-256 that names it. Raises ValueError without a person.

    `submitted_by` is who handed the record over for signature, when that was somebody else's part.
    """
    if work.actor is None:
        raise ValueError("a record needs a person who stands for it")
    sha256 = freeze(work, record, body, connection=case.connection.id, organisation=case.organisation.id)
    work.session.add(
        Signature(
            connection_id=case.connection.id,
            record=record,
            frozen_sha256=sha256,
            submitted_by=submitted_by,
            signed_by=work.actor,
            signed_at=work.now,
        )
    )
    work.session.flush()
    return sha256


def sign(
    work: Work, case: Case, record: str, body: Mapping[str, Any], *, submitted_by: str | None = None
) -> str:
    """Freeze the record and sign it, with the event that says so; the SHA-256 that names it."""
    sha256 = stamp(work, case, record, body, submitted_by=submitted_by)
    work.record(
        RecordSigned(record, sha256), organisation=case.organisation.id, connection=case.connection.id
    )
    return sha256
