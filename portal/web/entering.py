"""What all ways in share: where the request comes from, the cookie of a new session, the wait, and the QR code."""

import base64
import io
from datetime import timedelta

import segno
from flask import Response, make_response, request, session, url_for
from flask_login import login_user

from portal.services import second_factors
from portal.services.sessions import Origin
from portal.services.sign_in import Entered
from portal.services.throttle import Throttled
from portal.store import connections, sessions
from portal.web.language import t
from portal.web.language_choice import local_path
from portal.web.parked import newest
from portal.web.viewer import fresh_read, installation, load, token_hash


def origin() -> Origin:
    """Where the request comes from."""
    relayed = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via"))
    return Origin(request.remote_addr or "", str(request.user_agent), relayed)


def enter(entered: Entered) -> None:
    """Put the new session in the cookie. Nothing of what the cookie held before is kept.

    Except that forms in other windows still count as ours when the same person comes back after the session ran out.
    """
    before, form_key = session.get("_user_id"), session.get("csrf_token")
    same = (
        sessions.person_of_expired(fresh_read(), token_hash(before), installation().clock())
        if before
        else None
    )
    session.clear()
    if form_key and same == entered.person_id:
        session["csrf_token"] = form_key
    fresh_read()
    viewer = load(entered.token)
    if viewer is not None:
        login_user(viewer)


def onwards(person_id: str, next_page: str | None, parked_id: str | None, reason: str = "expired") -> str:
    """Where someone goes after showing who they are: to what is parked for them, else to the page they wanted."""
    waiting = newest(person_id, parked_id)
    if waiting is not None and (parked_id or reason == "expired"):
        return url_for("parked.show", parked_id=waiting.id, reason=reason)
    return local_path(next_page)


def wait_text(error: Throttled) -> str:
    """What someone reads who has tried too often."""
    minutes = -(-error.seconds // 60)
    wait = (
        t("account.wait.minutes", n=minutes)
        if error.seconds > 60
        else t("account.wait.seconds", n=error.seconds)
    )
    return t("account.throttled", wait=wait)


def too_many(page: str, error: Throttled) -> Response:
    """The page with status 429 and the time to wait."""
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def enrolling(what: str) -> str:
    """The authenticator secret offered in this browser for `what`, the same until it is taken or an hour has passed."""
    kept = session.get("enrolling") or {}
    now = installation().clock()
    if kept.get("for") != what or kept.get("until", "") <= now.isoformat():
        until = (now + timedelta(hours=1)).isoformat()
        kept = {"for": what, "secret": second_factors.new_secret(), "until": until}
        session["enrolling"] = kept
    return str(kept["secret"])


def enrolled() -> None:
    session.pop("enrolling", None)


def qr_image(secret: str, email: str) -> str:
    """The address of the secret as an image, for an app to read."""
    issuer = f"Anslut {connections.federation(fresh_read()).short_name}"
    made = io.BytesIO()
    segno.make(second_factors.address(secret, email, issuer), error="m").save(
        made, kind="svg", scale=5, dark="#000", light="#fff", xmldecl=False
    )
    return "data:image/svg+xml;base64," + base64.b64encode(made.getvalue()).decode()


def grouped(secret: str) -> str:
    """The secret in groups of four, to type."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
