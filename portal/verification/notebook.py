"""What a check writes down while it works, and the result that comes of it."""

import hashlib
from datetime import datetime
from typing import Any

from checklists.schema import SuiteCheck
from portal.verification.model import CheckResult, Finding
from portal.verification.words import GENERAL

_WORST_FIRST = ("failed", "undefined", "review", "warning", "passed", "not_applicable")
_LONGEST = 300


class Stop(Exception):
    """The check can go no further; what it found so far is in the notebook."""


class Notebook:
    """The findings of one check. `failed` and `undefined` return a Stop, to raise where nothing can follow."""

    def __init__(self, check: SuiteCheck) -> None:
        self._check = check
        self._findings: list[Finding] = []
        self._values: dict[int, tuple[str, str]] = {}
        self._measured = ("", "")
        self._evidence = hashlib.sha256()
        self._any_evidence = False
        self.caused_by: str | None = None
        self.worth_again = False

    def passed(self, finding: str, **params: Any) -> None:
        self._note(finding, "passed", "", params)

    def warning(
        self, finding: str, case: str = "", *, expected: Any = "", actual: Any = "", **params: Any
    ) -> None:
        self._note(finding, "warning", case, params, expected, actual)

    def failed(
        self, finding: str, case: str = "", *, expected: Any = "", actual: Any = "", **params: Any
    ) -> Stop:
        self._note(finding, "failed", case, params, expected, actual)
        return Stop()

    def undefined(
        self,
        finding: str,
        case: str = "",
        *,
        again: bool = False,
        expected: Any = "",
        actual: Any = "",
        **params: Any,
    ) -> Stop:
        """The environment's fault, never the organisation's; `again` when another attempt may go better."""
        self.worth_again = self.worth_again or again
        self._note(finding, "undefined", case, params, expected, actual)
        return Stop()

    def skip(self, caused_by: str) -> Stop:
        """Nothing to judge, because of another check."""
        self.caused_by = caused_by
        return Stop()

    def measured(self, expected: Any, actual: Any) -> None:
        """What to show as expected and found when all is well."""
        self._measured = (_plain(expected), _plain(actual))

    def judged(self, raw: bytes) -> None:
        """The bytes that the verdict rests on."""
        self._evidence.update(raw)
        self._any_evidence = True

    def has(self, outcome: str, finding: str = "") -> bool:
        """True when something, under that id if one is given, went that way."""
        return any(found.outcome == outcome and finding in ("", found.id) for found in self._findings)

    def about(self, finding: str) -> bool:
        """True when something is written under the id."""
        return any(found.id == finding for found in self._findings)

    def result(self, milliseconds: int) -> CheckResult:
        """The result: the worst finding decides, and its text in the suite says who mends it."""
        outcome = next(
            (kind for kind in _WORST_FIRST if self.has(kind)),
            "skipped" if self.caused_by else "not_applicable",
        )
        cause = next(
            (number for number, found in enumerate(self._findings) if found.outcome == outcome), None
        )
        expected, actual = self._values.get(-1 if cause is None else cause, self._measured)
        return CheckResult(
            check=self._check.number,
            slug=self._check.slug,
            outcome=outcome,
            severity=self._check.severity,
            fault_owner=self._owner(outcome, None if cause is None else self._findings[cause]),
            expected=expected,
            actual=actual,
            caused_by=self.caused_by if outcome == "skipped" else None,
            findings=tuple(self._findings),
            evidence_sha256=self._evidence.hexdigest() if self._any_evidence else "",
            milliseconds=milliseconds,
        )

    def _owner(self, outcome: str, cause: Finding | None) -> str | None:
        if cause is None or outcome in ("passed", "not_applicable", "skipped"):
            return None
        if cause.id == GENERAL:
            return "portal"
        return self._check.finding(cause.id, cause.case).fault_owner

    def _note(
        self,
        finding: str,
        outcome: str,
        case: str,
        params: dict[str, Any],
        expected: Any = "",
        actual: Any = "",
    ) -> None:
        if expected != "" or actual != "":
            self._values[len(self._findings)] = (_plain(expected), _plain(actual))
        kept = {name: value if isinstance(value, int) else _plain(value) for name, value in params.items()}
        self._findings.append(Finding(finding, outcome, kept, case))


def _plain(value: Any) -> str:
    """A value as short printable text; strangers wrote some of them."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return ", ".join(_plain(part) for part in value)[:_LONGEST]
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))[
        :_LONGEST
    ]
