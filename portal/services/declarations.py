"""The self-declaration: saving answers, handing it over for signature and signing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.services import answering, assignments, moves, steps
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.services.installation import Installation, Work
from portal.store import answer_versions, declarations
from portal.store.models import Answer, Connection
from workflows import declaration as rules
from workflows.errors import Invalid, NotFound, Stale
from workflows.events import AnswerSaved
from workflows.identifiers import clean


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
            return save_within(work, person_id, connection_id, requirement, value, typed, version)
    except IntegrityError:
        with home.read() as session:
            case = answering.fetch(session, person_id, connection_id, requirement)
            found = declarations.answer(session, case.connection, requirement)
            raise Stale(_stored(session, found)) from None


def save_within(
    work: Work,
    person_id: str,
    connection_id: str,
    requirement: str,
    value: str | None,
    comment: str,
    version: int,
) -> Saved:
    """Save one answer in a unit of work that may hold others; value and comment have been checked and cleaned.

    Raises Stale, Blocked, Forbidden and NotFound as `save_answer` does, and IntegrityError for a lost race.
    """
    session = work.session
    case = answering.fetch(session, person_id, connection_id, requirement)
    if requirement not in {item.id for item in declarations.catalogue(session, case.connection).requirements}:
        raise NotFound
    found = declarations.answer(session, case.connection, requirement, lock=True)
    before = declarations.given(found)
    if (before.value, before.comment) == (value, comment):
        assignments.answered(work, case, requirement, value)
        at = found.answered_at if found else work.now
        return Saved(found.version if found else 0, at, _left(session, case.connection), changed=False)
    if (found.version if found else 0) != version:
        raise Stale(_stored(session, found))
    moves.begin(work, answering.as_answering(case), "declaration")
    row = found or _new(work, case, requirement)
    row.value, row.comment, row.version = value, comment, version + 1
    row.answered_by, row.answered_at = person_id, work.now
    row.verdict, remark_stays = rules.after_edit(before)
    if not remark_stays:
        row.verdict_reason, row.verdict_text = None, ""
    session.flush()
    session.add(answer_versions.of(row))
    work.record(
        AnswerSaved(requirement, value), organisation=case.organisation.id, connection=case.connection.id
    )
    assignments.answered(work, case, requirement, value)
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
    lines = declarations.given_by_requirement(session, connection)
    catalogue = declarations.catalogue(session, connection)
    return rules.progress(rules.shown(catalogue, lines, declarations.order(session, connection)), lines).left


def submit(home: Installation, person_id: str, connection_id: str) -> bool:
    """Hand the declaration over for signature; False when it already was. Raises Blocked with every reason."""
    return steps.make(home, person_id, connection_id, "declaration", "submit")


def take_back(home: Installation, person_id: str, connection_id: str) -> bool:
    """Open the declaration for change again before it is signed; False when it already is open."""
    return steps.make(home, person_id, connection_id, "declaration", "take_back")


def sign(home: Installation, person_id: str, connection_id: str) -> bool:
    """Sign and submit; False when it already was. The caller has asked for the second factor."""
    return steps.make(home, person_id, connection_id, "declaration", "sign")
