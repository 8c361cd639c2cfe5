"""The self-declaration: saving answers, handing it over for signature, and the signed record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from checklists import load
from checklists.schema import Requirement
from portal.services import cases, moves, steps
from portal.services.cases import Case
from portal.services.freezing import frame, freeze, name_of
from portal.services.installation import Installation, Work
from portal.store import connections, declarations, risks
from portal.store.models import Action, Answer, Connection, Signature
from workflows import declaration as rules
from workflows.declaration import Given
from workflows.errors import Invalid, NotFound, Stale
from workflows.events import AnswerSaved, RecordSigned
from workflows.identifiers import clean
from workflows.risk import CANCELLED


@dataclass(frozen=True)
class Stored:
    """What somebody else stored while a form was open."""

    value: str | None
    comment: str
    version: int
    by_name: str
    at: datetime | None


@dataclass(frozen=True)
class Saved:
    """The answer after saving, and how many lines of the declaration are left to answer."""

    version: int
    at: datetime
    left: int
    changed: bool


@dataclass(frozen=True)
class Line:
    """One requirement of a declaration with its answer, what it lacks and the actions that mend it."""

    requirement: Requirement
    answer: Answer | None
    given: Given
    lacks: tuple[str, ...]
    actions: tuple[Action, ...]


def written(text: str) -> str:
    """Text as it is stored: no control characters, one kind of line break, no blanks around it."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def save_answer(
    home: Installation,
    person_id: str,
    connection_id: str,
    requirement: str,
    value: str | None,
    comment: str,
    version: int,
) -> Saved:
    """Save one answer; `version` is the one the page was made from, 0 where there was none.

    Saving what is already stored changes nothing. Raises Invalid by field, Stale with `Stored` when somebody saved
    in between, Blocked when the declaration is not open.
    """
    typed = written(comment)
    errors = rules.check(value, typed)
    if errors:
        raise Invalid(errors)
    try:
        with home.write(person_id) as work:
            return _save(work, person_id, connection_id, requirement, value, typed, version)
    except IntegrityError:
        with home.read() as session:
            case = cases.fetch(session, person_id, connection_id, "declaration.answer")
            found = declarations.answer(session, case.connection, requirement)
            raise Stale(_stored(session, found)) from None


def _save(
    work: Work,
    person_id: str,
    connection_id: str,
    requirement: str,
    value: str | None,
    comment: str,
    version: int,
) -> Saved:
    session = work.session
    case = cases.fetch(session, person_id, connection_id, "declaration.answer")
    if requirement not in {item.id for item in declarations.catalogue(case.connection).requirements}:
        raise NotFound
    found = declarations.answer(session, case.connection, requirement, lock=True)
    before = declarations.given(found)
    if (before.value, before.comment) == (value, comment):
        at = found.answered_at if found else work.now
        return Saved(found.version if found else 0, at, _left(session, case.connection), changed=False)
    if (found.version if found else 0) != version:
        raise Stale(_stored(session, found))
    moves.begin(work, case, "declaration")
    row = found or _new(work, case, requirement)
    row.value, row.comment, row.version = value, comment, version + 1
    row.answered_by, row.answered_at = person_id, work.now
    row.verdict, remark_stays = rules.after_edit(before)
    if not remark_stays:
        row.verdict_reason, row.verdict_text = None, ""
    session.flush()
    work.record(
        AnswerSaved(requirement, value), organisation=case.organisation.id, connection=case.connection.id
    )
    return Saved(row.version, work.now, _left(session, case.connection), changed=True)


def _new(work: Work, case: Case, requirement: str) -> Answer:
    row = Answer(
        connection_id=case.connection.id,
        catalogue_version=case.connection.declaration_version,
        requirement=requirement,
        verdict_text="",
    )
    work.session.add(row)
    return row


def _stored(session: Session, found: Answer | None) -> Stored:
    if found is None:
        return Stored(None, "", 0, "", None)
    by_name = name_of(session, found.answered_by)
    return Stored(found.value, found.comment, found.version, by_name, found.answered_at)


def _left(session: Session, connection: Connection) -> int:
    lines = {name: declarations.given(row) for name, row in declarations.answers(session, connection).items()}
    catalogue = declarations.catalogue(connection)
    return rules.progress(rules.shown(catalogue, lines), lines).left


def lines(session: Session, connection: Connection) -> list[Line]:
    """The lines that count in the declaration, in catalogue order."""
    stored = declarations.answers(session, connection)
    given = {name: declarations.given(row) for name, row in stored.items()}
    mending = _mending(session, connection.id)
    planned = declarations.planned(session, connection.id)
    return [
        Line(
            item,
            stored.get(item.id),
            given.get(item.id, rules.NOTHING),
            rules.lacks(given.get(item.id, rules.NOTHING), planned=item.id in planned),
            tuple(mending.get(item.id, ())),
        )
        for item in rules.shown(declarations.catalogue(connection), given)
    ]


def _mending(session: Session, connection_id: str) -> dict[str, list[Action]]:
    """The standing actions by the requirement whose deviation they mend."""
    targets = risks.targets(session, connection_id)
    found: dict[str, list[Action]] = {}
    for action in risks.actions(session, connection_id):
        if action.status == CANCELLED:
            continue
        for requirement in targets.get(action.id, risks.Targets()).requirements:
            found.setdefault(requirement, []).append(action)
    return found


def submit(home: Installation, person_id: str, connection_id: str) -> bool:
    """Hand the declaration over for signature; False when it already was. Raises Blocked with every reason."""
    return steps.make(home, person_id, connection_id, "declaration", "submit")


def take_back(home: Installation, person_id: str, connection_id: str) -> bool:
    """Open the declaration for change again before it is signed; False when it already is open."""
    return steps.make(home, person_id, connection_id, "declaration", "take_back")


def sign(home: Installation, person_id: str, connection_id: str) -> bool:
    """Sign and submit; False when it already was. The caller has asked for the second factor."""
    return steps.make(home, person_id, connection_id, "declaration", "sign")


def seal(work: Work, case: Case, _wish: steps.Wish) -> None:
    """Freeze the answers that count, sign the record, and open the lines that the reviewer has not accepted."""
    if work.actor is None:
        raise ValueError("a signature needs a person")
    session, connection, organisation = work.session, case.connection, case.organisation
    counted = lines(session, connection)
    sha256 = freeze(
        work,
        "declaration",
        _record(work, case, counted),
        connection=connection.id,
        organisation=organisation.id,
    )
    session.add(
        Signature(
            connection_id=connection.id,
            record="declaration",
            frozen_sha256=sha256,
            signed_by=work.actor,
            signed_at=work.now,
        )
    )
    for row in declarations.answers(session, connection).values():
        row.verdict = rules.after_submission(declarations.given(row))
    session.flush()
    work.record(RecordSigned("declaration", sha256), organisation=organisation.id, connection=connection.id)


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


# Signing is more than a change of state, whichever page the button stands on.
steps.EFFECTS["declaration", "sign"] = seal
