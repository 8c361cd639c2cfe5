"""Choosing the language of the pages."""

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from portal.texts import LANGUAGES
from portal.web.guard import public
from workflows.errors import NotFound

blueprint = Blueprint("language_choice", __name__)


def local_path(address: str | None) -> str:
    """The address when it lies on this site, else the start page: nobody is sent elsewhere by a link to us."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return "/"
    return address


@blueprint.get("/language/<code>")
@public
def choose(code: str) -> ResponseReturnValue:
    if code not in LANGUAGES:
        raise NotFound
    session["language"] = code
    return redirect(local_path(request.args.get("next")))
