"""Choosing the language of the pages."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from portal.texts import LANGUAGES
from portal.web.guard import public
from workflows.errors import NotFound

blueprint = Blueprint("language_choice", __name__)


def local_path(address: str | None) -> str:
    """The address when it lies on this site, else the start page: nobody is sent elsewhere by a link to us."""
    plain = address is not None and address.isprintable() and "\\" not in address
    return address if address and plain and address.startswith("/") and not address.startswith("//") else "/"


def came_from() -> str | None:
    """The path of the page that this request came from, when it is one of ours."""
    try:
        where = urlsplit(request.referrer or "")
    except ValueError:
        # Not an address at all, such as http://[
        return None
    if where.netloc != request.host:
        return None
    return local_path(where.path + (f"?{where.query}" if where.query else ""))


@blueprint.get("/language/<code>")
@public
def choose(code: str) -> ResponseReturnValue:
    if code not in LANGUAGES:
        raise NotFound
    session["language"] = code
    return redirect(local_path(request.args.get("next")))
