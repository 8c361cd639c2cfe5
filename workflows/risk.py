"""What follows from a risk analysis: levels, who may accept what, what stops production, what is missing.

Levels are codes of a scale version, never numbers: the same names carry different numbers in different scales
(sdk-domain section 4.2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from checklists.schema import Consequence, Level, RiskCatalogue
from workflows.access import Role
from workflows.errors import Reason

ASPECTS = ("confidentiality", "integrity", "availability", "traceability")
NEEDED_ASPECTS = ASPECTS[:3]
DIRECTIONS = ("in", "out", "both")
PLANNED, DONE, CANCELLED = "planned", "done", "cancelled"
ACTION_STATES = (PLANNED, DONE, CANCELLED)
NOBODY = "nobody"
MAX_TEXT = 4_000


@dataclass(frozen=True)
class Assessment:
    """A risk as plain values; codes of its scale, or None while nothing is chosen."""

    number: int
    consequence: str | None = None
    likelihood: str | None = None
    treatment: str | None = None
    residual_consequence: str | None = None
    residual_likelihood: str | None = None
    owner: str = ""
    accepted: bool = False


def level(scale: RiskCatalogue, consequence: str | None, likelihood: str | None) -> Level | None:
    """The level of the matrix, or None while either half is missing or not a code of the scale."""
    known = {item.code for item in consequences(scale)}
    if consequence not in known or likelihood not in {item.code for item in scale.likelihoods}:
        return None
    return scale.level(str(consequence), str(likelihood))


def consequences(scale: RiskCatalogue) -> tuple[Consequence, ...]:
    """The consequences a risk may have: those of the scale up to the federation's ceiling."""
    return tuple(item for item in scale.consequences if not item.out_of_scope)


def inherent(scale: RiskCatalogue, risk: Assessment) -> Level | None:
    """The level before treatment."""
    return level(scale, risk.consequence, risk.likelihood)


def remaining(scale: RiskCatalogue, risk: Assessment) -> Level | None:
    """The level after treatment; a half that is not stated is what it was before."""
    return level(
        scale,
        risk.residual_consequence or risk.consequence,
        risk.residual_likelihood or risk.likelihood,
    )


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
    """An acceptance holds only for what was accepted: the same assessment, treatment and owner."""
    mute = {"number": 0, "accepted": False}
    return before.accepted and _with(before, mute) == _with(after, mute)


def _with(risk: Assessment, values: dict[str, Any]) -> Assessment:
    return Assessment(**{**risk.__dict__, **values})


def ceiling(scale: RiskCatalogue) -> Consequence:
    """The worst consequence that information in the federation may have (sdk-domain section 4.2)."""
    return consequences(scale)[-1]


def above_ceiling(scale: RiskCatalogue, classes: Iterable[str | None]) -> bool:
    """True when information of this class may not travel in the federation."""
    return not {item.code for item in scale.consequences if item.out_of_scope}.isdisjoint(classes)


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
) -> dict[str, Any]:
    """The risk step's part of `guards.Facts`.

    `flows` are names with classes in the order of ASPECTS, `risks` the open ones, `undated` the numbers of planned
    actions without a date. A level that nobody may accept blocks production instead of waiting for acceptance.
    """
    held, named = list(risks), list(flows)
    unaccepted, blocking = [], []
    for risk in held:
        found = remaining(scale, risk)
        if found is None:
            continue
        if found.blocks:
            blocking.append(risk.number)
        if found.accepted_by != NOBODY and not risk.accepted:
            unaccepted.append(risk.number)
    return {
        "flows_classified": sum(all(classes[: len(NEEDED_ASPECTS)]) for _, classes in named),
        "flows_above_ceiling": tuple(name for name, classes in named if above_ceiling(scale, classes)),
        "risks": len(held),
        "risks_unassessed": tuple(str(risk.number) for risk in held if not assessed(scale, risk)),
        "risks_unaccepted": tuple(map(str, unaccepted)),
        "risks_blocking": tuple(map(str, blocking)),
        "actions_undated": tuple(str(number) for number in undated),
    }
