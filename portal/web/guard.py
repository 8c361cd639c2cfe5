"""Before each page: is someone signed in, and does a posted form come from our own page."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from workflows.errors import NotFound

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC: set[str] = set()
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view: View) -> View:
    """Mark a view that needs no sign-in."""
    view.__dict__["is_public"] = True
    return view


def is_public(app: Flask, endpoint: str) -> bool:
    """True for pages that anyone may open."""
    return endpoint == "static" or bool(getattr(app.view_functions[endpoint], "is_public", False))


def install(app: Flask) -> None:
    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        if "\x00" in request.path:
            # No id holds this character, and PostgreSQL refuses to look for it.
            raise NotFound
        if request.method not in SAFE:
            current_app.extensions["csrf_check"]()
        if is_public(app, request.endpoint) or current_user.is_authenticated:
            return None
        from portal.web.parked import park_expired

        parked = park_expired() if request.method == "POST" else None
        where = request.full_path.rstrip("?") if request.method == "GET" else None
        sign_in = url_for("account.sign_in", next=where, parked=parked)
        if "HX-Request" in request.headers:
            # A redirect would be followed unseen and the sign-in page put into the middle of another page.
            return Response(status=204, headers={"HX-Redirect": sign_in})
        return redirect(sign_in)
