"""The risk analysis: flows, risks with their matrix, acceptance, and sending it in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checklists import load
from checklists.schema import Level, RiskCatalogue
from portal.services import risks as service
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.services.letters import reason_text as ready_text
from portal.services.risk_values import RiskValues, values
from portal.store import decisions
from portal.store import risks as store
from portal.store.models import Risk
from portal.store.models.base import new_id
from portal.web import risk_form
from portal.web.case_page import fetch, lock_reasons, may_write, open_moves
from portal.web.language import language, t
from portal.web.posted import show_errors, version
from portal.web.viewer import installation, person_id, read
from workflows import risk as rules
from workflows.errors import Invalid, NotFound, Stale
from workflows.status import OPEN, Status

blueprint = Blueprint("risks", __name__)


@dataclass(frozen=True)
class RiskLine:
    """A risk of the list with its levels, and whether the viewer may accept it."""

    row: Risk
    before: Level | None
    after: Level | None
    assessed: bool
    accepted_by: str
    acceptable: bool


@blueprint.get("/connections/<connection_id>/risk")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.see")
    session = read()
    lines = risk_lines(case)
    actions = store.actions(session, connection_id)
    return render_template(
        "risk/show.html",
        **shared(case),
        flows=store.flows(session, connection_id),
        lines=lines,
        acceptable=[line.row.id for line in lines if line.acceptable],
        matrix=matrix(store.scale(case.connection), [line.row for line in lines]),
        planned=sum(found.status == rules.PLANNED for found in actions),
        done=sum(found.status == rules.DONE for found in actions),
        moves=[move for move in open_moves(case, "risk") if move.name == "submit"],
        locked=lock_reasons(case, "risk"),
        said=_last_return(case),
    )


@blueprint.get("/connections/<connection_id>/risk/risks/new")
def new(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.edit")
    form = risk_form.empty(case)
    return render_template("risk/risk.html", **shared(case), form=form, row=None, row_id=new_id(), version=0)


@blueprint.get("/connections/<connection_id>/risk/risks/<risk_id>")
def risk(connection_id: str, risk_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.see")
    row = _row(case, risk_id)
    return _risk_page(case, row, risk_form.filled(case, values(row)), row.version)


@blueprint.post("/connections/<connection_id>/risk/risks/<risk_id>")
def save(connection_id: str, risk_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.edit")
    form = risk_form.posted(case)
    row = store.risk(read(), connection_id, risk_id)
    if not form.validate():
        return _risk_page(case, row, form, version(), risk_id), 422
    try:
        service.save(installation(), person_id(), connection_id, risk_id, form.stated(), version())
    except Invalid as error:
        show_errors(form, error)
        return _risk_page(case, row, form, version(), risk_id), 422
    except Stale as error:
        return _both(case, risk_id, form.stated(), error.current), 409
    saved = _row(fetch(connection_id, "risk.see"), risk_id)
    flash(t("risk.risk.saved", number=saved.number), "success")
    return redirect(url_for(".show", connection_id=connection_id, _anchor=f"risk-{saved.number}"))


@blueprint.post("/connections/<connection_id>/risk/risks/<risk_id>/close")
def close(connection_id: str, risk_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.edit")
    row = store.risk(read(), connection_id, risk_id)
    service.close(installation(), person_id(), case.connection.id, risk_id)
    if row is not None:
        flash(t("risk.risk.closed", number=row.number), "success")
    return redirect(url_for(".show", connection_id=connection_id, _anchor="risks"))


@blueprint.post("/connections/<connection_id>/risk/accept")
def accept(connection_id: str) -> ResponseReturnValue:
    """Accept the chosen risks, one or all that wait for the viewer."""
    fetch(connection_id, "risk.accept")
    accepted = service.accept(
        installation(), person_id(), connection_id, dict.fromkeys(request.form.getlist("risk"))
    )
    words = t("risk.risks.accepted_now", n=accepted) if accepted else t("risk.risks.accepted_already")
    flash(words, "success")
    return redirect(url_for(".show", connection_id=connection_id, _anchor="risks"))


@blueprint.route("/connections/<connection_id>/risk/library", methods=["GET", "POST"])
def library(connection_id: str) -> ResponseReturnValue:
    """The starter risks to choose from."""
    case = fetch(connection_id, "risk.edit")
    if request.method == "POST":
        chosen = request.form.getlist("starter")
        if chosen:
            added = service.add_starters(installation(), person_id(), connection_id, chosen)
            flash(t("risk.library.added", n=added), "success")
            return redirect(url_for(".show", connection_id=connection_id, _anchor="risks"))
        flash(t("risk.library.none_chosen"), "warning")
    return render_template(
        "risk/library.html",
        **shared(case),
        starters=store.scale(case.connection).starters,
        held=service.held_starters(read(), case.connection),
    )


@blueprint.get("/connections/<connection_id>/risk/review")
def review(connection_id: str) -> ResponseReturnValue:
    """The owner's view of what was submitted, with the two ways to answer."""
    case = fetch(connection_id, "risk.review")
    session = read()
    lines = risk_lines(case)
    return render_template(
        "risk/review.html",
        **shared(case),
        flows=store.flows(session, connection_id),
        lines=lines,
        actions=[found for found in store.actions(session, connection_id) if found.status != rules.CANCELLED],
        targets=store.targets(session, connection_id),
        numbers={line.row.id: line.row.number for line in lines},
        matrix=matrix(store.scale(case.connection), [line.row for line in lines]),
        round=case.rows["risk"].round,
        moves=open_moves(case, "risk"),
        return_reasons=load.reasons().of_step("risk"),
    )


