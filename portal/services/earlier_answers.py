"""Answers given before, signed or to an older version, offered for requirements that have none now."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.schema import Requirement
from portal.services.cases import Case
from portal.services.declaration_lines import lines
from portal.store.models import Answer, Connection, Frozen, Signature


@dataclass(frozen=True)
class Earlier:
    """What was answered before, and when: signed, or given to an older version. `version` is that of the answer stored now, 0 where there is none.

    `catalogue_version` is None when the earlier declaration answered the version of the requirements that holds now.
    """

    requirement: Requirement
    value: str
    comment: str
    at: datetime
    catalogue_version: str | None
    version: int


def offers(session: Session, case: Case) -> tuple[Earlier, ...]:
    """The newest earlier answer to each requirement that counts and has no answer, in catalogue order.

    It is taken from what was signed, in any round or version, by any connection of the organisation, and from what
    this declaration answered in an older version of the requirements.
    """
    before = _before(session, case)
    signed = _signed(session, case.organisation.id)
    if not signed and not before:
        return ()
    now = case.connection.declaration_version
    found = []
    for line in lines(session, case.connection):
        if line.given.value is not None:
            continue
        name = line.requirement.id
        said = [(at, record["version"], record["answers"].get(name)) for record, at in signed]
        held = [(at, version, answer) for at, version, answer in (*said, *before.get(name, ())) if answer]
        if held:
            at, version, answer = max(held, key=lambda one: one[0])
            other = version if version != now else None
            stored = line.answer.version if line.answer else 0
            found.append(Earlier(line.requirement, answer["value"], answer["comment"], at, other, stored))
    return tuple(found)


def _before(session: Session, case: Case) -> dict[str, list[tuple[datetime, str, dict[str, Any]]]]:
    """What this declaration answered in the versions of the requirements that it has left, by requirement."""
    rows = session.scalars(
        select(Answer).where(
            Answer.connection_id == case.connection.id,
            Answer.catalogue_version != case.connection.declaration_version,
            Answer.value.is_not(None),
        )
    )
    found: dict[str, list[tuple[datetime, str, dict[str, Any]]]] = {}
    for row in rows:
        answer = {"value": row.value, "comment": row.comment}
        found.setdefault(row.requirement, []).append((row.answered_at, row.catalogue_version, answer))
    return found


def _signed(session: Session, organisation_id: str) -> list[tuple[dict[str, Any], datetime]]:
    """The answers of each signed declaration by requirement, newest first."""
    rows = session.execute(
        select(Frozen.body, Signature.signed_at)
        .join(Signature, Signature.frozen_sha256 == Frozen.sha256)
        .join(Connection, Connection.id == Signature.connection_id)
        .where(Connection.organisation_id == organisation_id, Signature.record == "declaration")
        .order_by(Signature.signed_at.desc(), Signature.id.desc())
    ).all()
    return [(_answers(json.loads(body)), at) for body, at in rows]


def _answers(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": record["catalogue"]["version"],
        "answers": {line["requirement"]: line for line in record["answers"] if line["value"]},
    }
