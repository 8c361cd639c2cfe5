"""What does not agree, as sentences with a link to the very field; shown on several pages by one line each."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from portal.services import consistency as service
from portal.services.cases import Case
from portal.web.case_page import today
from portal.web.language import t
from portal.web.viewer import fresh_read
from workflows.consistency import Finding
from workflows.status import Status

blueprint = Blueprint("consistency", __name__)

SEEN_WITH = {"risk": "risk.see", "action": "risk.see", "requirement": "declaration.see"}


@dataclass(frozen=True)
class Told:
    """A finding in words, and the page and field that mend it."""

    rule: str
    text: str
    url: str


def told(case: Case, about: str | None = None, found_id: str | None = None) -> list[Told]:
    """What the viewer may see of what does not agree: in the whole connection, or about one thing of it."""
    if case.states.get("risk", Status.LOCKED) is Status.LOCKED:
        return []
    return [
        Told(found.rule, t(f"consistency.{found.rule}", **found.params), _url(case, found))
        for found in service.findings(fresh_read(), case.connection, today())
        if SEEN_WITH[found.about] in case.actions
        and (about is None or (found.about, found.id) == (about, found_id))
    ]


def _url(case: Case, found: Finding) -> str:
    connection_id = case.connection.id
    if found.about == "risk":
        return url_for("risks.risk", connection_id=connection_id, risk_id=found.id, _anchor=found.field)
    if found.about == "action":
        return url_for("actions.action", connection_id=connection_id, action_id=found.id, _anchor=found.field)
    return url_for(
        "declarations.requirement", connection_id=connection_id, requirement=found.id, _anchor=found.field
    )


@blueprint.app_template_global()
def inconsistencies(case: Case, about: str | None = None, found_id: str | None = None) -> Markup:
    """The list of what does not agree, or nothing when all agrees."""
    found = told(case, about, found_id)
    if not found:
        return Markup("")
    page = render_template("risk/consistency.html", found=found, of_one=about is not None)
    return Markup(page)  # noqa: S704 -- made by our own template, which escapes
