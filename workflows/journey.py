"""THE table of steps and moves: from, event, to, who and which guards; pages show what follows from it.

A connection pins its journey and version. `portal` stores one state per step; stage and current step are derived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workflows.access import OWNER_ROLES, TABLE
from workflows.errors import Reason
from workflows.guards import GUARDS, Facts
from workflows.status import OPEN, Stage, Status, Track, Turn

D, S = Status.DONE, Status.SUBMITTED


@dataclass(frozen=True)
class Step:
    """One row of a journey. `opens_after` names the steps, with statuses, that must be reached first."""

    id: str
    track: Track
    see: str
    opens_after: tuple[tuple[str, frozenset[Status]], ...] = ()


@dataclass(frozen=True)
class Journey:
    """An ordered table of steps with the steps that mark the outward stages."""

    id: str
    version: str
    steps: tuple[Step, ...]
    stage_marks: tuple[tuple[str, Stage], ...]

    def step(self, step_id: str) -> Step:
        return next(step for step in self.steps if step.id == step_id)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(step.id for step in self.steps)


@dataclass(frozen=True)
class Move:
    """One thing that can happen to a step.

    `who` is an action of `access.TABLE`, or None for the portal itself; `fresh` asks for the second factor again.
    """

    step: str
    name: str
    sources: frozenset[Status]
    target: Status
    who: str | None
    guards: tuple[str, ...] = ()
    takes_reason: bool = False
    button: bool = True
    fresh: bool = False


def _after(*needs: tuple[str, Status] | str) -> tuple[tuple[str, frozenset[Status]], ...]:
    pairs = [(need, D) if isinstance(need, str) else need for need in needs]
    return tuple((step, frozenset({S, D}) if status is S else frozenset({D})) for step, status in pairs)


_ORDERED = _after(("order", S))
STEPS: dict[str, Journey] = {
    "sdk": Journey(
        "sdk",
        "1",
        (
            Step("order", Track.MAIN, "order.see"),
            Step("qa_connection", Track.MAIN, "testbed.see", _after("order")),
            Step("registrations", Track.TECHNICAL, "testbed.see", _after("qa_connection")),
            Step("tests", Track.TECHNICAL, "run.see", _after("qa_connection")),
            Step("declaration", Track.SECURITY, "declaration.see", _ORDERED),
            Step("risk", Track.SECURITY, "risk.see", _ORDERED),
            Step(
                "application",
                Track.MAIN,
                "application.see",
                _after("qa_connection", "registrations", "tests", "declaration", "risk"),
            ),
            Step("agreement", Track.MAIN, "application.see", _after("application")),
            Step("production", Track.MAIN, "testbed.see", _after("agreement")),
            Step("introduction", Track.MAIN, "order.see", _after("production")),
        ),
        (("order", Stage.STARTED), ("qa_connection", Stage.QA), ("production", Stage.CONNECTED)),
    ),
    "sdk-2022": Journey(
        "sdk-2022",
        "1",
        (
            Step("order", Track.MAIN, "order.see"),
            Step("qa_connection", Track.MAIN, "testbed.see", _after("order")),
            Step("tests", Track.TECHNICAL, "run.see", _after("qa_connection")),
            Step("test_bed_approval", Track.MAIN, "testbed.see", _after("tests")),
            Step("declaration", Track.SECURITY, "declaration.see", _ORDERED),
            Step("risk", Track.SECURITY, "risk.see", _ORDERED),
            Step(
                "application",
                Track.MAIN,
                "application.see",
                _after("test_bed_approval", "declaration", "risk"),
            ),
            Step("introduction", Track.MAIN, "order.see", _after("application")),
        ),
        (("order", Stage.STARTED), ("qa_connection", Stage.QA), ("application", Stage.CONNECTED)),
    ),
}
DEFAULT_JOURNEY = "sdk"

_RANK = {mark: rank for rank, mark in enumerate(Stage)}
_WRITING = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.RETURNED})
_SENT = frozenset({Status.SUBMITTED})
_TO_SIGN = frozenset({Status.SIGNING})
_APPROVER = "application.approve"
_SIGNED_AFTER = ("declaration_complete", "tests_done")
_RISKS_SENT_AFTER = ("flow_classified", "risks_assessed", "risks_accepted", "actions_planned")
_APPLIED_AFTER = (
    *("eligible", "qa_connected", "registrations_done", "tests_done", "run_fresh"),
    *(
        "declaration_done",
        "no_hard_no",
        "risk_done",
        "no_red_risk",
        "certificate_lasts",
        "application_complete",
    ),
)


def _begin(step: str, who: str) -> Move:
    return Move(step, "begin", frozenset({Status.NOT_STARTED}), Status.IN_PROGRESS, who, button=False)


def _review(step: str, who: str, *, refuse: bool = False) -> tuple[Move, ...]:
    moves: tuple[Move, ...] = (
        Move(step, "approve", _SENT, Status.DONE, who),
        Move(step, "return", _SENT, Status.RETURNED, who, takes_reason=True),
    )
    if refuse:
        moves += (Move(step, "refuse", _SENT, Status.REFUSED, who, takes_reason=True),)
    return moves


_ROWS: tuple[Move, ...] = (
    _begin("order", "order.edit"),
    Move("order", "submit", _WRITING, Status.SUBMITTED, "order.submit", ("order_complete",)),
    *_review("order", "order.decide", refuse=True),
    _begin("qa_connection", "testbed.edit"),
    Move("qa_connection", "submit", _WRITING, Status.SUBMITTED, "testbed.submit", ("test_object_complete",)),
    *_review("qa_connection", "testbed.decide"),
    _begin("registrations", "tasks.tick"),
    Move("registrations", "finish", OPEN, Status.DONE, "testbed.submit", ("registrations_ticked",)),
    _begin("tests", "run.start"),
    Move("tests", "pass", OPEN, Status.DONE, None, ("run_passed",), button=False),
    Move(
        "tests", "reopen", frozenset({D}), Status.IN_PROGRESS, None, ("application_not_sent",), button=False
    ),
    Move("test_bed_approval", "submit", _WRITING, Status.SUBMITTED, "testbed.submit", ("tests_done",)),
    *_review("test_bed_approval", "testbed.decide"),
    _begin("declaration", "declaration.answer"),
    Move("declaration", "submit", _WRITING, Status.SIGNING, "declaration.submit", ("declaration_complete",)),
    Move("declaration", "take_back", _TO_SIGN, Status.IN_PROGRESS, "declaration.submit"),
    Move("declaration", "sign", _TO_SIGN, Status.SUBMITTED, "declaration.sign", _SIGNED_AFTER, fresh=True),
    Move("declaration", "approve", _SENT, Status.DONE, "declaration.review", ("every_line_reviewed",)),
    Move("declaration", "return", _SENT, Status.RETURNED, "declaration.review", ("some_line_returned",)),
    Move("declaration", "refuse", _SENT, Status.REFUSED, "declaration.review", takes_reason=True),
    _begin("risk", "risk.edit"),
    Move("risk", "submit", _WRITING, Status.SUBMITTED, "risk.submit", _RISKS_SENT_AFTER),
    *_review("risk", "risk.review"),
    _begin("application", "application.edit"),
    Move("application", "sign", _WRITING, Status.SUBMITTED, "application.sign", _APPLIED_AFTER, fresh=True),
    Move("application", "endorse", _SENT, Status.SUBMITTED, _APPROVER, ("nobody_endorsed",), fresh=True),
    Move("application", "approve", _SENT, Status.DONE, _APPROVER, ("endorsed_by_another",), fresh=True),
    Move("application", "return", _SENT, Status.RETURNED, "application.review", takes_reason=True),
    Move("application", "refuse", _SENT, Status.REFUSED, _APPROVER, takes_reason=True, fresh=True),
    Move("agreement", "sign", _WRITING, Status.SUBMITTED, "agreement.sign", fresh=True),
    Move("agreement", "countersign", _SENT, Status.DONE, "agreement.countersign", fresh=True),
    _begin("production", "tasks.tick"),
    Move("production", "report", _WRITING, Status.SUBMITTED, "production.report", ("production_ticked",)),
    Move("production", "confirm", _SENT, Status.DONE, "production.confirm"),
    Move("production", "return", _SENT, Status.RETURNED, "production.confirm", takes_reason=True),
    _begin("introduction", "tasks.tick"),
    Move("introduction", "finish", OPEN, Status.DONE, "introduction.finish", ("introduction_ticked",)),
)


def _from_outside(row: Move) -> Move:
    """Whatever the owner alone may do is never done by somebody whose own case it is."""
    owners = row.who is not None and TABLE[row.who] <= OWNER_ROLES
    return replace(row, guards=("from_outside", *row.guards)) if owners else row


MOVES = tuple(_from_outside(row) for row in _ROWS)


def of(journey_id: str) -> Journey:
    """The journey of that id; KeyError for an id that no connection can have."""
    return STEPS[journey_id]


def move(step: str, name: str) -> Move:
    """The row of MOVES; KeyError when there is none."""
    for row in MOVES:
        if row.step == step and row.name == name:
            return row
    raise KeyError(f"{step}.{name}")


def opening(journey: Journey) -> dict[str, Status]:
    """The states of a connection that was just opened."""
    return unlock(journey, dict.fromkeys(journey.ids, Status.LOCKED))


def unlock(journey: Journey, states: Mapping[str, Status]) -> dict[str, Status]:
    """The states after opening every locked step whose prerequisites are met; an opened step never locks again."""
    result = dict(states)
    for step in journey.steps:
        if result[step.id] is Status.LOCKED and not lock_reasons(journey, step.id, result):
            result[step.id] = Status.NOT_STARTED
    return result


def imported(journey: Journey, stage_reached: str) -> dict[str, Status]:
    """The states of a connection read in from a register: done as far as its stage tells, and no history."""
    marks = [step_id for step_id, mark in journey.stage_marks if _RANK[mark] <= _RANK[Stage(stage_reached)]]
    states = opening(journey)
    if not marks:
        return states
    last = journey.ids.index(marks[-1])
    connected = stage_reached == Stage.CONNECTED
    for step in journey.steps[: last + 1]:
        if connected or step.track is Track.MAIN:
            states[step.id] = Status.DONE
    return unlock(journey, states)


def lock_reasons(journey: Journey, step_id: str, states: Mapping[str, Status]) -> tuple[Reason, ...]:
    """Why a step cannot be begun yet, one reason per unmet prerequisite."""
    return tuple(
        Reason("needs_step", {"step": need}, place=need)
        for need, reached in journey.step(step_id).opens_after
        if states[need] not in reached
    )


def reasons_against(row: Move, facts: Facts) -> tuple[Reason, ...]:
    """What the guards of a move say; empty when it may be made."""
    return tuple(reason for name in row.guards for reason in GUARDS[name](facts))


def open_moves(
    journey: Journey, states: Mapping[str, Status], facts: Facts, actions: Iterable[str]
) -> tuple[tuple[Move, tuple[Reason, ...]], ...]:
    """The moves open to someone who may do `actions`, each with the reasons against it."""
    allowed = frozenset(actions)
    return tuple(
        (row, reasons_against(row, facts))
        for row in MOVES
        if row.step in states
        and states[row.step] in row.sources
        and row.who in allowed
        and row.step in journey.ids
    )


def stage(journey: Journey, states: Mapping[str, Status]) -> Stage:
    """The coarse outward stage: none, started, qa or connected."""
    reached = Stage.NONE
    for step_id, mark in journey.stage_marks:
        if states[step_id] is Status.DONE:
            reached = mark
    return reached


def current_step(journey: Journey, states: Mapping[str, Status]) -> str:
    """The earliest unfinished step of the main track; the last one when all are done."""
    main = [step.id for step in journey.steps if step.track is Track.MAIN]
    return next((step_id for step_id in main if states[step_id] is not Status.DONE), main[-1])


def whose_turn(journey: Journey, states: Mapping[str, Status]) -> Turn:
    """Whose turn it is in the whole connection: the organisation's as long as it can do anything."""
    turns = {turn_of(states[step_id]) for step_id in journey.ids}
    for turn in (Turn.ORGANISATION, Turn.SIGNATORY, Turn.OWNER):
        if turn in turns:
            return turn
    return Turn.NOBODY


def turn_of(status: Status) -> Turn:
    """Whose turn a step in this status waits for."""
    if status is Status.SIGNING:
        return Turn.SIGNATORY
    if status is Status.SUBMITTED:
        return Turn.OWNER
    return Turn.ORGANISATION if status in OPEN else Turn.NOBODY
