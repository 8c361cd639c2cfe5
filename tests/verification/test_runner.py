"""The graph: what waits for what, what is skipped and why, and that nothing can hold a run."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from checklists import load
from portal.settings import Settings
from portal.verification import pack as packs
from portal.verification import registry, runner, words
from portal.verification.model import CheckResult, Target
from portal.verification.notebook import Notebook
from portal.verification.trail import Lost, Trail

SUITE = load.suite("0.1")
NUMBERS = runner.plan(SUITE)
Checks = Callable[..., None]


def well(_trail: Trail, note: Notebook) -> None:
    note.passed("X")


def fails(_trail: Trail, note: Notebook) -> None:
    raise note.failed("DNS-02", "nxdomain")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Put other functions behind the numbers of the suite."""
    registry.checks()
    monkeypatch.setattr(runner, "PAUSES", (0.01, 0.01))

    def put(changed: Mapping[str, Any]) -> None:
        everything = {number: changed.get(number, well) for number in NUMBERS}
        monkeypatch.setattr(runner, "checks", lambda: everything)

    return put


def run(
    numbers: tuple[str, ...] = NUMBERS,
    done: Mapping[str, CheckResult] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[CheckResult]:
    stored: list[CheckResult] = []
    here = threading.get_ident()

    def store(result: CheckResult) -> None:
        assert threading.get_ident() == here
        stored.append(result)

    profile = packs.load(Path("/nonexistent"), "demo")
    target = Target("0203:a.se", "demo")
    runner.execute(target, profile, SUITE, numbers, done or {}, store, stopped, Settings())
    return stored


def test_every_check_of_the_suite_is_run_once_after_what_it_needs(checks: Checks) -> None:
    checks({})
    found = [result.check for result in run()]
    assert sorted(found) == sorted(NUMBERS)
    for number in NUMBERS:
        for need in SUITE.by_number(number).needs:
            assert found.index(need) < found.index(number)


def test_what_follows_a_failure_is_skipped_and_says_why(checks: Checks) -> None:
    checks({"02": fails})
    found = {result.check: result for result in run()}
    assert found["02"].outcome == "failed"
    for number in NUMBERS[2:]:
        assert (found[number].outcome, found[number].caused_by) == ("skipped", "02")
    assert "02" in words.describe(found["12"], SUITE, "sv").what


def test_branches_that_do_not_depend_go_on(checks: Checks) -> None:
    def missing(_trail: Trail, note: Notebook) -> None:
        raise note.failed("SMP-04", "receipt")

    checks({"05": missing})
    found = {result.check: result.outcome for result in run()}
    assert found.pop("05") == "failed"
    assert set(found.values()) == {"passed"}


def test_independent_checks_run_side_by_side(checks: Checks) -> None:
    together = threading.Barrier(2, timeout=2)

    def meets(_trail: Trail, note: Notebook) -> None:
        together.wait()
        note.passed("X")

    checks({"10": meets, "11": meets})
    assert {result.outcome for result in run()} == {"passed"}


def test_what_is_done_is_not_done_again(checks: Checks) -> None:
    checks({"01": fails})
    done = {"01": CheckResult("01", "configuration", "passed", "mandatory")}
    assert [result.check for result in run(done=done)] == [number for number in NUMBERS if number != "01"]


def test_a_done_failure_still_stops_what_follows(checks: Checks) -> None:
    checks({})
    done = {"01": CheckResult("01", "configuration", "failed", "mandatory", "organisation")}
    assert {result.caused_by for result in run(done=done)} == {"01"}


def test_faults_of_the_environment_are_tried_twice_more(checks: Checks) -> None:
    tries: list[int] = []

    def second_time_lucky(_trail: Trail, note: Notebook) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise note.undefined("DNS-02", "timeout", again=True, participant="", zone="", name="")
        note.passed("X")

    checks({"02": second_time_lucky})
    assert {result.outcome for result in run()} == {"passed"}
    assert len(tries) == 3


def test_three_times_is_enough(checks: Checks) -> None:
    tries: list[int] = []

    def never(_trail: Trail, note: Notebook) -> None:
        tries.append(1)
        raise note.undefined("DNS-02", "timeout", again=True, participant="", zone="", name="")

    checks({"02": never})
    found = {result.check: result for result in run()}
    assert (found["02"].outcome, found["02"].fault_owner, len(tries)) == ("undefined", "federation", 3)


def test_faults_are_not_tried_again(checks: Checks) -> None:
    tries: list[int] = []

    def once(trail: Trail, note: Notebook) -> None:
        tries.append(1)
        fails(trail, note)

    checks({"02": once})
    run()
    assert len(tries) == 1


def test_a_check_that_hangs_is_left_behind(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CHECK_SECONDS", 0.3)
    ended = threading.Event()
    checks({"11": lambda _trail, _note: ended.wait(60)})
    began = time.monotonic()
    found = {result.check: result for result in run()}
    ended.set()
    assert time.monotonic() - began < 30
    assert (found["11"].outcome, found["11"].fault_owner) == ("undefined", "portal")
    assert found["11"].findings[0].case == "deadline"
    assert found["12"].caused_by == "11"
    assert words.describe(found["11"], SUITE, "sv").what.startswith("Kontrollen hann inte")


def test_a_whole_run_has_an_end(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RUN_SECONDS", 0.4)
    ended = threading.Event()
    checks({"03": lambda _trail, _note: ended.wait(60)})
    began = time.monotonic()
    found = {result.check: result.outcome for result in run()}
    ended.set()
    assert time.monotonic() - began < 30
    assert sorted(found) == sorted(NUMBERS)
    assert found["03"] == "undefined"


@pytest.mark.filterwarnings("default")
def test_a_crash_is_ours(checks: Checks) -> None:
    def crashes(_trail: Trail, note: Notebook) -> None:
        note.passed("X")
        raise ZeroDivisionError

    checks({"02": crashes})
    found = {result.check: result for result in run()}["02"]
    assert (found.outcome, found.fault_owner, len(found.findings)) == ("undefined", "portal", 1)
    assert "fel i portalen" in words.describe(found, SUITE, "sv").what


def test_a_trail_that_is_lost_is_undefined(checks: Checks) -> None:
    def lost(_trail: Trail, _note: Notebook) -> None:
        raise Lost("metadata")

    checks({"10": lost})
    found = {result.check: result for result in run()}["10"]
    assert (found.outcome, found.findings[0].case) == ("undefined", "lost")


def test_a_run_that_is_stopped_stores_nothing_more(checks: Checks) -> None:
    ended = threading.Event()
    checks({"03": lambda _trail, _note: ended.wait(60)})
    began = time.monotonic()
    found = run(stopped=lambda: time.monotonic() - began > 0.4)
    ended.set()
    assert time.monotonic() - began < 30
    assert [result.check for result in found] == ["01", "02"]


def test_settings_alone_do_not_open_loopback_for_a_real_environment(
    checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []

    def looks(trail: Trail, note: Notebook) -> None:
        opened.append(trail.egress._loopback)
        note.passed("X")

    checks({"01": looks})
    settings = Settings(allow_loopback=True)
    for environment in ("demo", "qa"):
        profile = packs.load(Path("/nonexistent"), environment)
        target = Target("0203:a.se", environment)
        runner.execute(target, profile, SUITE, ("01",), {}, lambda _: None, lambda: False, settings)
    assert opened == [True, False]
