"""The signed record of a self-declaration: the answers that counted, frozen."""

from collections.abc import Sequence
from typing import Any

from checklists import load
from portal.services.cases import Case
from portal.services.declaration_lines import Line, lines
from portal.services.freezing import frame, name_of, sign
from portal.services.installation import Work
from portal.store import connections, declarations
from workflows import declaration as rules


def seal(work: Work, case: Case) -> None:
    """Freeze the answers that count, sign the record, and open the lines that the reviewer has not accepted."""
    session, connection = work.session, case.connection
    sign(work, case, "declaration", _record(work, case, lines(session, connection)))
    for row in declarations.answers(session, connection).values():
        row.verdict = rules.after_submission(declarations.given(row))


def _record(work: Work, case: Case, counted: Sequence[Line]) -> dict[str, Any]:
    catalogue = declarations.catalogue(case.connection)
    by_name = name_of(work.session, work.actor)
    given = {line.requirement.id: line.given for line in counted}
    return {
        **frame(work, connections.federation(work.session), case.connection, case.organisation, by_name),
        "catalogue": {
            "id": catalogue.id,
            "version": catalogue.version,
            "sha256": load.sha256(catalogue),
        },
        "round": case.rows["declaration"].round,
        "answers": [_answer(line) for line in counted],
        "summary": rules.summary(catalogue, given),
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
    }
