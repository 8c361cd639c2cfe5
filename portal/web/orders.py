"""The order: what the organisation states to begin its connection, and the owner's eligibility decision."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from checklists import kinds
from portal.services.cases import Case
from portal.web import catalogue_page, reasons
from portal.web.case_page import fetch, open_moves

blueprint = Blueprint("orders", __name__)


@blueprint.get("/connections/<connection_id>/order")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "order.see")
    return render_template("orders/show.html", **catalogue_page.context(case, "order"), **_extra(case))


@blueprint.post("/connections/<connection_id>/order")
def save(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "order.edit")
    return catalogue_page.save(case, "order", "orders.show", "orders/show.html", **_extra(case))


def _extra(case: Case) -> dict[str, object]:
    return {
        "moves": open_moves(case, "order"),
        "return_reasons": reasons.of_step("order"),
        "eligibility": kinds.eligibility(case.organisation.kind),
    }
