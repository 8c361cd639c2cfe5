"""What does not agree: each rule finds its case, names the field, and is silent when all agrees."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from checklists import load
from portal.texts import has
from workflows import consistency
from workflows.consistency import ActionFacts, LineFacts, Picture, RiskFacts
from workflows.risk import Assessment

SCALE = load.risk("1")
TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)
STATED = Assessment(
    3,
    "serious",
    "likely",
    "reduce",
    owner="Anna",
    current_likelihood="possible",
    residual_likelihood="unlikely",
    accepted=True,
    accepted_until=TODAY,
)
RISK = RiskFacts("r3", STATED, ("integrity",), "Klienten", "Dubbelkoll", actions=True, review_on=TODAY)
ACTION = ActionFacts("a1", 1, "begun", TODAY)
LINE = LineFacts("P-68", "yes", ("02", "04"), actions=False)
SOUND = Picture(SCALE, TODAY, (RISK,), (ACTION,), (LINE,), {"02": "passed", "04": "warning", "06": "failed"})


def found(picture: Picture) -> list[tuple[str, str, str]]:
    return [(item.rule, item.id, item.field) for item in consistency.findings(picture)]


def stated(**changes: Any) -> Picture:
    return replace(SOUND, risks=(replace(RISK, stated=replace(STATED, **changes)),))


def of_risk(**changes: Any) -> Picture:
    return replace(SOUND, risks=(replace(RISK, **changes),))


def of_action(**changes: Any) -> Picture:
    return replace(SOUND, actions=(replace(ACTION, **changes),))


def of_line(**changes: Any) -> Picture:
    return replace(SOUND, lines=(replace(LINE, **changes),))


def test_nothing_is_found_when_all_agrees() -> None:
    assert found(SOUND) == []
    assert found(Picture(SCALE, TODAY)) == []


@pytest.mark.parametrize(
    ("picture", "finding"),
    [
        (stated(residual_likelihood="very_likely"), ("residual_above_current", "r3", "residual_likelihood")),
        (
            stated(consequence="moderate", current_consequence="serious"),
            ("current_above_inherent", "r3", "current_consequence"),
        ),
        (stated(accepted_until=YESTERDAY), ("acceptance_expired", "r3", "acceptance")),
        (of_risk(actions=False, controls=" "), ("reduce_without_means", "r3", "controls")),
        (of_risk(aspects=()), ("risk_without_object", "r3", "aspects-0")),
        (of_risk(affects=" "), ("risk_without_object", "r3", "affects")),
        (of_risk(review_on=YESTERDAY), ("review_passed", "r3", "review_on")),
        (of_action(due=YESTERDAY), ("action_overdue", "a1", "due")),
        (of_action(due=YESTERDAY, status="planned"), ("action_overdue", "a1", "due")),
        (of_line(value="partly"), ("deviation_without_action", "P-68", "deviation")),
        (of_line(value="no"), ("deviation_without_action", "P-68", "deviation")),
        (
            replace(SOUND, outcomes={"02": "passed", "04": "failed"}),
            ("answer_contradicts_run", "P-68", "answer"),
        ),
    ],
)
def test_each_rule_finds_its_case_and_names_the_field(
    picture: Picture, finding: tuple[str, str, str]
) -> None:
    assert found(picture) == [finding]


@pytest.mark.parametrize(
    "picture",
    [
        stated(residual_likelihood="possible"),
        stated(current_likelihood="likely"),
        stated(accepted=False, accepted_until=YESTERDAY),
        stated(accepted_until=None),
        of_risk(controls=""),
        of_risk(actions=False),
        of_risk(actions=False, controls="", stated=replace(STATED, treatment="accept")),
        of_risk(aspects=(), stated=replace(STATED, owner="")),
        of_risk(review_on=None),
        of_action(due=YESTERDAY, status="done"),
        of_action(due=YESTERDAY, status="cancelled"),
        of_action(due=None),
        of_line(value="partly", actions=True),
        of_line(value=None),
        replace(SOUND, lines=(replace(LINE, value="no", actions=True),), outcomes={"02": "failed"}),
        replace(SOUND, outcomes={}),
    ],
)
def test_each_rule_is_silent_beside_its_case(picture: Picture) -> None:
    assert found(picture) == []


def test_a_finding_tells_what_it_speaks_of() -> None:
    (item,) = consistency.findings(replace(SOUND, outcomes={"02": "failed", "04": "failed"}))
    assert item.params == {"requirement": "P-68", "checks": "02, 04"}
    (item,) = consistency.findings(of_action(due=date(2026, 11, 14)))
    assert item.params == {"action": 1, "n": 10}


def test_several_rules_speak_in_the_order_of_the_page() -> None:
    picture = replace(
        SOUND,
        risks=(replace(RISK, review_on=YESTERDAY, stated=replace(STATED, accepted_until=YESTERDAY)),),
        lines=(replace(LINE, value="no"),),
    )
    assert [rule for rule, _, _ in found(picture)] == [
        "deviation_without_action",
        "acceptance_expired",
        "review_passed",
    ]


@pytest.mark.parametrize("rule", consistency.RULES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_rule_has_its_sentence(rule: str, language: str) -> None:
    assert has(f"consistency.{rule}", language)
