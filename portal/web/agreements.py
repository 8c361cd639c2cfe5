"""The connection agreement: signed by the organisation's signatory, then for the federation owner."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.services.freezing import name_of
from portal.store import connections, decisions
from portal.web.case_page import fetch, lock_reasons, open_moves
from portal.web.viewer import fresh_read
from workflows.errors import NotFound

blueprint = Blueprint("agreements", __name__)


@blueprint.get("/connections/<connection_id>/agreement")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "application.see")
    if "agreement" not in case.journey.ids:
        raise NotFound
    session = fresh_read()
    return render_template(
        "applications/agreement.html",
        case=case,
        federation=connections.federation(session),
        locked=lock_reasons(case, "agreement"),
        moves=open_moves(case, "agreement"),
        decided=decisions.decided(session, connection_id, "application")[:1],
        signatures=[
            (signature, name_of(session, signature.signed_by))
            for signature in decisions.signatures(session, connection_id, "agreement")
        ],
    )
