"""What goes into a verification and what comes out of it: frozen values that survive JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = ("passed", "warning", "failed", "skipped", "review", "undefined", "not_applicable")
FAULT_OWNERS = ("organisation", "operator", "federation", "portal")


@dataclass(frozen=True)
class Finding:
    """One assertion inside a check: the catalogue's id, how it went and the values its text speaks of.

    `case` chooses among the texts that an id has; it is empty for a finding that passed.
    """

    id: str
    outcome: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    case: str = ""

    def to_body(self) -> dict[str, Any]:
        return {"id": self.id, "outcome": self.outcome, "case": self.case, "params": dict(self.params)}

    @staticmethod
    def from_body(body: Mapping[str, Any]) -> "Finding":
        return Finding(body["id"], body["outcome"], dict(body.get("params", {})), body.get("case", ""))


@dataclass(frozen=True)
class CheckResult:
    """The result of one numbered check. `expected` and `actual` are values, not sentences.

    `fault_owner` is set for failed, warning and undefined; `caused_by` is the number of the check that made
    this one skip; `evidence_sha256` is over the raw bytes that were judged, empty when there were none.
    """

    check: str
    slug: str
    outcome: str
    severity: str
    fault_owner: str | None = None
    expected: str = ""
    actual: str = ""
    caused_by: str | None = None
    findings: tuple[Finding, ...] = ()
    evidence_sha256: str = ""
    milliseconds: int = 0

    def to_body(self) -> dict[str, Any]:
        """The result as values that JSON can carry."""
        return {
            "check": self.check,
            "slug": self.slug,
            "outcome": self.outcome,
            "severity": self.severity,
            "fault_owner": self.fault_owner,
            "expected": self.expected,
            "actual": self.actual,
            "caused_by": self.caused_by,
            "findings": [finding.to_body() for finding in self.findings],
            "evidence_sha256": self.evidence_sha256,
            "milliseconds": self.milliseconds,
        }

    @staticmethod
    def from_body(body: Mapping[str, Any]) -> "CheckResult":
        """The result that `to_body` was made of."""
        values = dict(body)
        values["findings"] = tuple(Finding.from_body(found) for found in body.get("findings", ()))
        return CheckResult(**values)


@dataclass(frozen=True)
class Target:
    """What is verified: a participant in an environment, and certificates (PEM) by purpose if any were left."""

    participant: str
    environment: str
    certificates: Mapping[str, str] = field(default_factory=dict)

    def to_body(self) -> dict[str, Any]:
        return {
            "participant": self.participant,
            "environment": self.environment,
            "certificates": dict(self.certificates),
        }

    @staticmethod
    def from_body(body: Mapping[str, Any]) -> "Target":
        """The target that `to_body` was made of."""
        return Target(body["participant"], body["environment"], dict(body.get("certificates", {})))
