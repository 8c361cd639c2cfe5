"""The way to pages from the head and foot of every page, as the viewer may go."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from portal.store import connections, questions
from portal.web.language import t
from portal.web.viewer import read


@dataclass(frozen=True)
class Link:
    """A link of the head; `current` is as aria-current has it: the page itself, a page under it, or empty."""

    text: str
    url: str
    current: str


def _link(endpoint: str, key: str, under: str = "", **params: int) -> Link:
    """A link to a page, with the beginning of the addresses that lie under it."""
    url = url_for(endpoint)
    if request.path == url:
        return Link(t(key, **params), url, "page")
    return Link(t(key, **params), url, "true" if under and request.path.startswith(under) else "")


def _questions(n: int) -> Link:
    """What is asked of the viewer, with how much that is."""
    return _link("assignments.mine", "sharing.nav.some" if n else "sharing.nav.none", n=n)


def links(waiting: int) -> list[Link]:
    """The main pages of the viewer, with how many questions wait; only the register for somebody not signed in."""
    if not current_user.is_authenticated:
        return [_link("public.register", "layout.nav.register")]
    if current_user.is_owner:
        owner = [
            _link("overview.show", "layout.nav.overview", "/connections/"),
            _link("overview.queue", "layout.nav.queue"),
            _questions(waiting),
        ]
        if "installation.admin" in current_user.actions:
            owner.append(_link("outbox.show", "layout.nav.outbox"))
            owner.append(_link("reasons.show", "reasons.title", "/reasons/"))
            owner.append(_link("catalogues.show", "catalogues.nav", "/catalogues/"))
        return [*owner, _link("public.register", "layout.nav.register")]
    return [
        _link("connections.home", "layout.nav.home", "/connections/"),
        _questions(waiting),
        _link("public.register", "layout.nav.register"),
    ]


def _chrome() -> dict[str, object]:
    """What the layout needs; pages of errors without a database leave it out."""
    if current_user.is_authenticated:
        federation, waiting = questions.with_federation(read(), current_user.id)
    else:
        federation, waiting = connections.federation(read()), 0
    return {"federation": federation, "nav": links(waiting), "demo_mode": federation.demo}


def install(app: Flask) -> None:
    @app.context_processor
    def chrome() -> dict[str, object]:
        if current_app.config.get("BARE") or request.endpoint is None:
            return {"federation": None, "nav": [], "demo_mode": False}
        return _chrome()
