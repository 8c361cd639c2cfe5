"""Verification suites: numbered checks, what they assert, and what each fault means and mends."""

from typing import Literal

from checklists.parts import Catalogue, Part, Text, one


class Assertion(Part):
    """One thing that a check asserts, in words for when it holds."""

    id: str
    title: Text


class FindingText(Part):
    """What one fault found by a check means, why it matters and what mends it. Texts may hold {params}.

    `case` tells the faults of one id apart; `expected` and `actual` replace the measured values where words say more.
    """

    id: str
    case: str = ""
    what: Text
    why: Text
    remedy: Text
    fault_owner: Literal["organisation", "operator", "federation", "portal"]
    expected: Text | None = None
    actual: Text | None = None


class SuiteCheck(Part):
    """One numbered check of a suite. `needs` are the numbers of the checks that must not have failed before it."""

    number: str
    slug: str
    title: Text
    clause: str
    severity: Literal["mandatory", "recommended", "information"]
    group: str
    needs: tuple[str, ...] = ()
    assertions: tuple[Assertion, ...]
    findings: tuple[FindingText, ...]

    def finding(self, finding_id: str, case: str = "") -> FindingText:
        """The texts of a fault; KeyError when there are none."""
        return one((found for found in self.findings if found.case == case), "id", finding_id)

    def assertion(self, finding_id: str) -> Assertion:
        """What the check asserts under an id; KeyError when there is none."""
        return one(self.assertions, "id", finding_id)


class Suite(Catalogue):
    """The checks of a verification run, in their order."""

    kind: Literal["suite"]
    source: str
    checks: tuple[SuiteCheck, ...]

    def by_number(self, number: str) -> SuiteCheck:
        """The check of that number; KeyError when there is none."""
        return one(self.checks, "number", number)
