"""The signed record of a self-declaration: the answers that counted, frozen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from checklists import load
from portal.services.cases import Case
from portal.services.declaration_lines import Line, levels, lines
from portal.services.freezing import frame, name_of, sign
from portal.services.installation import Work
from portal.store import connections, declarations, events
from portal.store.models import Evidence, StoredEvent
from workflows import declaration as rules
from workflows.errors import Blocked, Reason
from workflows.events import StepMoved
from workflows.frozen import digest

_SUBMITTED = {"step": "declaration", "move": "submit"}


def answers_part(counted: Sequence[Line]) -> list[dict[str, Any]]:
    """What a signature covers: each line with its answer, the actions that mend it and what shows it, in catalogue order."""
    return [_answer(line) for line in counted]


def answers_sha256(answers: Sequence[Mapping[str, Any]]) -> str:
    """The SHA-256 of the answers alone, which is known before anybody signs."""
    return digest({"answers": answers})


def submission(session: Session, connection_id: str) -> StoredEvent | None:
    """The event of the latest handing over for signature, which tells who did it and when."""
    return next(
        (
            found
            for found in reversed(events.of_connection(session, connection_id))
            if found.kind == StepMoved.kind and _SUBMITTED.items() <= json.loads(found.body).items()
        ),
        None,
    )


def seal(work: Work, case: Case, seen: str | None = None) -> None:
    """Freeze the answers that count, sign the record, and open the lines that the reviewer has not accepted.

    `seen` is the hash of the answers as the signatory read them; Blocked when they have become others since.
    """
    session, connection = work.session, case.connection
    record = _record(work, case, lines(session, connection))
    if seen and seen != record["answers_sha256"]:
        raise Blocked((Reason("answers_changed", place="declaration"),))
    sign(work, case, "declaration", record, submitted_by=record["submitted"]["by"])
    for row in declarations.answers(session, connection).values():
        row.verdict = rules.after_submission(declarations.given(row))


def _record(work: Work, case: Case, counted: Sequence[Line]) -> dict[str, Any]:
    catalogue = declarations.catalogue(work.session, case.connection)
    by_name = name_of(work.session, work.actor)
    given = {line.requirement.id: line.given for line in counted}
    answers = answers_part(counted)
    handed_over = submission(work.session, case.connection.id)
    submitted_by = handed_over.actor_id if handed_over else None
    return {
        **frame(work, connections.federation(work.session), case.connection, case.organisation, by_name),
        "catalogue": {
            "id": catalogue.id,
            "version": catalogue.version,
            "sha256": load.sha256(catalogue),
        },
        "round": case.rows["declaration"].round,
        "answers": answers,
        "answers_sha256": answers_sha256(answers),
        "levels": levels(catalogue, counted),
        "summary": rules.summary(catalogue, given, declarations.order(work.session, case.connection)),
        "submitted": {
            "by": submitted_by,
            "by_name": name_of(work.session, submitted_by),
            "at": handed_over.at.isoformat(timespec="seconds") if handed_over else None,
        },
        "signed": {"by": work.actor, "by_name": by_name, "at": work.now.isoformat(timespec="seconds")},
    }


def _answer(line: Line) -> dict[str, Any]:
    return {
        "requirement": line.requirement.id,
        "value": line.given.value,
        "comment": line.given.comment,
        "actions": [
            {
                "number": action.number,
                "title": action.title,
                "due": action.due.isoformat() if action.due else None,
                "responsible": action.responsible,
            }
            for action in line.actions
        ],
        "evidence": [_shows(row) for row in line.evidence],
    }


def _shows(row: Evidence) -> dict[str, Any]:
    """Evidence as it is signed: a file by the SHA-256 of its content, a link by its address."""
    return {
        "title": row.title,
        "kind": row.kind,
        "name": row.name,
        "sha256": row.sha256,
        "url": row.url,
        "happened_on": row.happened_on.isoformat() if row.happened_on else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "added_at": row.added_at.isoformat(timespec="seconds"),
    }
