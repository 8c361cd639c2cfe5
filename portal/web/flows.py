"""The pages of one information flow: describing it, classing it, and taking it away."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, StringField

from portal.services import flows as service
from portal.services.cases import Case
from portal.services.flows import FlowValues
from portal.store import risks as store
from portal.store.models.base import new_id
from portal.web.case_page import fetch
from portal.web.fields import PortalForm
from portal.web.language import language, t
from portal.web.posted import show_errors, version
from portal.web.risk_form import in_words
from portal.web.risks import shared
from portal.web.viewer import installation, person_id, read
from workflows import risk as rules
from workflows.errors import Invalid, NotFound, Stale

blueprint = Blueprint("flows", __name__)

COUNTERPARTS = (
    "kommun",
    "region",
    "statlig_myndighet",
    "kommunalforbund",
    "privat_utforare",
    "ovrig",
)


class FlowForm(PortalForm):
    """What is exchanged with whom, and its class per aspect."""

    name = StringField(render_kw={"maxlength_shown": service.MAX_NAME})
    direction = RadioField(validate_choice=False)
    counterpart_kind = SelectField(validate_choice=False)
    confidentiality = SelectField(validate_choice=False)
    integrity = SelectField(validate_choice=False)
    availability = SelectField(validate_choice=False)
    traceability = SelectField(validate_choice=False)

    def in_words(self, case: Case) -> "FlowForm":
        """The form with labels, hints and choices in the reader's language."""
        for field in self:
            field.label.text = t(f"risk.flow.{field.name}")
        self.name.description = t("risk.flow.name_hint")
        self.counterpart_kind.description = t("risk.flow.counterpart_hint")
        self.direction.choices = [(code, t(f"risk.direction.{code}")) for code in rules.DIRECTIONS]
        self.counterpart_kind.choices = [(code, t(f"journey.kind.{code}")) for code in COUNTERPARTS]
        scale = store.scale(case.connection)
        degrees = [(item.code, item.label.get(language())) for item in scale.consequences]
        for aspect in rules.ASPECTS:
            self[aspect].description = t(f"risk.flow.{aspect}_hint")
            self[aspect].choices = [("", t("risk.flow.not_stated")), *degrees]
        return self

    def stated(self) -> FlowValues:
        """What was typed."""
        return FlowValues(
            self.name.data or "",
            self.direction.data or "",
            self.counterpart_kind.data or "",
            {aspect: self[aspect].data or None for aspect in rules.ASPECTS},
        )


@blueprint.get("/connections/<connection_id>/risk/flows/new")
def new(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.edit")
    return _page(case, FlowForm(formdata=None).in_words(case), new_id(), 0, stored=False)


@blueprint.get("/connections/<connection_id>/risk/flows/<flow_id>")
def flow(connection_id: str, flow_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.see")
    found = store.flow(read(), connection_id, flow_id)
    if found is None:
        raise NotFound
    return _page(case, _filled(case, service.values(found)), flow_id, found.version, stored=True)


@blueprint.post("/connections/<connection_id>/risk/flows/<flow_id>")
def save(connection_id: str, flow_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "risk.edit")
    form = FlowForm().in_words(case)
    stored = store.flow(read(), connection_id, flow_id) is not None
    if not form.validate():
        return _page(case, form, flow_id, version(), stored=stored), 422
    try:
        service.save(
            installation(),
            person_id(),
            connection_id,
            flow_id,
            form.stated(),
            version(),
            frozenset(COUNTERPARTS),
        )
    except Invalid as error:
        show_errors(form, error)
        return _page(case, form, flow_id, version(), stored=stored), 422
    except Stale as error:
        return _both(case, flow_id, form, error.current), 409
    flash(t("risk.flow.saved"), "success")
    return redirect(url_for("risks.show", connection_id=connection_id, _anchor="flows"))


@blueprint.post("/connections/<connection_id>/risk/flows/<flow_id>/remove")
def remove(connection_id: str, flow_id: str) -> ResponseReturnValue:
    fetch(connection_id, "risk.edit")
    service.remove(installation(), person_id(), connection_id, flow_id)
    flash(t("risk.flow.removed"), "success")
    return redirect(url_for("risks.show", connection_id=connection_id, _anchor="flows"))


def _filled(case: Case, stated: FlowValues) -> FlowForm:
    data: dict[str, Any] = {
        "name": stated.name,
        "direction": stated.direction,
        "counterpart_kind": stated.counterpart_kind,
        **stated.classes,
    }
    return FlowForm(formdata=None, data=data).in_words(case)


def _page(case: Case, form: FlowForm, flow_id: str, seen: int, *, stored: bool) -> str:
    scale = store.scale(case.connection)
    return render_template(
        "risk/flow.html",
        **shared(case),
        form=form,
        flow_id=flow_id,
        version=seen,
        stored=stored,
        ceiling=rules.ceiling(scale).label.get(language()).lower(),
    )


def _both(case: Case, flow_id: str, form: FlowForm, current: object) -> str:
    found = store.flow(read(), fetch(case.connection.id, "risk.edit").connection.id, flow_id)
    if found is None:
        raise NotFound
    theirs = _filled(case, current if isinstance(current, FlowValues) else service.values(found))
    return render_template(
        "risk/stale.html",
        **shared(case),
        differing=[
            (field.label.text, in_words(field), in_words(theirs[field.name]))
            for field in form
            if (field.data or "") != (theirs[field.name].data or "")
        ],
        hidden=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "version")
        ],
        version=found.version,
        address=url_for(".save", connection_id=case.connection.id, flow_id=flow_id),
        back=url_for(".flow", connection_id=case.connection.id, flow_id=flow_id),
    )
