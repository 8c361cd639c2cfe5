"""The risk analysis: flows, risks with their matrix, acceptance, and sending it in."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checklists.schema import Level, RiskCatalogue
from portal.services import risks as service
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.services.risk_values import RiskValues, values
from portal.store import decisions
from portal.store import risks as store
from portal.store.models import Risk
from portal.store.models.base import new_id
from portal.web import reasons, risk_form, risk_matrix
from portal.web.case_page import fetch, lock_reasons, may_write, open_moves
from portal.web.language import language, t
from portal.web.posted import show_errors, version
from portal.web.risk_lines import RiskLine, risk_lines
from portal.web.viewer import installation, person_id, read
from workflows import risk as rules
from workflows.errors import Invalid, NotFound, Stale
from workflows.status import Status

blueprint = Blueprint("risks", __name__)


@blueprint.get("/connections/<connection_id>/risk")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.see")
    session = read()
    picture = _picture(case, risk_lines(case))
    actions = store.actions(session, connection_id)
    return render_template(
        "risk/show.html",
        **shared(case),
        **_flows(case),
        **picture,
        acceptable=[line.row.id for line in picture["lines"] if line.acceptable],
        planned=sum(found.status in rules.UNFINISHED for found in actions),
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
    sound, stated = form.validate(), form.stated()
    if not sound or stated is None:
        return _risk_page(case, row, form, version(), risk_id), 422
    try:
        service.save(installation(), person_id(), connection_id, risk_id, stated, version())
    except Invalid as error:
        show_errors(form, error)
        return _risk_page(case, row, form, version(), risk_id), 422
    except Stale as error:
        return _both(case, risk_id, stated, error.current), 409
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
        **_flows(case),
        **_picture(case, lines),
        actions=[found for found in store.actions(session, connection_id) if found.status != rules.CANCELLED],
        targets=store.targets(session, connection_id),
        numbers={line.row.id: line.row.number for line in lines},
        round=case.rows["risk"].round,
        moves=open_moves(case, "risk"),
        return_reasons=reasons.of_step("risk"),
    )


def _flows(case: Case) -> dict[str, Any]:
    """The flows with the worst class of each, and the class of the whole connection per aspect."""
    scale, flows = store.scale(case.connection), store.flows(read(), case.connection.id)
    classes = [store.classes(found) for found in flows]
    return {
        "flows": flows,
        "highest": {found.id: rules.highest(scale, held) for found, held in zip(flows, classes, strict=True)},
        "overall": dict(zip(rules.ASPECTS, rules.overall(scale, classes), strict=True)),
    }


def _picture(case: Case, lines: list[RiskLine]) -> dict[str, Any]:
    """The matrices, and the risks of the cell that the address asks for, or all of them."""
    scale = store.scale(case.connection)
    cell = risk_matrix.chosen(scale, request.args)
    return {
        "pictures": risk_matrix.pictures(scale, [line.row for line in lines]),
        "cell": cell,
        "lines": [line for line in lines if cell is None or cell.holds(line.row)],
        "held": len(lines),
    }


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
    return (
        *scale.consequences,
        *scale.likelihoods,
        *scale.levels,
        *scale.treatments,
        *scale.action_kinds,
        *scale.costs,
    )


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
    return {"reason": reasons.ready_text(said.get("reason")), "text": said.get("text") or ""}


def accepting_role(level: Level) -> str:
    """Who may accept a level, in words."""
    return t(f"risk.risks.by_{'infosec' if level.accepted_by == 'infosec' else 'signatory'}")


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"accepting_role": accepting_role}
