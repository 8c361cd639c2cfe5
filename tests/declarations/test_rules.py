"""What follows from answers: which lines count, what they lack, what a review carries into the next round."""

import pytest

from checklists.load import declaration
from checklists.schema import AskedIf, DeclarationCatalogue, ShownIf, Text
from workflows import declaration as rules
from workflows.declaration import ACCEPTED, RETURNED, Given

CATALOGUE = declaration("1")


def conditional(**conditions: ShownIf) -> DeclarationCatalogue:
    """The catalogue cut to five requirements, some of them shown on a condition."""
    kept = [
        item.model_copy(update={"shown_if": conditions.get(item.id.replace("-", "_"))})
        for item in CATALOGUE.requirements[:5]
    ]
    return CATALOGUE.model_copy(update={"requirements": tuple(kept)})


@pytest.mark.parametrize(
    ("given", "planned", "lacking"),
    [
        (Given(), False, ("answer",)),
        (Given(comment="Vi vet inte än."), False, ("answer",)),
        (Given("yes"), False, ()),
        (Given("partly"), False, ("explanation", "action")),
        (Given("partly", "Rutin saknas."), False, ("action",)),
        (Given("partly", "Rutin saknas."), True, ()),
        (Given("no", "   "), True, ("explanation",)),
        (Given("no", "Saknas."), False, ("action",)),
        (Given("not_applicable"), False, ("explanation",)),
        (Given("not_applicable", "Ingen delad it."), False, ()),
    ],
)
def test_what_a_line_lacks(given: Given, planned: bool, lacking: tuple[str, ...]) -> None:
    assert rules.lacks(given, planned=planned) == lacking


def test_an_answer_outside_the_scale_and_a_comment_that_is_too_long_are_named_by_field() -> None:
    errors = rules.check("maybe", "x" * (rules.MAX_COMMENT + 7))
    assert errors["value"].code == "choice_unknown"
    assert errors["comment"].params == {"n": 7, "max": rules.MAX_COMMENT}
    assert rules.check(None, "") == {}
    assert rules.check("yes", "x" * rules.MAX_COMMENT) == {}


def test_a_conditional_line_counts_only_with_the_answer_it_waits_for() -> None:
    catalogue = conditional(
        P_02=ShownIf(id="P-01", values=("yes", "partly")), P_03=ShownIf(id="P-02", values=("no",))
    )

    def names(given: dict[str, Given]) -> list[str]:
        return [item.id for item in rules.shown(catalogue, given, {})]

    assert names({}) == ["P-01", "P-04", "P-05"]
    assert names({"P-01": Given("yes")}) == ["P-01", "P-02", "P-04", "P-05"]
    assert names({"P-01": Given("partly"), "P-02": Given("no")}) == ["P-01", "P-02", "P-03", "P-04", "P-05"]
    assert names({"P-01": Given("no"), "P-02": Given("no")}) == ["P-01", "P-04", "P-05"]


@pytest.mark.parametrize(
    ("order", "left_out"),
    [
        ({}, set()),
        ({"kind": "", "route": None}, set()),
        ({"kind": "kommun", "route": "whole_solution", "shared_it": "yes"}, set()),
        ({"kind": "kommun", "route": "whole_solution", "shared_it": "no"}, {"P-49"}),
        ({"kind": "statlig_myndighet", "route": "own_access_point"}, {"P-24", "P-48", "P-51"}),
        ({"kind": "privat_utforare", "shared_it": "no"}, {"P-49", "P-59"}),
    ],
)
def test_the_order_leaves_out_what_does_not_concern_the_organisation(
    order: dict[str, str | None], left_out: set[str]
) -> None:
    shown = {item.id for item in rules.shown(CATALOGUE, {}, order)}
    assert {item.id for item in CATALOGUE.requirements} - shown == left_out


def test_a_left_out_line_is_neither_missing_nor_counted_though_it_has_an_answer() -> None:
    given = {"P-49": Given("no"), "P-48": Given("yes")}
    facts = rules.facts(CATALOGUE, given, planned=(), order={"shared_it": "no"})
    assert facts["deviations_unexplained"] == ()
    assert rules.summary(CATALOGUE, given, {"shared_it": "no"})["no"] == 0
    assert rules.facts(CATALOGUE, given, planned=(), order={"shared_it": "yes"})[
        "deviations_unexplained"
    ] == ("P-49",)


