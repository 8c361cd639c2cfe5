"""A step of a connection: where its page lies, and the one place where its buttons are pressed."""

import json
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.services import steps
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.store import decisions
from portal.store.models import Frozen
from portal.web import reasons, second_factor
from portal.web.case_page import fetch
from portal.web.language import language, t
from portal.web.viewer import fresh_read, installation, person_id
from portal.web.words import reason_text as reason_words
from workflows import journey
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.identifiers import clean
from workflows.status import Status

blueprint = Blueprint("steps", __name__)

PAGES = {
    "order": "orders.show",
    "qa_connection": "testbed.show",
    "registrations": "tasks.show",
    "tests": "runs.show",
    "test_bed_approval": "testbed.approval",
    "declaration": "declarations.show",
    "risk": "risks.show",
    "application": "applications.show",
    "agreement": "agreements.show",
    "production": "tasks.show",
    "introduction": "tasks.show",
}
SHOWN_WITH = {
    "returned": (Status.RETURNED, Status.IN_PROGRESS),
    "refused": (Status.REFUSED,),
    "approved": (Status.DONE,),
    "approved_with_conditions": (Status.DONE,),
}
MAX_CONDITIONS = 3


def step_url(connection_id: str, step: str, anchor: str | None = None) -> str:
    """The page of a step."""
    endpoint = PAGES[step]
    extra: dict[str, Any] = {"step": step} if endpoint == "tasks.show" else {}
    return url_for(endpoint, connection_id=connection_id, _anchor=anchor, **extra)


@blueprint.post("/connections/<connection_id>/steps/<step>/<name>")
def make(connection_id: str, step: str, name: str) -> ResponseReturnValue:
    """Make a move; a move that signs or decides asks for the second factor again first."""
    try:
        row = journey.move(step, name)
    except KeyError:
        raise NotFound from None
    if row.who is None or not row.button:
        raise NotFound
    if row.fresh:
        asked = second_factor.ask_unless_fresh()
        if asked is not None:
            return asked
    try:
        made = steps.make(installation(), person_id(), connection_id, step, name, _wish())
    except (Invalid, Blocked) as error:
        if not _typed():
            raise
        return _asked_again(connection_id, row, error)
    flash(t(f"moves.done.{step}.{name}") if made else t("moves.already"), "success")
    return redirect(url_for("connections.show", connection_id=connection_id))


def _typed() -> bool:
    """True when something was written that a page of errors would lose."""
    return any(value.strip() for name, value in request.form.items() if name not in ("csrf_token", "seen"))


def _wish() -> steps.Wish:
    text = clean(request.form.get("text", "")).strip()
    return steps.Wish(
        request.form.get("reason") or None,
        text,
        _conditions(),
        tuple(request.form.getlist("action")),
        request.form.get("seen") or None,
    )


def _conditions() -> list[tuple[str, date]]:
    found = []
    for number in range(MAX_CONDITIONS):
        what = clean(request.form.get(f"condition-{number}", "")).strip()
        due = request.form.get(f"condition-{number}-due", "").strip()
        if not what and not due:
            continue
        try:
            found.append((what, date.fromisoformat(due)))
        except ValueError:
            raise Invalid({f"condition-{number}-due": Reason("condition_date")}) from None
        if not what:
            raise Invalid({f"condition-{number}": Reason("condition_text")})
    return found


def _asked_again(connection_id: str, row: journey.Move, error: Invalid | Blocked) -> ResponseReturnValue:
    """The move once more with everything that was written, and what stands in its way."""
    case = fetch(connection_id, str(row.who))
    problems = (
        [(name, reason_words(reason)) for name, reason in error.errors.items()]
        if isinstance(error, Invalid)
        else [("", reason_words(reason)) for reason in error.reasons]
    )
    page = render_template(
        "steps/again.html",
        case=case,
        row=row,
        problems=problems,
        return_reasons=reasons.of_step(row.step) if row.takes_reason else (),
        conditions=range(MAX_CONDITIONS) if (row.step, row.name) == steps.CONDITIONAL else (),
        tied=(row.step, row.name) in steps.TIED,
        typed=request.form,
    )
    return page, 422 if isinstance(error, Invalid) else 409


@blueprint.app_template_global()
def decisions_of_step(case: Case, step: str) -> Markup:
    """The owner's latest decision on a step, when it still tells something: what was asked for, or refused."""
    found = decisions.decided(fresh_read(), case.connection.id, step)
    if not found or case.states[step] not in SHOWN_WITH.get(found[0].kind, ()):
        return Markup("")
    record = fresh_read().get(Frozen, found[0].frozen_sha256) if found[0].frozen_sha256 else None
    said = json.loads(record.body)["reason"] if record else None
    page = render_template(
        "steps/decision.html",
        decision=found[0],
        name=name_of(fresh_read(), found[0].decided_by),
        reason=said[language()] if said else "",
        conditions=[
            (what["text"], date.fromisoformat(what["due"])) for what in json.loads(found[0].conditions)
        ],
    )
    return Markup(page)  # noqa: S704 -- made by our own template, which escapes
