"""The owner's review of a self-declaration: line by line, accepted or returned, and only what is new once more."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.services import cases, declarations, facts, steps
from portal.services.cases import Case
from portal.services.installation import Installation, Work
from portal.store import decisions, reasons
from portal.store import declarations as store
from portal.store.models import Answer, Connection, Frozen
from workflows import declaration as rules
from workflows.declaration import ACCEPTED, RETURNED, Change
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.events import LineReviewed
from workflows.status import Status

MAX_TEXT = 4_000


@dataclass(frozen=True)
class Rounds:
    """The signed records of a declaration: the latest, the one before it, and what changed between them."""

    latest: Frozen | None
    earlier: Frozen | None
    changes: Mapping[str, Change]


def rounds(session: Session, connection: Connection) -> Rounds:
    """What the reviewer compares; nothing changed while there is only one round."""
    signed = decisions.signatures(session, connection.id, "declaration")
    held = [session.get(Frozen, found.frozen_sha256) for found in signed[:2]]
    latest, earlier = ([*held, None, None])[:2]
    if latest is None or earlier is None:
        return Rounds(latest, None, {})
    changed = rules.changes(json.loads(earlier.body)["answers"], json.loads(latest.body)["answers"])
    return Rounds(latest, earlier, changed)


def review_line(
    home: Installation,
    person_id: str,
    connection_id: str,
    requirement: str,
    verdict: str,
    reason: str | None = None,
    text: str = "",
) -> None:
    """Accept or return one line; a return needs a named reason or a text. The same verdict twice changes nothing.

    Raises Invalid by field, Blocked when the declaration is not under review, NotFound for a line not in it.
    """
    said = declarations.written(text)
    with home.write(person_id) as work:
        case = _under_review(work, person_id, connection_id)
        _check(work.session, verdict, reason, said)
        row = _counted(work.session, case.connection).get(requirement)
        if row is None:
            raise NotFound
        _judge(work, case, row, verdict, reason, said)


def accept_fulfilled(home: Installation, person_id: str, connection_id: str, theme: str) -> int:
    """Accept every line of a theme that is answered yes and not yet reviewed; how many."""
    with home.write(person_id) as work:
        case = _under_review(work, person_id, connection_id)
        inside = {item.id for item in store.catalogue(work.session, case.connection).of_theme(theme)}
        rows = [
            row
            for name, row in _counted(work.session, case.connection).items()
            if name in inside and row.value == "yes" and row.verdict is None
        ]
        for row in rows:
            _judge(work, case, row, ACCEPTED, None, "")
        return len(rows)


def approve(home: Installation, person_id: str, connection_id: str, actions: Sequence[str] = ()) -> bool:
    """Accept the declaration, with `actions` (ids) as conditions; False when it already is.

    Raises Blocked while a line is not accepted, and Invalid for an action that cannot be a condition.
    """
    return steps.make(
        home, person_id, connection_id, "declaration", "approve", steps.Wish(actions=tuple(actions))
    )


def send_back(home: Installation, person_id: str, connection_id: str) -> bool:
    """Ask for completion of the returned lines; False when it already was. Raises Blocked when no line is returned."""
    return steps.make(home, person_id, connection_id, "declaration", "return")


def _check(session: Session, verdict: str, reason: str | None, text: str) -> None:
    errors: dict[str, Reason] = {}
    if verdict not in (ACCEPTED, RETURNED):
        errors["verdict"] = Reason("choice_unknown")
    if verdict == RETURNED:
        if not reason and not text:
            errors["reason"] = Reason("reason_needed")
        if reason and reason not in {item.id for item in reasons.of_step(session, "declaration")}:
            errors["reason"] = Reason("choice_unknown")
    if len(text) > MAX_TEXT:
        errors["text"] = Reason("too_long", {"n": len(text) - MAX_TEXT, "max": MAX_TEXT})
    if errors:
        raise Invalid(errors)


def _under_review(work: Work, person_id: str, connection_id: str) -> Case:
    case = cases.fetch(work.session, person_id, connection_id, "declaration.review")
    if facts.belongs(work.session, case, person_id):
        raise Blocked((Reason("own_organisation"),))
    status = case.states["declaration"]
    if status is not Status.SUBMITTED:
        raise Blocked((Reason("not_now", {"step": "declaration", "status": status}, place="declaration"),))
    return case


def _counted(session: Session, connection: Connection) -> dict[str, Answer]:
    stored = store.answers(session, connection)
    given: dict[str, Any] = {name: store.given(row) for name, row in stored.items()}
    counted = {
        item.id
        for item in rules.shown(store.catalogue(session, connection), given, store.order(session, connection))
    }
    return {name: row for name, row in stored.items() if name in counted}


def _judge(work: Work, case: Case, row: Answer, verdict: str, reason: str | None, text: str) -> None:
    if verdict == ACCEPTED:
        reason, text = None, ""
    if (row.verdict, row.verdict_reason, row.verdict_text) == (verdict, reason, text):
        return
    row.verdict, row.verdict_reason, row.verdict_text = verdict, reason, text
    row.reviewed_by, row.reviewed_at = work.actor, work.now
    work.record(
        LineReviewed(row.requirement, verdict, reason),
        organisation=case.organisation.id,
        connection=case.connection.id,
    )
