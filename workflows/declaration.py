"""What follows from the answers of a self-declaration: which lines count, what is missing, what a reviewer sees.

Sources: sdk-domain section 3.0 (answer scale) and 3.13 (lines whose "no" stops production).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checklists import conditions
from checklists.schema import DeclarationCatalogue, Requirement, ShownIf
from workflows.errors import Reason

DEVIATING = frozenset({"partly", "no"})
EXPLAINED = DEVIATING | {"not_applicable"}
VALUES = ("yes", "partly", "no", "not_applicable")
MAX_COMMENT = 10_000
ACCEPTED, RETURNED = "accepted", "returned"
UNDER_WAY, WITH_CONDITIONS, FULFILLED = LEVELS = ("under_way", "with_conditions", "fulfilled")


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
class Standing:
    """The level of a set of requirements and what it rests on: numbers of lines, and the hard ones answered no.

    `waiting` are lines that do not apply and that the reviewer has not accepted yet; `planned` are deviations with
    an explanation and a dated action.
    """

    level: str
    unanswered: int
    incomplete: int
    waiting: int
    planned: int
    hard_no: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What differs between two rounds of one line; None for a line that the earlier round did not hold."""

    value_before: str | None
    comment_before: str | None


def shown(
    catalogue: DeclarationCatalogue, given: Mapping[str, Given], order: Mapping[str, Any]
) -> tuple[Requirement, ...]:
    """The requirements that the order and the answers so far leave in the declaration, in catalogue order.

    `order` holds the values of the order form by field. A field that the order leaves open hides nothing: a
    requirement is left out only when the organisation has said that it does not apply.
    """
    return tuple(
        item for item in catalogue.requirements if _counts(catalogue, item, given, order, frozenset())
    )


def is_stated(condition: ShownIf, order: Mapping[str, Any]) -> bool:
    """False when the condition waits for a field that the order leaves open."""
    field = conditions.order_field(condition.id)
    return field is None or order.get(field) not in (None, "", [], ())


def _counts(
    catalogue: DeclarationCatalogue,
    item: Requirement,
    given: Mapping[str, Given],
    order: Mapping[str, Any],
    seen: frozenset[str],
) -> bool:
    condition = item.shown_if
    if condition is None:
        return True
    field = conditions.order_field(condition.id)
    if field is not None:
        return not is_stated(condition, order) or order[field] in condition.values
    if item.id in seen:
        raise ValueError(f"{item.id} is shown only if it is shown: shown_if goes in a circle")
    if given.get(condition.id, NOTHING).value not in condition.values:
        return False
    parent = catalogue.by_id(condition.id)
    return _counts(catalogue, parent, given, order, seen | {item.id})


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


def standing(
    requirements: Iterable[Requirement], given: Mapping[str, Given], planned: Collection[str]
) -> Standing:
    """How far these requirements have come, in words instead of percentages.

    Fulfilled when every line is yes, or does not apply and the reviewer has accepted that; with conditions when the
    rest deviates with explanation and dated action and no hard line is no; otherwise under way. `planned` is as of
    `facts`.
    """
    unanswered = incomplete = waiting = deviating = 0
    hard_no: list[str] = []
    for item in requirements:
        line = given.get(item.id, NOTHING)
        missing = lacks(line, planned=item.id in planned)
        if item.hard and line.value == "no":
            hard_no.append(item.id)
        if "answer" in missing:
            unanswered += 1
        elif missing:
            incomplete += 1
        elif line.value == "not_applicable" and line.verdict != ACCEPTED:
            waiting += 1
        elif line.value in DEVIATING:
            deviating += 1
    if unanswered or incomplete or waiting or hard_no:
        level = UNDER_WAY
    else:
        level = WITH_CONDITIONS if deviating else FULFILLED
    return Standing(level, unanswered, incomplete, waiting, deviating, tuple(hard_no))


def summary(
    catalogue: DeclarationCatalogue, given: Mapping[str, Given], order: Mapping[str, Any]
) -> dict[str, int]:
    """How many shown lines have each value of the answer scale."""
    values = [given.get(item.id, NOTHING).value for item in shown(catalogue, given, order)]
    return {code: values.count(code) for code in VALUES}


def facts(
    catalogue: DeclarationCatalogue,
    given: Mapping[str, Given],
    planned: Collection[str],
    order: Mapping[str, Any],
) -> dict[str, Any]:
    """The declaration's part of `guards.Facts`. `planned` are requirements with a dated action that still stands."""
    lines = {item.id: given.get(item.id, NOTHING) for item in shown(catalogue, given, order)}
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


def altered(
    signed: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[str, ...]]:
    """What a signature no longer covers: by requirement the parts that differ from what was signed.

    Parts that the signed record does not know are left out, so that a record of an older portal is not broken by a
    newer one; a line that came or went is `line`.
    """
    before = {line["requirement"]: line for line in signed}
    after = {line["requirement"]: line for line in now}
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            found[name] = ("line",)
            continue
        parts = tuple(key for key, value in before[name].items() if after[name].get(key) != value)
        if parts:
            found[name] = parts
    return found


def changes(earlier: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> dict[str, Change]:
    """What changed between the answers of two frozen records, by requirement."""
    before = {line["requirement"]: line for line in earlier}
    found = {}
    for line in now:
        old = before.get(line["requirement"])
        if old is None:
            found[line["requirement"]] = Change(None, None)
        elif (old["value"], old["comment"]) != (line["value"], line["comment"]) or (
            old.get("evidence", []) != line.get("evidence", [])
        ):
            found[line["requirement"]] = Change(old["value"], old["comment"])
    return found
