"""Verification runs: start one, follow it live, read its verdict, compare with the one before."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checklists import load
from portal.services import runs as service
from portal.services.cases import Case
from portal.store import runs, testbed
from portal.store.models import Run
from portal.verification import words
from portal.verification.model import CheckResult
from portal.web.case_page import fetch, lock_reasons, may_write, open_moves
from portal.web.language import language, t
from portal.web.viewer import fresh_read, installation, person_id
from workflows import verification
from workflows.errors import NotFound
from workflows.status import Status

blueprint = Blueprint("runs", __name__)
OPEN_OUTCOMES = frozenset({"failed", "undefined", "review"})


@blueprint.get("/connections/<connection_id>/runs")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "run.see")
    session = fresh_read()
    found = testbed.test_object(session, connection_id)
    return render_template(
        "runs/list.html",
        case=case,
        test_object=found,
        missing=testbed.missing(found),
        runs=runs.of_connection(session, connection_id),
        may_start=_may_start(case),
        locked=lock_reasons(case, "tests"),
        suite=load.suite(),
        moves=open_moves(case, "tests"),
    )


@blueprint.post("/connections/<connection_id>/runs")
def start(connection_id: str) -> ResponseReturnValue:
    run_id = service.start(installation(), person_id(), connection_id)
    return redirect(url_for("runs.run", connection_id=connection_id, run_id=run_id))


@blueprint.get("/connections/<connection_id>/runs/<run_id>")
def run(connection_id: str, run_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "run.see")
    found = runs.of(fresh_read(), connection_id, run_id)
    if found is None:
        raise NotFound
    template = "runs/live.html" if request.headers.get("HX-Request") == "true" else "runs/show.html"
    return render_template(template, case=case, run=found, **_context(case, found))


@blueprint.post("/connections/<connection_id>/runs/<run_id>/cancel")
def cancel(connection_id: str, run_id: str) -> ResponseReturnValue:
    service.cancel(installation(), person_id(), connection_id, run_id)
    return redirect(url_for("runs.run", connection_id=connection_id, run_id=run_id))


def _may_start(case: Case) -> bool:
    open_now = may_write(case, "tests", "run.start") or case.states["tests"] is Status.DONE
    return open_now and "run.start" in case.actions


def _context(case: Case, found: Run) -> dict[str, Any]:
    session = fresh_read()
    suite = load.suite(found.suite_version)
    results = runs.results(session, found.id)
    plan = runs.plan(found)
    before = runs.previous(session, found)
    earlier = runs.results(session, before.id) if before else {}
    rows = [_row(number, results.get(number), suite) for number in plan]
    return {
        "rows": rows,
        "done": len(results),
        "total": len(plan),
        "headline": _headline(found, results),
        "first_fault": next((row for row in rows if row["outcome"] == "failed"), None),
        "previous": before,
        "changes": verification.compare(_outcomes(earlier), _outcomes(results))
        if before and found.finished_at
        else None,
        "may_start": _may_start(case),
        "target": runs.target(found),
    }


def _outcomes(results: dict[str, CheckResult]) -> dict[str, str]:
    return {number: result.outcome for number, result in results.items()}


def _headline(found: Run, results: dict[str, CheckResult]) -> str:
    if found.finished_at is None:
        return t("run.running", done=len(results), total=len(runs.plan(found)))
    said = verification.headline(list(results.values()))
    return t(f"run.headline.{said.code}", **said.params)


def _row(number: str, result: CheckResult | None, suite: Any) -> dict[str, Any]:
    check = suite.by_number(number)
    row: dict[str, Any] = {
        "number": number,
        "slug": check.slug,
        "title": check.title.get(language()),
        "clause": check.clause,
        "severity": check.severity,
        "group": check.group,
        "outcome": result.outcome if result else "waiting",
        "opens": bool(result and result.outcome in OPEN_OUTCOMES and check.severity == "mandatory"),
        "told": words.describe(result, suite, language()) if result else None,
        "result": result,
    }
    return row
