"""Security headers, the cookie key and the hosts the portal answers to."""

import os
import secrets
from pathlib import Path

from flask import Flask, Response, g, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from portal.settings import Settings


def csp_nonce() -> str:
    """The nonce that this response's own scripts carry."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def csrf_field() -> Markup:
    """The hidden field that shows that a post comes from our own page."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def cookie_key(data_dir: Path) -> str:
    """The key that signs cookies, made on first use in a file that only its owner can read."""
    path = data_dir / "cookie.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    return path.read_text("ascii").strip()


def trusted_hosts(settings: Settings) -> list[str]:
    """The host names in requests that are ours; any other is refused."""
    own = settings.address.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
    extra = [name.strip() for name in settings.trusted_hosts.split(",") if name.strip()]
    loopback = ["localhost", "127.0.0.1"] if settings.loopback_only else []
    return [own, *loopback, *extra]


def _headers(response: Response) -> Response:
    nonce = csp_nonce()
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def install(app: Flask) -> None:
    app.after_request(_headers)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, csrf_field=csrf_field)
