"""Answers of an earlier signed declaration, offered for requirements that have none now."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.schema import Requirement
from portal.services.cases import Case
from portal.services.declaration_lines import lines
from portal.store.models import Connection, Frozen, Signature


@dataclass(frozen=True)
class Earlier:
    """What was answered before. `version` is that of the answer stored now, 0 where there is none.

    `catalogue_version` is None when the earlier declaration answered the version of the requirements that holds now.
    """

    requirement: Requirement
    value: str
    comment: str
    signed_at: datetime
    catalogue_version: str | None
    version: int


def offers(session: Session, case: Case) -> tuple[Earlier, ...]:
    """The newest earlier answer to each requirement that counts and has no answer, in catalogue order.

    It is taken from what was signed, in any round or version, by any connection of the organisation.
    """
    signed = _signed(session, case.organisation.id)
    if not signed:
        return ()
    found = []
    for line in lines(session, case.connection):
        if line.given.value is not None:
            continue
        for record, at in signed:
            said = record["answers"].get(line.requirement.id)
            if said is not None:
                version = record["version"]
                other = version if version != case.connection.declaration_version else None
                stored = line.answer.version if line.answer else 0
                found.append(Earlier(line.requirement, said["value"], said["comment"], at, other, stored))
                break
    return tuple(found)


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
