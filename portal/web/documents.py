"""Documents of a connection: each PDF is drawn from a frozen record, the same bytes each time."""

import json
from functools import partial

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal import reports
from portal.store import catalogues, connections, decisions, runs
from portal.store.models import Frozen
from portal.web.case_page import fetch
from portal.web.language import language
from portal.web.viewer import fresh_read
from workflows.errors import NotFound

blueprint = Blueprint("documents", __name__)
SEEN_WITH = {
    "declaration": "declaration.see",
    "risk": "risk.see",
    "application": "application.see",
    "agreement": "application.see",
    "decision": "order.see",
}


@blueprint.get("/connections/<connection_id>/documents/<sha256>.pdf")
def pdf(connection_id: str, sha256: str) -> ResponseReturnValue:
    """A frozen record as PDF, for those who may see its step."""
    case = fetch(connection_id, "connection.see")
    session = fresh_read()
    found: Frozen | None = decisions.frozen_of_connection(session, connection_id, sha256)
    if found is None or SEEN_WITH[found.kind] not in case.actions:
        raise NotFound
    drawn = reports.render(json.loads(found.body), language(), partial(catalogues.get, session))
    return _sent(drawn, f"{case.connection.reference}-{found.kind}")


@blueprint.get("/connections/<connection_id>/runs/<run_id>.pdf")
def run_pdf(connection_id: str, run_id: str) -> ResponseReturnValue:
    """A finished run as PDF."""
    case = fetch(connection_id, "run.see")
    session = fresh_read()
    found = runs.of(session, connection_id, run_id)
    if found is None or found.finished_at is None:
        raise NotFound
    record = runs.record(session, connections.federation(session), case.connection, case.organisation, found)
    return _sent(reports.render(record, language()), f"{case.connection.reference}-run-{found.number}")


def _sent(body: bytes, name: str) -> Response:
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
