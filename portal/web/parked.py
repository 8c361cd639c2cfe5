"""What was posted with an expired session, or before the second factor, is offered back to that person alone."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.services import parking
from portal.store import sessions
from portal.store.models import ParkedBody
from portal.texts import has
from portal.web.language import language, t
from portal.web.viewer import fresh_read, installation, person_id, read, token_hash
from workflows.errors import NotFound
from workflows.identifiers import clean

blueprint = Blueprint("parked", __name__)
FORM_TYPE = "application/x-www-form-urlencoded"
OWN_PAGES = frozenset({"account", "account_settings", "invitations", "parked"})


@dataclass(frozen=True)
class Kept:
    """A parked body as its page shows it: where it was going, its fields, and what the person had written."""

    id: str
    path: str
    when: datetime
    place: str
    fields: list[tuple[str, str]]
    written: list[str]


def park() -> str | None:
    """Keep what the signed-in person posts while the second factor is shown again; its id, or None."""
    return _park(person_id())


def park_expired() -> str | None:
    """Keep what is posted with a session that has run out, for the person whose it was; its id, or None."""
    token = session.get("_user_id")
    if not token:
        return None
    person = sessions.person_of_expired(read(), token_hash(token), installation().clock())
    return _park(person) if person else None


def _park(person: str) -> str | None:
    small = (request.content_length or 0) <= parking.LARGEST
    if request.mimetype != FORM_TYPE or not small or request.blueprint in OWN_PAGES:
        return None
    return parking.park(
        installation(),
        person,
        request.full_path.rstrip("?"),
        urlencode(list(request.form.items(multi=True))),
        instead_of=clean(request.form.get("parked", "")),
    )


@blueprint.get("/account/parked/<parked_id>")
def show(parked_id: str) -> ResponseReturnValue:
    found = sessions.parked(read(), person_id(), parked_id, installation().clock())
    if found is None:
        return render_template("account/parked_gone.html"), 404
    return render_template("account/parked.html", kept=_kept(found), reason=request.args.get("reason"))


@blueprint.post("/account/parked/<parked_id>/drop")
def drop(parked_id: str) -> ResponseReturnValue:
    if sessions.parked(read(), person_id(), parked_id, installation().clock()) is None:
        raise NotFound
    parking.drop(installation(), person_id(), parked_id)
    return redirect(url_for("connections.home"))


@blueprint.after_app_request
def used(response: Response) -> Response:
    """A parked body that has arrived, or that stands in the form of the answer to be mended, is not kept longer."""
    arrived = response.status_code < 400 or response.status_code == 422
    if request.method != "POST" or request.mimetype != FORM_TYPE or not arrived:
        return response
    parked_id = clean(request.form.get("parked", ""))
    if parked_id and request.blueprint not in OWN_PAGES and current_user.is_authenticated:
        parking.drop(installation(), person_id(), parked_id)
    return response


def newest(person: str, parked_id: str | None) -> ParkedBody | None:
    """What waits for a person who has just come in: what the address names, else the newest."""
    at = installation().clock()
    named = clean(parked_id or "") or None
    return sessions.parked(fresh_read(), person, named, at) or sessions.parked(read(), person, None, at)


def _kept(found: ParkedBody) -> Kept:
    fields = parking.fields_of(found.body)
    written = [value for name, value in fields if name != "version" and _is_prose(value)]
    return Kept(found.id, found.path, found.created_at, _place(found.path), fields, written)


def _is_prose(value: str) -> bool:
    return len(value.split()) > 1


def _place(path: str) -> str:
    """What people call the page that the body was going to."""
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint, _ = adapter.match(path.partition("?")[0], method="POST")
    except (HTTPException, RequestRedirect):
        endpoint = ""
    key = f"account.parked.place.{endpoint.partition('.')[0]}"
    return t(key) if has(key, language()) else t("account.parked.place.other")
