"""Making a move: the table decides, the state and its event are stored together, and what follows is opened."""

from datetime import date

from portal.services import letters
from portal.services.cases import Case
from portal.services.installation import Work
from portal.store.models import StepState
from workflows import journey
from workflows.errors import Blocked, Forbidden, Reason
from workflows.events import ConnectionOpened, StepMoved, StepOpened
from workflows.guards import Facts
from workflows.status import Status


def make(
    work: Work,
    case: Case,
    step: str,
    name: str,
    facts: Facts,
    *,
    reason: str | None = None,
    text: str | None = None,
) -> None:
    """Make one move of the table for the actor of this work.

    Raises Forbidden without the role, Blocked with every reason when the state or a guard says no.
    """
    row = journey.move(step, name)
    if row.who is not None and row.who not in case.actions:
        raise Forbidden(row.who)
    states = case.states
    if step not in states or states[step] not in row.sources:
        raise Blocked(
            (Reason("not_now", {"step": step, "status": states.get(step, Status.LOCKED)}, place=step),)
        )
    if row.takes_reason and not (reason or text):
        raise Blocked((Reason("reason_needed", place=step),))
    reasons = journey.reasons_against(row, facts)
    if reasons:
        raise Blocked(reasons)
    source = states[step]
    _set(work, case.rows[step], row.target)
    if row.target is Status.SUBMITTED and source is not Status.SUBMITTED:
        case.rows[step].round += 1
    work.record(
        StepMoved(step, name, source, row.target, reason, text),
        organisation=case.organisation.id,
        connection=case.connection.id,
    )
    _open_what_follows(work, case)
    derive(work, case)
    letters.tell(work, case, row, reason, text)


def begin(work: Work, case: Case, step: str) -> None:
    """Note that a step has been begun, if it has not been already; raises Blocked when it is not open."""
    status = case.states[step]
    if status is Status.NOT_STARTED:
        make(work, case, step, "begin", Facts(today=work.today))
    elif status not in (Status.IN_PROGRESS, Status.RETURNED):
        raise Blocked((Reason("not_now", {"step": step, "status": status}, place=step),))


def open_connection(work: Work, connection_id: str, organisation_id: str, journey_id: str) -> None:
    """Store the first states of a connection and their event."""
    table = journey.of(journey_id)
    for step, status in journey.opening(table).items():
        work.session.add(
            StepState(
                connection_id=connection_id,
                step=step,
                status=status,
                turn=journey.turn_of(status),
                since=work.now,
                due=None,
                round=0,
            )
        )
    work.record(
        ConnectionOpened(connection_id, table.id, table.version),
        organisation=organisation_id,
        connection=connection_id,
    )


def derive(work: Work, case: Case) -> None:
    """Write stage, current step and turn as they follow from the states."""
    states = case.states
    case.connection.stage = journey.stage(case.journey, states)
    case.connection.step = journey.current_step(case.journey, states)
    case.connection.turn = journey.whose_turn(case.journey, states)
    case.connection.changed_at = work.now


def _open_what_follows(work: Work, case: Case) -> None:
    before = case.states
    for step, status in journey.unlock(case.journey, before).items():
        if status is not before[step]:
            _set(work, case.rows[step], status)
            work.record(StepOpened(step), organisation=case.organisation.id, connection=case.connection.id)


def _set(work: Work, row: StepState, status: Status, due: date | None = None) -> None:
    row.status, row.turn, row.since, row.due = status, journey.turn_of(status), work.now, due
