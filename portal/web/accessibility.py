"""The accessibility statement, for anyone."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.web.guard import public

blueprint = Blueprint("accessibility", __name__)


@blueprint.get("/accessibility")
@public
def show() -> ResponseReturnValue:
    return render_template("public/accessibility.html")
