"""Runs the checks of a suite against a target: a graph, side by side where it can, with limits that always hold."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from checklists.schema import Suite, SuiteCheck
from portal.egress import Egress
from portal.settings import Settings
from portal.verification.model import CheckResult, Target
from portal.verification.notebook import Notebook, Stop
from portal.verification.pack import Pack
from portal.verification.registry import checks
from portal.verification.trail import LOST, Trail
from portal.verification.words import GENERAL

CHECK_SECONDS = 20.0
RUN_SECONDS = 60.0
PAUSES = (0.3, 1.0)
_POLL_SECONDS = 0.2
_GOES_ON = frozenset({"passed", "warning", "not_applicable"})

_log = logging.getLogger(__name__)


def plan(suite: Suite) -> tuple[str, ...]:
    """The check numbers of a suite in their order."""
    return tuple(check.number for check in suite.checks)


def execute(
    target: Target,
    pack: Pack,
    suite: Suite,
    numbers: Iterable[str],
    done: Mapping[str, CheckResult],
    store: Callable[[CheckResult], None],
    stopped: Callable[[], bool],
    settings: Settings,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Run the checks of `numbers` that are not `done`, and hand each result to `store` as it comes.

    `store` is called on the calling thread. A check whose dependency did not go well is skipped; one that
    overruns its time is undefined. `stopped` is asked several times a second; when it says yes, nothing more is
    stored. The whole call ends within a minute, whatever the servers at the other end do.
    """
    loopback = settings.allow_loopback and pack.loopback
    egress = Egress(pack.resolver, pack.ports, loopback=loopback)
    run = _Run(Trail(target, pack, egress, clock), suite, dict(done))
    run.waiting = [number for number in numbers if number not in done]
    while (run.waiting or run.running) and not stopped():
        for result in run.step():
            if stopped():
                return
            store(result)


@dataclass
class _Run:
    trail: Trail
    suite: Suite
    results: dict[str, CheckResult]
    waiting: list[str] = field(default_factory=list)
    running: dict[str, float] = field(default_factory=dict)
    finished: queue.SimpleQueue[CheckResult] = field(default_factory=queue.SimpleQueue)
    deadline: float = field(default_factory=lambda: time.monotonic() + RUN_SECONDS)

    def step(self) -> list[CheckResult]:
        """Start what can start, wait a moment, and return the results that have come."""
        found = self._skipped()
        self._start()
        if not found:
            found = self._arrived() or self._overdue()
        for result in found:
            self.results[result.check] = result
            self.running.pop(result.check, None)
        return found

    def _needs(self, number: str) -> list[str]:
        planned = {*self.waiting, *self.running, *self.results}
        return [need for need in self.suite.by_number(number).needs if need in planned]

    def _skipped(self) -> list[CheckResult]:
        found = []
        for number in list(self.waiting):
            causes = [self.results[need] for need in self._needs(number) if need in self.results]
            cause = next((result for result in causes if result.outcome not in _GOES_ON), None)
            if cause is not None:
                self.waiting.remove(number)
                note = Notebook(self.suite.by_number(number))
                note.skip(cause.caused_by or cause.check)
                found.append(note.result(0))
                self.results[number] = found[-1]
        return found

    def _start(self) -> None:
        for number in list(self.waiting):
            if all(need in self.results for need in self._needs(number)):
                self.waiting.remove(number)
                self.running[number] = time.monotonic() + CHECK_SECONDS
                # A daemon thread, so that a check that hangs can be left behind.
                threading.Thread(
                    target=self._work,
                    args=(self.suite.by_number(number),),
                    name=f"check {number}",
                    daemon=True,
                ).start()

    def _work(self, check: SuiteCheck) -> None:
        self.finished.put(attempt(check, self.trail))

    def _arrived(self) -> list[CheckResult]:
        try:
            result = self.finished.get(timeout=_POLL_SECONDS if self.running else 0.001)
        except queue.Empty:
            return []
        return [result] if result.check in self.running else []

    def _overdue(self) -> list[CheckResult]:
        now = time.monotonic()
        late = [number for number, end in self.running.items() if now > min(end, self.deadline)]
        if now > self.deadline:
            late += self.waiting
            self.waiting = []
        return [_general(self.suite.by_number(number), "deadline", CHECK_SECONDS) for number in late]


def attempt(check: SuiteCheck, trail: Trail) -> CheckResult:
    """The result of one check; a fault of the environment is tried again twice, while there is time."""
    began = time.monotonic()
    for pause in (*PAUSES, None):
        note = _once(check, trail)
        spent = time.monotonic() - began
        if pause is None or not note.worth_again or note.has("failed") or spent > CHECK_SECONDS / 2:
            break
        time.sleep(pause)
    return note.result(round((time.monotonic() - began) * 1000))


def _once(check: SuiteCheck, trail: Trail) -> Notebook:
    note = Notebook(check)
    try:
        checks()[check.number](trail, note)
    except Stop:
        pass
    except LOST as error:
        _log.info("check %s lost its trail: %.200r", check.number, error)
        note.undefined(GENERAL, "lost", again=True)
    except Exception:  # noqa: BLE001 -- a fault of ours must never be shown as the organisation's
        _log.exception("check %s crashed", check.number)
        note = Notebook(check)
        note.undefined(GENERAL, "crashed")
    return note


def _general(check: SuiteCheck, case: str, seconds: float) -> CheckResult:
    note = Notebook(check)
    note.undefined(GENERAL, case, seconds=round(seconds))
    return note.result(round(seconds * 1000))
