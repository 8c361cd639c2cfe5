"""Making a move of the journey by its name: the table says who and when, this module what else belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from portal.services import (
    applications,
    cases,
    conditions,
    decisions,
    declaration_record,
    facts,
    moves,
    risk_record,
)
from portal.services.cases import Case
from portal.services.conditions import Wanted
from portal.services.installation import Installation, Work
from portal.store import reasons
from workflows import journey
from workflows.errors import Invalid, Reason
from workflows.status import Status


@dataclass(frozen=True)
class Wish:
    """What the person who makes a move says with it.

    `conditions` are written freely, `actions` are ids of planned actions that become conditions; `seen` is the hash
    of what a signatory has read.
    """

    reason: str | None = None
    text: str = ""
    conditions: Sequence[tuple[str, date]] = field(default=())
    actions: Sequence[str] = field(default=())
    seen: str | None = None


Effect = Callable[[Work, Case, Wish], None]
CONDITIONAL = ("application", "approve")
TIED = frozenset({("declaration", "approve"), CONDITIONAL})
MAX_TEXT, MAX_CONDITION = 4000, 500
DECIDED_STEPS = frozenset(
    {"order", "qa_connection", "test_bed_approval", "declaration", "application", "production"}
)


def _decide(step: str, target: Status) -> Effect:
    def effect(work: Work, case: Case, wish: Wish) -> None:
        written = [Wanted(what, due) for what, due in wish.conditions]
        chosen = conditions.tied(work.session, case.connection.id, work.today, wish.actions)
        decisions.record(
            work, case, step, target, reason=wish.reason, text=wish.text, wanted=[*chosen, *written]
        )

    return effect


def _sealed(seal: Callable[[Work, Case], None]) -> Effect:
    return lambda work, case, _wish: seal(work, case)


EFFECTS: dict[tuple[str, str], Effect] = {
    (row.step, row.name): _decide(row.step, row.target)
    for row in journey.MOVES
    if row.step in DECIDED_STEPS and row.name in ("approve", "return", "refuse", "confirm")
} | {
    ("declaration", "sign"): lambda work, case, wish: declaration_record.seal(work, case, wish.seen),
    ("risk", "submit"): _sealed(risk_record.seal),
    ("application", "endorse"): _sealed(decisions.endorse),
    ("application", "sign"): _sealed(applications.sign_application),
    ("agreement", "sign"): _sealed(applications.sign_agreement),
    ("agreement", "countersign"): _sealed(applications.sign_agreement),
}


def make(
    home: Installation, person_id: str, connection_id: str, step: str, name: str, wish: Wish | None = None
) -> bool:
    """Make the move for the person; False when it was already made, as by a second click.

    Raises NotFound, Forbidden, Invalid for what is said with it, or Blocked with every reason.
    """
    row = journey.move(step, name)
    if row.who is None:
        raise KeyError(f"{step}.{name} is made by the portal itself")
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, row.who)
        return make_within(work, case, row, wish or Wish())


def make_within(work: Work, case: Case, row: journey.Move, said: Wish) -> bool:
    """Make the move as part of a unit of work whose actor may make it; as of `make`."""
    _check(work.session, row, said, work.today)
    status = case.states.get(row.step)
    if status is row.target and status not in row.sources:
        return False
    known = facts.of(work.session, case, today=work.today, actor=work.actor)
    moves.make(work, case, row.step, row.name, known, reason=said.reason, text=said.text or None)
    effect = EFFECTS.get((row.step, row.name))
    if effect is not None:
        effect(work, case, said)
    if case.journey.step(row.step).id == _last_mark(case.journey) and row.target is Status.DONE:
        applications.go_live(work, case)
    return True


def _check(session: Session, row: journey.Move, said: Wish, today: date) -> None:
    """Refuse a reason that belongs elsewhere, texts that are too long, and conditions that bind nobody."""
    errors: dict[str, Reason] = {}
    if said.reason and said.reason not in {found.id for found in reasons.of_step(session, row.step)}:
        errors["reason"] = Reason("choice_unknown")
    if len(said.text) > MAX_TEXT:
        errors["text"] = Reason("too_long", {"n": len(said.text) - MAX_TEXT, "max": MAX_TEXT})
    if said.conditions and (row.step, row.name) != CONDITIONAL:
        errors["conditions"] = Reason("conditions_elsewhere")
    if said.actions and (row.step, row.name) not in TIED:
        errors["actions"] = Reason("conditions_elsewhere")
    for number, (what, due) in enumerate(said.conditions):
        if len(what) > MAX_CONDITION:
            over = len(what) - MAX_CONDITION
            errors[f"condition-{number}"] = Reason("too_long", {"n": over, "max": MAX_CONDITION})
        if due <= today:
            errors[f"condition-{number}-due"] = Reason("condition_past", {"value": due.isoformat()})
    if errors:
        raise Invalid(errors)


def _last_mark(table: journey.Journey) -> str:
    return table.stage_marks[-1][0]
