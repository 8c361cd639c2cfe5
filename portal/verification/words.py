"""A result in words: what was found, why it matters and what mends it, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from checklists.schema import FindingText, Suite, SuiteCheck, Text
from portal.texts import has, text
from portal.verification.model import CheckResult, Finding

GENERAL = "RUN"
_DAY = re.compile(r"(?<![\w-])20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![\w-])")
_STOCKHOLM = ZoneInfo("Europe/Stockholm")


class ToldFinding(NamedTuple):
    """One finding as a line: the catalogue's id, its outcome and a sentence."""

    id: str
    outcome: str
    text: str


@dataclass(frozen=True)
class Told:
    """A result in words; `what`, `why` and `remedy` are empty for a check that passed."""

    what: str = ""
    why: str = ""
    remedy: str = ""
    expected: str = ""
    actual: str = ""
    findings: tuple[ToldFinding, ...] = ()


def describe(result: CheckResult, suite: Suite, language: str) -> Told:
    """The result in words. Raises KeyError when the suite lacks the texts of a finding."""
    check = suite.by_number(result.check)
    if result.outcome == "skipped":
        return _skipped(result, suite, language)
    if result.outcome == "not_applicable":
        return Told(what=text("run.not_applicable", language))
    lines = tuple(
        ToldFinding(found.id, found.outcome, _line(check, found, language)) for found in result.findings
    )
    cause = next((found for found in result.findings if found.outcome == result.outcome), None)
    if result.outcome == "passed" or cause is None:
        expected, actual = _with_days(result.expected, language), _with_days(result.actual, language)
        return Told(expected=expected, actual=actual, findings=lines)
    return _told(result, check, cause, lines, language)


def _told(
    result: CheckResult, check: SuiteCheck, cause: Finding, lines: tuple[ToldFinding, ...], language: str
) -> Told:
    params = worded(cause.params, language)
    if cause.id == GENERAL:
        what, why, remedy = (
            text(f"run.general.{cause.case}.{part}", language, **params) for part in ("what", "why", "remedy")
        )
        return Told(what, why, remedy)
    found = check.finding(cause.id, cause.case)
    return Told(
        what=_filled(found.what, params, language),
        why=_filled(found.why, params, language),
        remedy=_filled(found.remedy, params, language),
        expected=_filled(found.expected, params, language) or _with_days(result.expected, language),
        actual=_filled(found.actual, params, language) or _with_days(result.actual, language),
        findings=lines,
    )


def _skipped(result: CheckResult, suite: Suite, language: str) -> Told:
    if result.caused_by is None:
        return Told(what=text("run.skipped", language))
    title = suite.by_number(result.caused_by).title.get(language)
    return Told(what=text("run.skipped_because", language, number=result.caused_by, title=title))


def _line(check: SuiteCheck, finding: Finding, language: str) -> str:
    params = worded(finding.params, language)
    if finding.id == GENERAL:
        return text(f"run.general.{finding.case}.what", language, **params)
    if finding.outcome in ("passed", "not_applicable"):
        return _filled(check.assertion(finding.id).title, params, language)
    found: FindingText = check.finding(finding.id, finding.case)
    return _filled(found.what, params, language)


def _filled(template: Text | None, params: Mapping[str, str | int], language: str) -> str:
    return "" if template is None else template.get(language).format_map(dict(params))


def worded(params: Mapping[str, str | int], language: str) -> dict[str, str | int]:
    """Parameters for a sentence: those named `…_at` are ISO times, and environments have names."""
    return {name: _worded(name, value, language) for name, value in params.items()}


def _worded(name: str, value: str | int, language: str) -> str | int:
    if name.endswith("_at"):
        return moment(str(value), language)
    key = f"run.environment.{value}"
    if name in ("environment", "other") and has(key, language):
        return text(key, language)
    return value


def _with_days(measured: str, language: str) -> str:
    """A measured value with its ISO days as people write them."""

    def written(day: re.Match[str]) -> str:
        return format_date(date.fromisoformat(day.group()), "d MMMM y", locale=language)

    return _DAY.sub(written, measured)


def moment(iso: str, language: str) -> str:
    """An ISO time as people write it, such as `22 november 2026 kl. 14.02`."""
    local = datetime.fromisoformat(iso).astimezone(_STOCKHOLM)
    day = format_date(local, "d MMMM y", locale=language)
    clock = format_time(local, "HH.mm" if language == "sv" else "HH:mm", locale=language)
    return f"{day} kl. {clock}" if language == "sv" else f"{day}, {clock}"
