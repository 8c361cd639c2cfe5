"""The way to pages from the head and foot of every page, as the viewer may go."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from portal.store import connections
from portal.web.language import t
from portal.web.viewer import read


@dataclass(frozen=True)
class Link:
    """A link of the head or foot."""

    text: str
    url: str
    current: bool


def _link(endpoint: str, key: str) -> Link:
    url = url_for(endpoint)
    return Link(t(key), url, request.path == url)


def links() -> list[Link]:
    """The main pages of the viewer; only the register for somebody who has not signed in."""
    if not current_user.is_authenticated:
        return [_link("public.register", "layout.nav.register")]
    if current_user.is_owner:
        owner = [_link("overview.show", "layout.nav.overview"), _link("overview.queue", "layout.nav.queue")]
        if "installation.admin" in current_user.actions:
            owner.append(_link("outbox.show", "layout.nav.outbox"))
        return [*owner, _link("public.register", "layout.nav.register")]
    return [_link("connections.home", "layout.nav.home"), _link("public.register", "layout.nav.register")]


def _chrome() -> dict[str, object]:
    """What the layout needs; pages of errors without a database leave it out."""
    federation = connections.federation(read())
    return {"federation": federation, "nav": links(), "demo_mode": federation.demo}


def install(app: Flask) -> None:
    @app.context_processor
    def chrome() -> dict[str, object]:
        if current_app.config.get("BARE") or request.endpoint is None:
            return {"federation": None, "nav": [], "demo_mode": False}
        return _chrome()
