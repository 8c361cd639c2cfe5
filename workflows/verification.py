"""What follows from the results of a verification: the verdict, its sentence, and what changed since last time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from workflows.errors import Reason

GOOD = frozenset({"passed", "not_applicable"})
UNFINISHED = frozenset({"skipped", "undefined", "review"})


class Judged(Protocol):
    """What judging needs to know of a result."""

    @property
    def check(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def fault_owner(self) -> str | None: ...


@dataclass(frozen=True)
class Verdict:
    """The outcome of a run (passed, warning, failed, incomplete) and who mends it, if somebody has to."""

    outcome: str
    fault_owner: str | None = None


def judge(results: Sequence[Judged]) -> Verdict:
    """The verdict over the results of a run.

    Failed when a mandatory check failed; otherwise incomplete when a mandatory check is skipped, undefined or
    waits for review; otherwise a warning when anything warns or a recommended check failed. A check that is
    not applicable never counts. No results at all is incomplete.
    """
    if not results:
        return Verdict("incomplete")
    outcome, causes = _causes(results)
    return Verdict(outcome, next((found.fault_owner for found in causes if found.fault_owner), None))


def headline(results: Sequence[Judged]) -> Reason:
    """The sentence of a run: a code below `run.headline.` with `n`, the number of checks behind it.

    The code is `passed`, `stopped` or the outcome and the slug of the first check that caused it, such as
    `failed.smp-metadata`.
    """
    if not results:
        return Reason("stopped")
    outcome, causes = _causes(results)
    if not causes:
        return Reason("passed", {"n": sum(found.outcome == "passed" for found in results)})
    return Reason(f"{outcome}.{causes[0].slug}", {"n": len(causes)})


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Check numbers whose faults are gone, have come, or are still there, from outcomes by check number.

    A check that was skipped before has shown no fault, so its fault now is new; one that had a fault and is
    skipped now has not been mended.
    """
    changes: dict[str, list[str]] = {"fixed": [], "new": [], "unchanged": []}
    for number in sorted(set(before) | set(after)):
        was = before.get(number, "skipped") not in GOOD | {"skipped"}
        now = after.get(number, "skipped")
        if was:
            changes["fixed" if now in GOOD else "unchanged"].append(number)
        elif now not in GOOD | {"skipped"}:
            changes["new"].append(number)
    return changes


def _causes(results: Sequence[Judged]) -> tuple[str, list[Judged]]:
    """The outcome and the results behind it, in the order of the suite."""
    ordered = sorted(results, key=lambda found: found.check)
    mandatory = [found for found in ordered if found.severity == "mandatory"]
    failed = [found for found in mandatory if found.outcome == "failed"]
    if failed:
        return "failed", failed
    open_ones = [found for found in mandatory if found.outcome in UNFINISHED]
    if open_ones:
        return "incomplete", sorted(open_ones, key=lambda found: found.outcome == "skipped")
    warned = [
        found
        for found in ordered
        if found.outcome == "warning" or (found.outcome == "failed" and found.severity == "recommended")
    ]
    return ("warning", warned) if warned else ("passed", [])
