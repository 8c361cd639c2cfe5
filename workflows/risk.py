"""What follows from a risk analysis: levels, who may accept what, what stops production, what is missing.

Levels are codes of a scale version, never numbers: the same names carry different numbers in different scales
(sdk-domain section 4.2).
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from checklists.schema import Consequence, Level, RiskCatalogue
from workflows.access import Role
from workflows.errors import Reason

ASPECTS = ("confidentiality", "integrity", "availability", "traceability")
NEEDED_ASPECTS = ASPECTS[:3]
DIRECTIONS = ("in", "out", "both")
PLANNED, BEGUN, DONE, CANCELLED = "planned", "begun", "done", "cancelled"
ACTION_STATES = (PLANNED, BEGUN, DONE, CANCELLED)
UNFINISHED = (PLANNED, BEGUN)
REDUCE = "reduce"
NOBODY = "nobody"
MAX_TEXT = 4_000


@dataclass(frozen=True)
class Assessment:
    """A risk as plain values; codes of its scale, or None while nothing is chosen.

    `accepted` tells that somebody accepted it as it stands; the acceptance ends with the day `accepted_until`,
    or never when that is None (accepted before acceptances had an end).
    """

    number: int
    consequence: str | None = None
    likelihood: str | None = None
    treatment: str | None = None
    residual_consequence: str | None = None
    residual_likelihood: str | None = None
    owner: str = ""
    accepted: bool = False
    current_consequence: str | None = None
    current_likelihood: str | None = None
    threat: str = ""
    vulnerability: str = ""
    accepted_until: date | None = None


def level(scale: RiskCatalogue, consequence: str | None, likelihood: str | None) -> Level | None:
    """The level of the matrix, or None while either half is missing or not a code of the scale."""
    known = {item.code for item in consequences(scale)}
    if consequence not in known or likelihood not in {item.code for item in scale.likelihoods}:
        return None
    return scale.level(str(consequence), str(likelihood))


def consequences(scale: RiskCatalogue) -> tuple[Consequence, ...]:
    """The consequences a risk may have: those of the scale up to the federation's ceiling."""
    return tuple(item for item in scale.consequences if not item.out_of_scope)


INHERENT, CURRENT, RESIDUAL = "inherent", "current", "residual"
STAGES = (INHERENT, CURRENT, RESIDUAL)
Placed = tuple[str | None, str | None]


def places(risk: Assessment) -> dict[str, Placed]:
    """Consequence and likelihood at each stage: without controls, with those of today, after the plan.

    A half that is not stated is what it was at the stage before.
    """
    inherent = (risk.consequence, risk.likelihood)
    current = (risk.current_consequence or inherent[0], risk.current_likelihood or inherent[1])
    residual = (risk.residual_consequence or current[0], risk.residual_likelihood or current[1])
    return {INHERENT: inherent, CURRENT: current, RESIDUAL: residual}


def levels(scale: RiskCatalogue, risk: Assessment) -> dict[str, Level | None]:
    """The level at each stage."""
    return {stage: level(scale, *place) for stage, place in places(risk).items()}


def inherent(scale: RiskCatalogue, risk: Assessment) -> Level | None:
    """The level without any controls."""
    return levels(scale, risk)[INHERENT]


def current(scale: RiskCatalogue, risk: Assessment) -> Level | None:
    """The level with the controls of today."""
    return levels(scale, risk)[CURRENT]


def remaining(scale: RiskCatalogue, risk: Assessment) -> Level | None:
    """The level after the plan: what is accepted."""
    return levels(scale, risk)[RESIDUAL]


def rank(scale: RiskCatalogue, found: Level) -> int:
    """The place of a level from the lowest, 0, up; levels of one scale are compared by it."""
    return [item.code for item in scale.levels].index(found.code)


def assessed(scale: RiskCatalogue, risk: Assessment) -> bool:
    """True when the risk has both halves of its level, a treatment and an owner."""
    return bool(inherent(scale, risk) and risk.treatment and risk.owner.strip())


def may_accept(found: Level, roles: Iterable[Role]) -> bool:
    """True when someone with these roles may accept a risk of this level; a signatory may accept what infosec may."""
    if found.accepted_by == NOBODY:
        return False
    accepting = {Role.SIGNATORY} | ({Role.INFOSEC} if found.accepted_by == "infosec" else set())
    return not accepting.isdisjoint(roles)