def test_a_condition_on_what_the_order_leaves_open_is_told_apart_from_one_that_it_meets() -> None:
    waiting = AskedIf(id="order.shared_it", values=("yes",), because=Text(sv="Delad.", en="Shared."))
    assert not rules.is_stated(waiting, {})
    assert not rules.is_stated(waiting, {"shared_it": ""})
    assert rules.is_stated(waiting, {"shared_it": "no"})
    assert rules.is_stated(ShownIf(id="P-01", values=("yes",)), {})


def test_conditions_that_go_in_a_circle_are_an_error() -> None:
    catalogue = conditional(
        P_01=ShownIf(id="P-02", values=("yes",)), P_02=ShownIf(id="P-01", values=("yes",))
    )
    with pytest.raises(ValueError, match="circle"):
        rules.shown(catalogue, {"P-01": Given("yes"), "P-02": Given("yes")}, {})


def test_facts_count_what_is_missing_and_name_the_hard_no() -> None:
    given = {item.id: Given("yes") for item in CATALOGUE.requirements}
    del given["P-80"]
    given |= {"P-01": Given("no", "Saknas."), "P-02": Given("no"), "P-05": Given("partly", "Pågår.")}
    facts = rules.facts(CATALOGUE, given, planned={"P-01"}, order={})
    assert facts["unanswered"] == 1
    assert facts["deviations_unexplained"] == ("P-02",)
    assert facts["deviations_without_action"] == ("P-02", "P-05")
    assert facts["hard_no"] == ("P-01",)
    assert facts["lines_unreviewed"] == 80


def test_a_hard_line_answered_partly_does_not_stop_production() -> None:
    facts = rules.facts(CATALOGUE, {"P-16": Given("partly", "Pågår.")}, planned={"P-16"}, order={})
    assert facts["hard_no"] == ()


@pytest.mark.parametrize(
    ("before", "verdict", "remark_stays"),
    [
        (Given("yes"), None, False),
        (Given("yes", verdict=ACCEPTED), None, False),
        (Given("no", verdict=RETURNED, asked=True), RETURNED, True),
        (Given("no", asked=True), None, True),
    ],
)
def test_what_an_edit_does_to_the_verdict(before: Given, verdict: str | None, remark_stays: bool) -> None:
    assert rules.after_edit(before) == (verdict, remark_stays)


def test_accepted_lines_stay_accepted_into_the_next_round_and_the_others_open() -> None:
    assert rules.after_submission(Given("yes", verdict=ACCEPTED)) == ACCEPTED
    assert rules.after_submission(Given("yes", verdict=RETURNED)) is None
    assert rules.after_submission(Given("yes")) is None


def test_changes_between_two_rounds_are_told_by_line() -> None:
    def line(name: str, value: str, comment: str = "") -> dict[str, str]:
        return {"requirement": name, "value": value, "comment": comment}

    found = rules.changes(
        [line("P-01", "no", "Saknas."), line("P-02", "yes"), line("P-03", "yes", "Ja.")],
        [line("P-01", "yes"), line("P-02", "yes"), line("P-03", "yes", "Ja, beslutat."), line("P-04", "yes")],
    )
    assert set(found) == {"P-01", "P-03", "P-04"}
    assert (found["P-01"].value_before, found["P-01"].comment_before) == ("no", "Saknas.")
    assert found["P-04"].value_before is None


def test_progress_counts_lines() -> None:
    given = {
        "P-01": Given("yes", verdict=ACCEPTED),
        "P-02": Given("no", verdict=RETURNED),
        "P-03": Given(comment="Nja."),
    }
    found = rules.progress(CATALOGUE.requirements[:5], given)
    assert (found.total, found.answered, found.left) == (5, 2, 3)
    assert (found.deviations, found.returned, found.reviewed) == (1, 1, 2)
