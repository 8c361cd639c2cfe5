"""The public register of connected organisations, for anyone."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from checklists.counties import COUNTIES
from portal.store import connections, overview
from portal.web.guard import public
from portal.web.viewer import read

blueprint = Blueprint("public", __name__)


@blueprint.get("/register")
@public
def register() -> ResponseReturnValue:
    session = read()
    federation = connections.federation(session)
    return render_template(
        "public/register.html", federation=federation, rows=overview.listed(session), counties=COUNTIES
    )