def shared(case: Case) -> dict[str, Any]:
    """What every page of the risk step needs."""
    session = read()
    submitted = decisions.signatures(session, case.connection.id, "risk")
    status = case.states["risk"]
    return {
        "case": case,
        "step": "risk",
        "status": status,
        "writable": may_write(case, "risk", "risk.edit"),
        "scale": store.scale(case.connection),
        "title_of": {item.code: item.label.get(language()) for item in _titled(store.scale(case.connection))},
        "submitted": [
            (len(submitted) - place, found, name_of(session, found.signed_by))
            for place, found in enumerate(submitted)
        ],
    }


def _titled(scale: RiskCatalogue) -> Iterable[Any]:
    return (*scale.consequences, *scale.likelihoods, *scale.levels, *scale.treatments, *scale.action_kinds)


def risk_lines(case: Case) -> list[RiskLine]:
    """The open risks as the viewer may see and accept them."""
    session, scale = read(), store.scale(case.connection)
    open_now = "risk.accept" in case.actions and case.states["risk"] in OPEN
    found = []
    for row in store.risks(session, case.connection.id):
        assessment = store.assessment(row)
        after, assessed = rules.remaining(scale, assessment), rules.assessed(scale, assessment)
        waiting = assessed and after is not None and not assessment.accepted
        found.append(
            RiskLine(
                row,
                rules.inherent(scale, assessment),
                after,
                assessed,
                name_of(session, row.accepted_by),
                bool(open_now and waiting and after and rules.may_accept(after, case.roles)),
            )
        )
    return found


def matrix(scale: RiskCatalogue, rows: Iterable[Risk]) -> list[dict[str, Any]]:
    """The matrix from the worst consequence down: per cell its level and the risks that lie there after treatment."""
    placed: dict[tuple[str, str], list[Risk]] = {}
    for row in rows:
        place = (row.residual_consequence or row.consequence, row.residual_likelihood or row.likelihood)
        if place[0] and place[1]:
            placed.setdefault((place[0], place[1]), []).append(row)
    return [
        {
            "title": consequence.label.get(language()),
            "cells": [
                {
                    "level": scale.level(consequence.code, likelihood.code),
                    "risks": placed.get((consequence.code, likelihood.code), []),
                }
                for likelihood in scale.likelihoods
            ],
        }
        for consequence in reversed(rules.consequences(scale))
    ]


def _row(case: Case, risk_id: str) -> Risk:
    row = store.risk(read(), case.connection.id, risk_id)
    if row is None:
        raise NotFound
    return row


def _risk_page(
    case: Case, row: Risk | None, form: risk_form.RiskForm, seen: int, risk_id: str | None = None
) -> str:
    targets = store.targets(read(), case.connection.id)
    mending = [
        found
        for found in store.actions(read(), case.connection.id)
        if row is not None and row.id in targets.get(found.id, store.Targets()).risks
    ]
    line = next((line for line in risk_lines(case) if row is not None and line.row.id == row.id), None)
    return render_template(
        "risk/risk.html",
        **shared(case),
        form=form,
        row=row,
        line=line,
        row_id=risk_id or (row.id if row else ""),
        version=seen,
        mending=mending,
    )


def _both(case: Case, risk_id: str, typed: RiskValues, current: object) -> str:
    row = _row(fetch(case.connection.id, "risk.edit"), risk_id)
    stored = current if isinstance(current, RiskValues) else values(row)
    return render_template(
        "risk/stale.html",
        **shared(case),
        differing=risk_form.differing(case, typed, stored),
        hidden=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "version")
        ],
        version=row.version,
        address=url_for(".save", connection_id=case.connection.id, risk_id=risk_id),
        back=url_for(".risk", connection_id=case.connection.id, risk_id=risk_id),
    )


def _last_return(case: Case) -> dict[str, str] | None:
    if case.states["risk"] is not Status.RETURNED:
        return None
    said = store.last_return(read(), case.connection.id)
    if said is None:
        return None
    return {"reason": ready_text(said.get("reason"), language()), "text": said.get("text") or ""}


def accepting_role(level: Level) -> str:
    """Who may accept a level, in words."""
    return t(f"risk.risks.by_{'infosec' if level.accepted_by == 'infosec' else 'signatory'}")


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"accepting_role": accepting_role}
