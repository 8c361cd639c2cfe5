"""What does not agree between risks, actions, answers and verification: pure rules, each with an id and a field to mend.

None of them stops anything: they tell what to look at. What stops a move is in `workflows.guards`. Each rule has
its sentence at `consistency.<id>` in the texts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from checklists.schema import Level, RiskCatalogue
from workflows import risk as risks
from workflows.declaration import DEVIATING
from workflows.risk import Assessment

FAILED = "failed"


@dataclass(frozen=True)
class RiskFacts:
    """An open risk: its row id, its assessment and what else the rules look at.

    `actions` tells whether an action that is not cancelled mends it.
    """

    id: str
    stated: Assessment
    aspects: tuple[str, ...] = ()
    affects: str = ""
    controls: str = ""
    actions: bool = False
    review_on: date | None = None


@dataclass(frozen=True)
class ActionFacts:
    """An action: its row id, number, status and the day it is due."""

    id: str
    number: int
    status: str
    due: date | None


@dataclass(frozen=True)
class LineFacts:
    """A requirement that counts: the answer, the checks it names, and whether a standing action mends it."""

    requirement: str
    value: str | None
    checks: tuple[str, ...] = ()
    actions: bool = False


@dataclass(frozen=True)
class Picture:
    """Everything the rules look at. `outcomes` are those of the latest finished run, by check number."""

    scale: RiskCatalogue
    today: date
    risks: tuple[RiskFacts, ...] = ()
    actions: tuple[ActionFacts, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """Something that does not agree: the rule, the kind and id of what it is about, the field that mends it."""

    rule: str
    about: str
    id: str
    field: str
    params: Mapping[str, str | int]


Found = Iterator[tuple[str, str, Mapping[str, str | int]]]
Rule = Callable[[Picture], Found]


def _above(picture: Picture, higher: str, lower: str) -> Iterator[RiskFacts]:
    """The risks whose level at the stage `higher` is above that of the stage `lower`."""
    for found in picture.risks:
        levels = risks.levels(picture.scale, found.stated)
        high, low = levels[higher], levels[lower]
        if high and low and _rank(picture, high) > _rank(picture, low):
            yield found


def _rank(picture: Picture, level: Level) -> int:
    return risks.rank(picture.scale, level)


def _numbered(found: RiskFacts) -> Mapping[str, str | int]:
    return {"risk": found.stated.number}


def _wider_half(found: RiskFacts, stage: str) -> str:
    """The field of the stage that a person stated; the consequence when both are."""
    stated = found.stated
    halves = (
        ("current_consequence", stated.current_consequence),
        ("current_likelihood", stated.current_likelihood),
        ("residual_consequence", stated.residual_consequence),
        ("residual_likelihood", stated.residual_likelihood),
    )
    return next((name for name, value in halves if name.startswith(stage) and value), f"{stage}_consequence")


def _residual_above_current(picture: Picture) -> Found:
    for found in _above(picture, risks.RESIDUAL, risks.CURRENT):
        yield found.id, _wider_half(found, "residual"), _numbered(found)


def _current_above_inherent(picture: Picture) -> Found:
    for found in _above(picture, risks.CURRENT, risks.INHERENT):
        yield found.id, _wider_half(found, "current"), _numbered(found)


def _acceptance_expired(picture: Picture) -> Found:
    for found in picture.risks:
        if risks.expired(found.stated, picture.today):
            yield found.id, "acceptance", _numbered(found)


def _reduce_without_means(picture: Picture) -> Found:
    for found in picture.risks:
        if found.stated.treatment == risks.REDUCE and not found.actions and not found.controls.strip():
            yield found.id, "controls", _numbered(found)


def _risk_without_object(picture: Picture) -> Found:
    """An assessed risk says which aspect it harms and what it affects; an unfinished one is not asked yet."""
    for found in picture.risks:
        if not risks.assessed(picture.scale, found.stated):
            continue
        if not found.aspects:
            yield found.id, "aspects-0", _numbered(found)
        elif not found.affects.strip():
            yield found.id, "affects", _numbered(found)


def _review_passed(picture: Picture) -> Found:
    for found in picture.risks:
        if found.review_on and found.review_on < picture.today:
            yield found.id, "review_on", _numbered(found)


def _action_overdue(picture: Picture) -> Found:
    for found in picture.actions:
        days = risks.late(found.status, found.due, picture.today)
        if days:
            yield found.id, "due", {"action": found.number, "n": days}


def _deviation_without_action(picture: Picture) -> Found:
    for line in picture.lines:
        if line.value in DEVIATING and not line.actions:
            yield line.requirement, "deviation", {"requirement": line.requirement}


def _answer_contradicts_run(picture: Picture) -> Found:
    for line in picture.lines:
        failed = [check for check in line.checks if picture.outcomes.get(check) == FAILED]
        if line.value == "yes" and failed:
            params = {"requirement": line.requirement, "checks": ", ".join(failed)}
            yield line.requirement, "answer", params


# Rule id → what it is about and how it is found; the order is that of the page.
RULES: dict[str, tuple[str, Rule]] = {
    "answer_contradicts_run": ("requirement", _answer_contradicts_run),
    "deviation_without_action": ("requirement", _deviation_without_action),
    "acceptance_expired": ("risk", _acceptance_expired),
    "residual_above_current": ("risk", _residual_above_current),
    "current_above_inherent": ("risk", _current_above_inherent),
    "reduce_without_means": ("risk", _reduce_without_means),
    "risk_without_object": ("risk", _risk_without_object),
    "review_passed": ("risk", _review_passed),
    "action_overdue": ("action", _action_overdue),
}


def findings(picture: Picture) -> tuple[Finding, ...]:
    """Everything that does not agree, in the order of RULES."""
    return tuple(
        Finding(name, about, found_id, place, params)
        for name, (about, rule) in RULES.items()
        for found_id, place, params in rule(picture)
    )
