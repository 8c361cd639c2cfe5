"""The action plan's pages: list and board, one action, and moving it from planned to done."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.services import actions as service
from portal.services.actions import ActionValues
from portal.services.cases import Case
from portal.store import risks as store
from portal.store.models import Action
from portal.store.models.base import new_id
from portal.web import action_form, action_plan
from portal.web.action_form import ActionForm
from portal.web.case_page import fetch
from portal.web.language import t
from portal.web.posted import show_errors, version
from portal.web.risk_form import in_words
from portal.web.risks import shared
from portal.web.viewer import installation, person_id, read
from workflows import risk as rules
from workflows.errors import Blocked, Invalid, NotFound, Reason, Stale
from workflows.status import OPEN

blueprint = Blueprint("actions", __name__)


@blueprint.get("/connections/<connection_id>/risk/actions")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.see")
    chosen = action_plan.chosen(request.args)
    lines = action_plan.lines(case)
    return render_template(
        "risk/actions.html",
        **shared(case),
        lines=chosen.pick(lines),
        chosen=chosen,
        filters=action_plan.counted(lines),
        columns=rules.ACTION_STATES,
        plan_open=_plan_open(case),
        may_mark="risk.edit" in case.actions,
    )


@blueprint.get("/connections/<connection_id>/risk/actions/new")
def new(connection_id: str) -> ResponseReturnValue:
    """An empty action, about a risk or requirement if the link says so."""
    case = fetch(connection_id, "risk.edit")
    if not _plan_open(case):
        raise Blocked((Reason("not_now", {"step": "risk", "status": case.states["risk"]}, place="risk"),))
    form = action_form.empty(
        case, risks=request.args.getlist("risk"), requirements=request.args.getlist("requirement")
    )
    return _page(case, form, new_id(), 0, None)


@blueprint.get("/connections/<connection_id>/risk/actions/<action_id>")
def action(connection_id: str, action_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.see")
    row, stated = _stored(case, action_id)
    return _page(case, action_form.filled(case, stated), action_id, row.version, row)


@blueprint.post("/connections/<connection_id>/risk/actions/<action_id>")
def save(connection_id: str, action_id: str) -> ResponseReturnValue:
    """Save an action; one that was begun on a requirement's page leads back there."""
    case = fetch(connection_id, "risk.edit")
    form = ActionForm().in_words(case)
    row = store.action(read(), connection_id, action_id)
    sound = form.validate()
    stated = form.stated()
    if not sound or stated is None:
        return _page(case, form, action_id, version(), row), 422
    try:
        service.save(installation(), person_id(), connection_id, action_id, stated, version())
    except Invalid as error:
        show_errors(form, error)
        return _page(case, form, action_id, version(), row), 422
    except Stale as error:
        return _both(case, action_id, stated, error.current), 409
    saved, _ = _stored(fetch(connection_id, "risk.see"), action_id)
    flash(t("risk.action.saved", number=saved.number), "success")
    if request.form.get("came_from") in stated.requirements:
        return redirect(
            url_for(
                "declarations.requirement",
                connection_id=connection_id,
                requirement=request.form["came_from"],
                _anchor="deviation",
            )
        )
    return redirect(url_for(".show", connection_id=connection_id, _anchor=f"action-{saved.number}"))


@blueprint.post("/connections/<connection_id>/risk/actions/<action_id>/status")
def mark(connection_id: str, action_id: str) -> ResponseReturnValue:
    """Mark an action as planned, begun, done or cancelled, and go back to the plan as it was shown."""
    fetch(connection_id, "risk.edit")
    status = request.form.get("status", "")
    service.set_status(installation(), person_id(), connection_id, action_id, status)
    row, _ = _stored(fetch(connection_id, "risk.see"), action_id)
    words = t("risk.actions.marked", number=row.number, state=t(f"risk.actions.state.{status}").lower())
    flash(words, "success")
    shown = action_plan.chosen(request.form)
    return redirect(shown.url(connection_id, anchor=f"action-{row.number}"))


def _plan_open(case: Case) -> bool:
    """True when the viewer may add to or change the plan."""
    steps = (case.states["declaration"], case.states["risk"])
    return "risk.edit" in case.actions and any(status in OPEN for status in steps)


def _stored(case: Case, action_id: str) -> tuple[Action, ActionValues]:
    session = read()
    row = store.action(session, case.connection.id, action_id)
    if row is None:
        raise NotFound
    mends = store.targets(session, case.connection.id).get(row.id, store.Targets())
    return row, service.values(row, mends)


def _page(case: Case, form: ActionForm, action_id: str, seen: int, row: Action | None) -> str:
    page: dict[str, Any] = {"form": form, "action_id": action_id, "version": seen, "row": row}
    came_from = request.values.get("came_from", "")
    return render_template(
        "risk/action.html", **shared(case), **page, plan_open=_plan_open(case), came_from=came_from
    )


def _both(case: Case, action_id: str, typed: ActionValues, current: object) -> str:
    again = fetch(case.connection.id, "risk.edit")
    row, stored = _stored(again, action_id)
    mine = action_form.filled(again, typed)
    theirs = action_form.filled(again, current if isinstance(current, ActionValues) else stored)
    return render_template(
        "risk/stale.html",
        **shared(again),
        differing=[
            (field.label.text, in_words(field), in_words(theirs[field.name]))
            for field in mine
            if (field.data or "") != (theirs[field.name].data or "")
        ],
        hidden=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "version")
        ],
        version=row.version,
        address=url_for(".save", connection_id=case.connection.id, action_id=action_id),
        back=url_for(".action", connection_id=case.connection.id, action_id=action_id),
    )
