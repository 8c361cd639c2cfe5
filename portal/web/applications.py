"""The production application: its conditions one by one, what is applied for, and the two approvers."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.store import decisions
from portal.web import catalogue_page, reasons
from portal.web.case_page import facts_of, fetch, lock_reasons, open_moves, place_url
from portal.web.language import t
from portal.web.viewer import fresh_read
from portal.web.words import reason_text
from workflows import journey
from workflows.guards import GUARDS

blueprint = Blueprint("applications", __name__)


@dataclass(frozen=True)
class Condition:
    """One condition of the application, met or with the reasons why not."""

    code: str
    title: str
    reasons: tuple[tuple[str, str | None], ...]

    @property
    def met(self) -> bool:
        return not self.reasons


@blueprint.get("/connections/<connection_id>/application")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "application.see")
    return render_template(
        "applications/show.html", **catalogue_page.context(case, "application"), **_extra(case)
    )


@blueprint.post("/connections/<connection_id>/application")
def save(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "application.edit")
    return catalogue_page.save(
        case, "application", "applications.show", "applications/show.html", **_extra(case)
    )


def conditions(case: Case) -> list[Condition]:
    """Every condition of the application in the table's order."""
    known = facts_of(case)
    return [
        Condition(
            guard,
            t(f"application.condition.{guard}"),
            tuple((reason_text(reason), place_url(case, reason.place)) for reason in GUARDS[guard](known)),
        )
        for guard in journey.move("application", "sign").guards
    ]


def _extra(case: Case) -> dict[str, object]:
    session = fresh_read()
    endorsement = decisions.pending_endorsement(session, case.connection.id)
    known = facts_of(case)
    return {
        "conditions": conditions(case),
        "moves": open_moves(case, "application", known),
        "locked": lock_reasons(case, "application"),
        "return_reasons": reasons.of_step("application"),
        "endorsement": endorsement,
        "endorsed_by_name": name_of(session, endorsement.endorsed_by) if endorsement else "",
        "decided": [
            (decision, name_of(session, decision.endorsed_by), name_of(session, decision.decided_by))
            for decision in decisions.decided(session, case.connection.id, "application")
        ],
        "signatures": [
            (signature, name_of(session, signature.signed_by))
            for signature in decisions.signatures(session, case.connection.id, "application")
        ],
        "dossier": {
            kind: found[0].frozen_sha256
            for kind in ("declaration", "risk", "application")
            if (found := decisions.signatures(session, case.connection.id, kind))
        },
    }
