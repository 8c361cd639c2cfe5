"""The verdict over results, its sentence, and what changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import load
from portal.texts import LANGUAGES, text
from portal.verification.model import OUTCOMES, CheckResult, Finding, Target
from workflows.verification import Verdict, compare, headline, judge


def result(check: str, outcome: str, owner: str | None = None, severity: str = "mandatory") -> CheckResult:
    slug = load.suite("0.1").by_number(check).slug
    return CheckResult(check, slug, outcome, severity, owner)


PASSED = result("01", "passed")


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], Verdict("incomplete")),
        ([PASSED], Verdict("passed")),
        ([PASSED, result("10", "not_applicable")], Verdict("passed")),
        ([PASSED, result("10", "warning", "operator")], Verdict("warning", "operator")),
        ([PASSED, result("10", "failed", "operator", "recommended")], Verdict("warning", "operator")),
        ([PASSED, result("10", "failed", "operator", "information")], Verdict("passed")),
        ([PASSED, result("10", "undefined", "federation")], Verdict("incomplete", "federation")),
        ([PASSED, result("10", "undefined", "federation", "recommended")], Verdict("passed")),
        ([PASSED, result("10", "review")], Verdict("incomplete")),
        (
            [result("02", "undefined", "federation"), result("03", "skipped")],
            Verdict("incomplete", "federation"),
        ),
        (
            [result("12", "failed", "operator"), result("06", "failed", "federation")],
            Verdict("failed", "federation"),
        ),
        (
            [result("02", "undefined", "federation"), result("12", "failed", "operator")],
            Verdict("failed", "operator"),
        ),
    ],
)
def test_verdicts(results: list[CheckResult], verdict: Verdict) -> None:
    assert judge(results) == verdict


def test_every_headline_has_its_sentence() -> None:
    for check in load.suite("0.1").checks:
        for outcome in ("failed", "warning", "undefined"):
            for others in ([], [result("01", outcome)]):
                said = headline([*others, result(check.number, outcome, "operator")])
                for language in LANGUAGES:
                    assert "{" not in text(f"run.headline.{said.code}", language, **said.params)
    assert headline([]).code == "stopped"
    assert headline([PASSED, PASSED]).params == {"n": 2}


def test_what_changed() -> None:
    before = {
        "01": "passed",
        "02": "failed",
        "03": "warning",
        "04": "failed",
        "05": "skipped",
        "06": "failed",
    }
    after = {
        "01": "failed",
        "02": "passed",
        "03": "warning",
        "04": "skipped",
        "05": "failed",
        "08": "undefined",
    }
    assert compare(before, after) == {
        "fixed": ["02"],
        "new": ["01", "05", "08"],
        "unchanged": ["03", "04", "06"],
    }


outcomes = st.dictionaries(st.sampled_from(["01", "02", "03"]), st.sampled_from(OUTCOMES))


@given(outcomes, outcomes)
def test_a_check_changes_in_one_way(before: dict[str, str], after: dict[str, str]) -> None:
    found = [number for numbers in compare(before, after).values() for number in numbers]
    assert len(found) == len(set(found))
    assert compare(before, before)["fixed"] == compare(before, before)["new"] == []


def test_results_and_targets_survive_json() -> None:
    import json

    finding = Finding("SMP-07", "failed", {"n": 1, "x": "å"}, "wrong")
    full = CheckResult(
        "06", "s", "failed", "mandatory", "federation", "a", "b", None, (finding,), "c" * 64, 5
    )
    assert CheckResult.from_body(json.loads(json.dumps(full.to_body()))) == full
    target = Target("0203:a.se", "qa", {"ap": "PEM"})
    assert Target.from_body(json.loads(json.dumps(target.to_body()))) == target
