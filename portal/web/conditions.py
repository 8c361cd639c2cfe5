"""The conditions of a connection: what was asked for by which day, where each stands, and confirming one as met."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.services import conditions as service
from portal.services import facts
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.store import conditions as store
from portal.store.conditions import Held
from portal.store.models import Action
from portal.web.case_page import fetch, today
from portal.web.language import t
from portal.web.viewer import fresh_read, installation, person_id

blueprint = Blueprint("conditions", __name__)


@blueprint.get("/connections/<connection_id>/conditions")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.see")
    session = fresh_read()
    held = [(found, name_of(session, found.condition.met_by)) for found in conditions_of(case)]
    confirms = "condition.confirm" in case.actions and not facts.belongs(session, case, person_id())
    return render_template("conditions/show.html", case=case, held=held, confirms=confirms)


@blueprint.post("/connections/<connection_id>/conditions/<condition_id>/met")
def confirm(connection_id: str, condition_id: str) -> ResponseReturnValue:
    made = service.confirm(installation(), person_id(), connection_id, condition_id)
    flash(t("condition.confirmed") if made else t("moves.already"), "success")
    return redirect(url_for(".show", connection_id=connection_id))


@blueprint.app_template_global()
def conditions_of(case: Case) -> list[Held]:
    """The conditions of a connection that the viewer may read: those of decisions on steps that the viewer may see."""
    found = store.of_connection(fresh_read(), case.connection.id)
    return [held for held in found if case.journey.step(held.decision.step).see in case.actions]


@blueprint.app_template_global()
def conditions_for_owner() -> list[Held]:
    """What the owner has to look at among all conditions."""
    return store.for_owner(fresh_read())


@blueprint.app_template_global()
def offered_conditions(case: Case) -> list[Action]:
    """The planned actions that a decision can be tied to."""
    return service.offered(fresh_read(), case.connection.id, today())
