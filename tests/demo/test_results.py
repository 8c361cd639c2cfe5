"""The recorded runs of the demo are what the robot answers today."""

from datetime import date
from pathlib import Path

import pytest

from checklists import load
from portal.demo import results
from portal.reference.addresses import Ports
from portal.verification import runner, words
from portal.verification.model import CheckResult
from tests.demo import record

AGAIN = "run `python -m tests.demo.record` to record the robot's answers again"


def shape(found: list[CheckResult]) -> list[tuple[object, ...]]:
    return [
        (
            result.check,
            result.slug,
            result.outcome,
            result.severity,
            result.fault_owner,
            sorted((finding.id, finding.case, finding.outcome) for finding in result.findings),
        )
        for result in found
    ]


def test_they_hold_every_check_of_the_suite() -> None:
    suite = load.suite()
    assert results.recording()["suite"] == suite.version, AGAIN
    assert set(results.recording()["runs"]) == {"", *record.faults()}, AGAIN
    for fault in results.recording()["runs"]:
        found = results.of(fault, "0203:sdk.exempel.example", date(2026, 1, 15))
        assert tuple(result.check for result in found) == runner.plan(suite), AGAIN
        for result in found:
            for language in ("sv", "en"):
                told = words.describe(result, suite, language)
                assert bool(told.what) == (result.outcome == "failed")
                assert all(finding.text for finding in told.findings)


@pytest.mark.slow
def test_the_robot_answers_the_same_today(tmp_path: Path) -> None:
    today = record.runs(tmp_path, Ports(0, 0, 0, 0), record.faults())
    for fault, found in today.items():
        recorded = results.of(fault, "0203:x.anslut.example", date(2026, 1, 15))
        assert shape(found) == shape(recorded), f"{fault or 'healthy'}: {AGAIN}"


def test_days_stand_as_far_from_the_run_as_they_did() -> None:
    recorded_on = date.fromisoformat(results.recording()["recorded_on"])
    [expired] = [
        result
        for result in results.of(
            "expired-certificate", "0203:sdk.exempel.example", recorded_on.replace(year=2030)
        )
        if result.check == "10"
    ]
    assert recorded_on.replace(year=2030).isoformat() in expired.expected
    assert "2030" in expired.actual


def test_the_participant_is_the_one_that_was_run_against() -> None:
    found = results.of("tls-1.0", "0203:sdk.exempel.example", date(2026, 1, 15))
    text = str([result.to_body() for result in found])
    assert "0203:sdk.exempel.example" in text
    assert "tls-1.0.fel" not in text
