"""What follows from the answers of a self-declaration: which lines count, what is missing, what a reviewer sees.

Sources: sdk-domain section 3.0 (answer scale) and 3.13 (lines whose "no" stops production).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.schema import DeclarationCatalogue, Requirement
from workflows.errors import Reason

DEVIATING = frozenset({"partly", "no"})
EXPLAINED = DEVIATING | {"not_applicable"}
VALUES = ("yes", "partly", "no", "not_applicable")
MAX_COMMENT = 10_000
ACCEPTED, RETURNED = "accepted", "returned"


@dataclass(frozen=True)
class Given:
    """One stored answer as plain values. `asked` is a remark of an earlier review that still stands to be read."""

    value: str | None = None
    comment: str = ""
    verdict: str | None = None
    asked: bool = False


NOTHING = Given()


@dataclass(frozen=True)
class Progress:
    """How far a set of requirements has come: numbers of lines."""

    total: int
    answered: int
    deviations: int
    returned: int
    reviewed: int

    @property
    def left(self) -> int:
        return self.total - self.answered


@dataclass(frozen=True)
class Change:
    """What differs between two rounds of one line; None for a line that the earlier round did not hold."""

    value_before: str | None
    comment_before: str | None


def shown(catalogue: DeclarationCatalogue, given: Mapping[str, Given]) -> tuple[Requirement, ...]:
    """The requirements that the answers so far leave in the declaration, in catalogue order."""
    return tuple(item for item in catalogue.requirements if _counts(catalogue, item, given, frozenset()))


def _counts(
    catalogue: DeclarationCatalogue, item: Requirement, given: Mapping[str, Given], seen: frozenset[str]
) -> bool:
    condition = item.shown_if
    if condition is None:
        return True
    if item.id in seen:
        raise ValueError(f"{item.id} is shown only if it is shown: shown_if goes in a circle")
    if given.get(condition.id, NOTHING).value not in condition.values:
        return False
    parent = catalogue.by_id(condition.id)
    return _counts(catalogue, parent, given, seen | {item.id})


def check(value: str | None, comment: str) -> dict[str, Reason]:
    """What stops an answer from being saved, by field. A draft may be incomplete; it may not be wrong."""
    errors: dict[str, Reason] = {}
    if value is not None and value not in VALUES:
        errors["value"] = Reason("choice_unknown")
    if len(comment) > MAX_COMMENT:
        errors["comment"] = Reason("too_long", {"n": len(comment) - MAX_COMMENT, "max": MAX_COMMENT})
    return errors


def lacks(given: Given, *, planned: bool) -> tuple[str, ...]:
    """What one line still needs before submission: answer, explanation, action."""
    if given.value is None:
        return ("answer",)
    missing = []
    if given.value in EXPLAINED and not given.comment.strip():
        missing.append("explanation")
    if given.value in DEVIATING and not planned:
        missing.append("action")
    return tuple(missing)


def progress(requirements: Iterable[Requirement], given: Mapping[str, Given]) -> Progress:
    """The progress of these requirements."""
    lines = [given.get(item.id, NOTHING) for item in requirements]
    return Progress(
        total=len(lines),
        answered=sum(line.value is not None for line in lines),
        deviations=sum(line.value in DEVIATING for line in lines),
        returned=sum(line.verdict == RETURNED for line in lines),
        reviewed=sum(line.verdict is not None for line in lines),
    )


def summary(catalogue: DeclarationCatalogue, given: Mapping[str, Given]) -> dict[str, int]:
    """How many shown lines have each value of the answer scale."""
    values = [given.get(item.id, NOTHING).value for item in shown(catalogue, given)]
    return {code: values.count(code) for code in VALUES}


def facts(
    catalogue: DeclarationCatalogue, given: Mapping[str, Given], planned: Collection[str]
) -> dict[str, Any]:
    """The declaration's part of `guards.Facts`. `planned` are requirements with a dated action that still stands."""
    lines = {item.id: given.get(item.id, NOTHING) for item in shown(catalogue, given)}
    missing = {name: lacks(line, planned=name in planned) for name, line in lines.items()}
    hard = {item.id for item in catalogue.requirements if item.hard}
    return {
        "unanswered": sum("answer" in found for found in missing.values()),
        "deviations_unexplained": tuple(name for name, found in missing.items() if "explanation" in found),
        "deviations_without_action": tuple(name for name, found in missing.items() if "action" in found),
        "hard_no": tuple(name for name, line in lines.items() if name in hard and line.value == "no"),
        "lines_unreviewed": sum(line.verdict is None for line in lines.values()),
        "lines_returned": sum(line.verdict == RETURNED for line in lines.values()),
    }


def after_edit(before: Given) -> tuple[str | None, bool]:
    """The verdict an edited line keeps, and whether its remark stays.

    A returned line stays returned until it is submitted again, so that the remark can be read while mending it;
    an accepted line that is changed must be looked at again.
    """
    return (RETURNED, True) if before.verdict == RETURNED else (None, before.asked)


def after_submission(before: Given) -> str | None:
    """The verdict a line carries into a new round: accepted lines stay accepted, the others open again."""
    return ACCEPTED if before.verdict == ACCEPTED else None


def changes(earlier: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> dict[str, Change]:
    """What changed between the answers of two frozen records, by requirement."""
    before = {line["requirement"]: line for line in earlier}
    found = {}
    for line in now:
        old = before.get(line["requirement"])
        if old is None:
            found[line["requirement"]] = Change(None, None)
        elif (old["value"], old["comment"]) != (line["value"], line["comment"]):
            found[line["requirement"]] = Change(old["value"], old["comment"])
    return found
