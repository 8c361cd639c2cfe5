"""Levels, who may accept them and what stops production: tables over the shipped scale, by code."""

from dataclasses import replace
from datetime import date

import pytest

from checklists import load
from workflows import risk as rules
from workflows.access import Role
from workflows.risk import Assessment

SCALE = load.risk("1")
CONSEQUENCES = ("negligible", "moderate", "significant", "serious")
LIKELIHOODS = ("unlikely", "possible", "likely", "very_likely")
TODAY = date(2026, 11, 24)
ASSESSED = Assessment(1, "significant", "likely", "reduce", owner="Anna Berg")


def expected(product: int) -> str:
    """The level of a product of places, as the domain's matrix states it: 1-3, 4-6, 8-9, 12-16."""
    if product <= 3:
        return "green"
    if product <= 6:
        return "yellow"
    return "orange" if product <= 9 else "red"


@pytest.mark.parametrize("consequence", CONSEQUENCES)
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_each_cell_of_the_matrix(consequence: str, likelihood: str) -> None:
    product = (CONSEQUENCES.index(consequence) + 1) * (LIKELIHOODS.index(likelihood) + 1)
    found = rules.level(SCALE, consequence, likelihood)
    assert found is not None
    assert found.code == expected(product)


@pytest.mark.parametrize(
    ("consequence", "likelihood"),
    [(None, "likely"), ("serious", None), ("exceptional", "likely"), ("serious", "nonsens"), ("4", "4")],
)
def test_no_level_without_two_codes_of_the_scale(consequence: str | None, likelihood: str | None) -> None:
    assert rules.level(SCALE, consequence, likelihood) is None


def test_what_is_not_stated_after_treatment_is_as_before() -> None:
    assert rules.remaining(SCALE, ASSESSED) == rules.inherent(SCALE, ASSESSED)
    halved = replace(ASSESSED, residual_likelihood="unlikely")
    found = rules.remaining(SCALE, halved)
    assert found is not None
    assert found.code == "green"
    inherent = rules.inherent(SCALE, halved)
    assert inherent is not None
    assert inherent.code == "orange"


@pytest.mark.parametrize(
    ("level", "may"),
    [
        ("green", {Role.INFOSEC, Role.SIGNATORY}),
        ("yellow", {Role.INFOSEC, Role.SIGNATORY}),
        ("orange", {Role.SIGNATORY}),
        ("red", set()),
    ],
)
def test_who_may_accept_a_level(level: str, may: set[Role]) -> None:
    found = next(item for item in SCALE.levels if item.code == level)
    assert {role for role in Role if rules.may_accept(found, {role})} == may


@pytest.mark.parametrize(
    "lacking",
    [
        replace(ASSESSED, consequence=None),
        replace(ASSESSED, likelihood=None),
        replace(ASSESSED, treatment=None),
        replace(ASSESSED, owner="  "),
    ],
)
def test_a_risk_lacking_one_part_is_not_assessed(lacking: Assessment) -> None:
    assert rules.assessed(SCALE, ASSESSED)
    assert not rules.assessed(SCALE, lacking)


@pytest.mark.parametrize(
    ("change", "keeps"),
    [
        ({}, True),
        ({"consequence": "serious"}, False),
        ({"likelihood": "possible"}, False),
        ({"treatment": "accept"}, False),
        ({"residual_consequence": "moderate"}, False),
        ({"owner": "Ola Nyman"}, False),
        ({"current_likelihood": "possible"}, False),
        ({"threat": "En annan"}, False),
        ({"vulnerability": "En annan"}, False),
        ({"number": 7}, True),
    ],
)
def test_an_acceptance_holds_for_what_was_accepted(change: dict[str, str], keeps: bool) -> None:
    before = replace(ASSESSED, accepted=True)
    assert rules.keeps_acceptance(before, replace(before, **change)) is keeps  # type: ignore[arg-type]
    assert not rules.keeps_acceptance(ASSESSED, replace(ASSESSED, **change))  # type: ignore[arg-type]


def test_what_is_not_stated_of_a_stage_is_as_at_the_stage_before() -> None:
    stated = replace(ASSESSED, current_likelihood="possible", residual_consequence="moderate")
    assert rules.places(stated) == {
        "inherent": ("significant", "likely"),
        "current": ("significant", "possible"),
        "residual": ("moderate", "possible"),
    }
    found = rules.levels(SCALE, stated)
    assert [level.code if level else None for level in found.values()] == ["orange", "yellow", "yellow"]