def keeps_acceptance(before: Assessment, after: Assessment) -> bool:
    """An acceptance holds only for what was accepted: threat, vulnerability, assessments, treatment and owner."""
    return before.accepted and _substance(before) == _substance(after)


def _substance(risk: Assessment) -> Assessment:
    return replace(risk, number=0, accepted=False, accepted_until=None)


def acceptance_ends(found: Level, accepted_on: date) -> date:
    """The last day of an acceptance given on that day: the level's number of months later."""
    months = accepted_on.month - 1 + found.accepted_months
    year, month = accepted_on.year + months // 12, months % 12 + 1
    return date(year, month, min(accepted_on.day, calendar.monthrange(year, month)[1]))


def expired(risk: Assessment, today: date) -> bool:
    """True when the risk was accepted and the acceptance has ended."""
    return risk.accepted and risk.accepted_until is not None and risk.accepted_until < today


def stands(risk: Assessment, today: date) -> bool:
    """True when the risk is accepted today; an acceptance that has ended counts as none."""
    return risk.accepted and not expired(risk, today)


def late(status: str, due: date | None, today: date) -> int:
    """How many days an unfinished action is past its date; 0 when it is in time, done or cancelled."""
    return max((today - due).days, 0) if due and status in UNFINISHED else 0


def ceiling(scale: RiskCatalogue) -> Consequence:
    """The worst consequence that information in the federation may have (sdk-domain section 4.2)."""
    return consequences(scale)[-1]


def above_ceiling(scale: RiskCatalogue, classes: Iterable[str | None]) -> bool:
    """True when information of this class may not travel in the federation."""
    return not {item.code for item in scale.consequences if item.out_of_scope}.isdisjoint(classes)


def highest(scale: RiskCatalogue, classes: Iterable[str | None]) -> str | None:
    """The worst of these classes, None when none is stated."""
    stated = set(classes)
    return next((item.code for item in reversed(scale.consequences) if item.code in stated), None)


def overall(scale: RiskCatalogue, flows: Iterable[tuple[str | None, ...]]) -> tuple[str | None, ...]:
    """The class of the whole connection: per aspect, in the order of ASPECTS, the worst of its flows."""
    held = list(flows)
    return tuple(highest(scale, (classes[place] for classes in held)) for place in range(len(ASPECTS)))


def classify(scale: RiskCatalogue, classes: dict[str, str | None]) -> dict[str, Reason]:
    """What is wrong with the class of a flow, by aspect; traceability may be left out."""
    known = {item.code for item in scale.consequences}
    errors: dict[str, Reason] = {}
    for aspect in ASPECTS:
        chosen = classes.get(aspect)
        if not chosen:
            if aspect in NEEDED_ASPECTS:
                errors[aspect] = Reason("class_missing")
        elif chosen not in known:
            errors[aspect] = Reason("choice_unknown")
        elif above_ceiling(scale, (chosen,)):
            errors[aspect] = Reason("class_above_ceiling")
    return errors


def facts(
    scale: RiskCatalogue,
    flows: Iterable[tuple[str, tuple[str | None, ...]]],
    risks: Iterable[Assessment],
    undated: Iterable[int],
    today: date,
) -> dict[str, Any]:
    """The risk step's part of `guards.Facts`.

    `flows` are names with classes in the order of ASPECTS, `risks` the open ones, `undated` the numbers of unfinished
    actions without a date. An acceptance that has ended counts as none. A level that nobody may accept blocks production instead of waiting for acceptance.
    """
    held, named = list(risks), list(flows)
    unaccepted: list[int] = []
    ended: list[int] = []
    blocking: list[int] = []
    for risk in held:
        found = remaining(scale, risk)
        if found is None:
            continue
        if found.blocks:
            blocking.append(risk.number)
        if found.accepted_by != NOBODY and not stands(risk, today):
            (ended if risk.accepted else unaccepted).append(risk.number)
    return {
        "flows_classified": sum(all(classes[: len(NEEDED_ASPECTS)]) for _, classes in named),
        "flows_above_ceiling": tuple(name for name, classes in named if above_ceiling(scale, classes)),
        "risks": len(held),
        "risks_unassessed": tuple(str(risk.number) for risk in held if not assessed(scale, risk)),
        "risks_unaccepted": tuple(map(str, unaccepted)),
        "risks_expired": tuple(map(str, ended)),
        "risks_blocking": tuple(map(str, blocking)),
        "actions_undated": tuple(str(number) for number in undated),
    }
