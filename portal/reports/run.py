"""A finished verification run: the verdict in a sentence, then every check with what was expected, found and advised."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from checklists import load
from checklists.schema import Suite, SuiteCheck
from portal.reports.blocks import DONE, SOFT, STOP, WAIT, Shape
from portal.reports.paper import LEAD, Line, Marked, Paper
from portal.reports.saying import Saying
from portal.verification import words
from portal.verification.model import CheckResult
from workflows import verification

SHAPES = {
    "passed": Shape("tick", DONE),
    "warning": Shape("warning", WAIT),
    "failed": Shape("cross", STOP),
    "incomplete": Shape("dash", WAIT),
    "skipped": Shape("dash", SOFT),
    "review": Shape("ring", WAIT),
    "undefined": Shape("dash", WAIT),
    "not_applicable": Shape("dash", SOFT),
}


def write(record: Mapping[str, Any], say: Saying) -> Paper:
    """The run with its results, in the words of the suite version that it was made with."""
    run = record["run"]
    suite = load.suite(run["suite_version"])
    results = [CheckResult.from_body(body) for body in record["results"]]
    paper = Paper(record, say, say.t("report.verification.title", number=run["number"]))
    said = verification.headline(results)
    verdict = say.t(f"run.headline.{said.code}", **said.params)
    paper.p(verdict, replace(LEAD, above=14), SHAPES.get(run["outcome"]))
    fault = next((found for found in results if found.outcome == run["outcome"] == "failed"), None)
    if fault:
        paper.p(words.describe(fault, suite, say.language).remedy)
    paper.frame(_facts(say, run))
    named = {result.check: result for result in results}
    checks = [suite.by_number(number) for number in run["plan"]]
    _overview(paper, say, checks, named)
    for group in dict.fromkeys(check.group for check in checks):
        paper.h2(say.t(f"run.group.{group}"))
        for check in checks:
            if check.group == group:
                _check(paper, say, suite, check.number, named.get(check.number))
    return paper


def _overview(
    paper: Paper, say: Saying, checks: Sequence[SuiteCheck], named: Mapping[str, CheckResult]
) -> None:
    paper.h2(say.t("report.verification.checks"))
    heads = [
        (say.t("report.verification.number"), 0.1),
        (say.t("report.verification.check"), 0.6),
        (say.t("report.verification.outcome"), 0.3),
    ]
    lines: list[Line] = [
        [check.number, check.title.get(say.language), _outcome(say, named.get(check.number))]
        for check in checks
    ]
    paper.table(heads, lines)


def _outcome(say: Saying, result: CheckResult | None) -> Marked:
    outcome = result.outcome if result else "skipped"
    return Marked(say.t(f"run.outcome.{outcome}"), SHAPES[outcome])


def _facts(say: Saying, run: Mapping[str, Any]) -> list[tuple[str, str]]:
    word = say.t
    mends = word(f"report.verification.fault_owner.{run['fault_owner']}") if run["fault_owner"] else ""
    suite = load.suite(run["suite_version"]).title.get(say.language)
    return [
        (word("report.verification.outcome"), word(f"run.outcome.{run['outcome']}")),
        (word("report.verification.mends"), mends),
        (word("report.verification.participant"), run["participant"]),
        (word("report.verification.environment"), word(f"testbed.environment.{run['environment']}")),
        (
            word("report.verification.suite"),
            word("report.version", title=suite, version=run["suite_version"]),
        ),
        (
            word("report.verification.pack"),
            word("report.version", title=run["pack"], version=run["pack_version"]),
        ),
        (word("report.verification.started"), say.moment(run["started_at"])),
        (word("report.verification.finished"), say.moment(run["finished_at"])),
    ]


def _check(paper: Paper, say: Saying, suite: Suite, number: str, result: CheckResult | None) -> None:
    check = suite.by_number(number)
    title = check.title.get(say.language)
    outcome = _outcome(say, result)
    if result is None:
        paper.entry(number, title, outcome, [("", say.t("report.verification.not_run"))])
        return
    told = words.describe(result, suite, say.language)
    mends = say.t(f"report.verification.fault_owner.{result.fault_owner}") if result.fault_owner else ""
    findings = [_finding(say, found) for found in told.findings]
    texts: list[tuple[str, str | Sequence[str]]] = [
        ("", told.what),
        (say.t("report.verification.why"), told.why),
        (say.t("report.verification.do"), told.remedy),
        (say.t("report.verification.findings"), findings),
    ]
    facts = [
        (say.t("report.verification.mends"), mends),
        (say.t("report.verification.expected"), told.expected),
        (say.t("report.verification.actual"), told.actual),
        (say.t("report.verification.clause"), check.clause),
        (say.t("report.verification.evidence"), result.evidence_sha256),
    ]
    paper.entry(number, title, outcome, texts, facts)


def _finding(say: Saying, found: words.ToldFinding) -> str:
    return f"{found.id} {say.t(f'run.outcome.{found.outcome}').lower()}: {found.text}"