@pytest.mark.parametrize(
    ("code", "accepted_on", "last"),
    [
        ("yellow", date(2026, 11, 24), date(2027, 11, 24)),
        ("yellow", date(2028, 2, 29), date(2029, 2, 28)),
        ("orange", date(2026, 8, 31), date(2027, 2, 28)),
        ("orange", date(2026, 6, 30), date(2026, 12, 30)),
        ("orange", date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_an_acceptance_ends_after_the_months_of_its_level(code: str, accepted_on: date, last: date) -> None:
    level = next(item for item in SCALE.levels if item.code == code)
    assert rules.acceptance_ends(level, accepted_on) == last


def test_an_acceptance_stands_through_its_last_day_and_for_ever_without_one() -> None:
    held = replace(ASSESSED, accepted=True, accepted_until=TODAY)
    assert rules.stands(held, TODAY)
    assert not rules.stands(held, date(2026, 11, 25))
    assert rules.expired(held, date(2026, 11, 25))
    assert rules.stands(replace(held, accepted_until=None), date(2099, 1, 1))
    assert not rules.stands(replace(held, accepted=False), TODAY)
    assert not rules.expired(replace(held, accepted=False), date(2026, 11, 25))


@pytest.mark.parametrize(("status", "days"), [("planned", 3), ("begun", 3), ("done", 0), ("cancelled", 0)])
def test_only_an_unfinished_action_is_late(status: str, days: int) -> None:
    assert rules.late(status, date(2026, 11, 21), TODAY) == days
    assert rules.late(status, TODAY, TODAY) == 0
    assert rules.late(status, None, TODAY) == 0


def test_the_class_of_a_connection_is_the_worst_of_its_flows_per_aspect() -> None:
    flows = [("serious", "moderate", "moderate", None), ("moderate", "significant", None, None)]
    assert rules.overall(SCALE, flows) == ("serious", "significant", "moderate", None)
    assert rules.highest(SCALE, flows[1]) == "significant"
    assert rules.overall(SCALE, []) == (None,) * 4


def test_the_ceiling_is_serious_and_above_it_is_refused_by_aspect() -> None:
    assert rules.ceiling(SCALE).code == "serious"
    errors = rules.classify(
        SCALE, {"confidentiality": "exceptional", "integrity": "nonsens", "availability": None}
    )
    assert {name: reason.code for name, reason in errors.items()} == {
        "confidentiality": "class_above_ceiling",
        "integrity": "choice_unknown",
        "availability": "class_missing",
    }
    assert rules.classify(SCALE, dict.fromkeys(rules.NEEDED_ASPECTS, "serious")) == {}


def test_facts_tell_what_lacks_and_what_blocks() -> None:
    held = [
        replace(ASSESSED, number=1, accepted=True, accepted_until=TODAY),
        replace(ASSESSED, number=2),
        Assessment(3, "serious", "very_likely", "reduce", owner="Anna"),
        Assessment(4, "serious", "very_likely", "reduce", residual_likelihood="unlikely", owner="Anna"),
        Assessment(5, "serious"),
        replace(ASSESSED, number=6, accepted=True, accepted_until=date(2026, 11, 23)),
    ]
    flows = [
        ("Orosanmälan", ("serious", "moderate", "moderate", None)),
        ("Halvklassat", ("serious", None, None, None)),
        ("Hemligt", ("exceptional", "moderate", "moderate", None)),
    ]
    facts = rules.facts(SCALE, flows, held, undated=[9], today=TODAY)
    assert facts == {
        "flows_classified": 2,
        "flows_above_ceiling": ("Hemligt",),
        "risks": 6,
        "risks_unassessed": ("5",),
        "risks_unaccepted": ("2", "4"),
        "risks_expired": ("6",),
        "risks_blocking": ("3",),
        "actions_undated": ("9",),
    }


def test_every_starter_points_to_requirements_and_aspects_that_exist() -> None:
    requirements = {item.id for item in load.declaration("1").requirements}
    assert len(SCALE.starters) == 14
    for starter in SCALE.starters:
        assert set(starter.requirements) <= requirements, starter.id
        assert starter.aspects, starter.id
        assert set(starter.aspects) <= set(rules.ASPECTS), starter.id
