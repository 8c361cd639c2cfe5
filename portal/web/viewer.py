"""Who looks: the signed-in person of this request, the installation, and one read session per request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session

from portal.services.installation import Installation
from portal.store import people
from workflows.access import Role, actions_of


@dataclass(frozen=True)
class Viewer:
    """The signed-in person. `actions` are those of the owner's roles, which hold for every organisation."""

    id: str
    name: str
    email: str
    language: str
    organisation_name: str
    token: str
    owner_roles: frozenset[Role]
    second_factor_fresh: bool
    seen_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token

    @property
    def actions(self) -> frozenset[str]:
        return actions_of(self.owner_roles)

    @property
    def is_owner(self) -> bool:
        return bool(self.owner_roles)

    @property
    def browser_key(self) -> str:
        """Tells this person's unsaved text in a browser from everybody else's; says nothing about who it is."""
        return hashlib.sha256(f"unsaved text of {self.id}".encode()).hexdigest()[:24]


def installation() -> Installation:
    found: Installation = current_app.extensions["installation"]
    return found


def read() -> Session:
    """The read session of this request; it sees one state of the database and cannot write."""
    if "read_session" not in g:
        database = installation().database
        g.read_since, g.read_session = database.writes, database.reading()
    session: Session = g.read_session
    return session


def fresh_read() -> Session:
    """The read session of this request, begun anew when something has been written since it began."""
    session, writes = read(), installation().database.writes
    if writes != g.read_since:
        # Closed and not replaced: whoever still holds it reads on in it, and it is closed again with the request.
        session.close()
        g.read_since = writes
    return session


def person_id() -> str:
    """The id of the signed-in person; only for pages that demand sign-in."""
    return str(current_user.id)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def load(token: str) -> Viewer | None:
    """The viewer whose session the token names; None when it is over."""
    home = installation()
    found = people.signed_in(read(), token_hash(token), home.clock())
    if found is None:
        return None
    return Viewer(
        id=found.person.id,
        name=found.person.name,
        email=found.person.email,
        language=found.person.language,
        organisation_name=found.organisation_name,
        token=token,
        owner_roles=found.owner_roles,
        second_factor_fresh=found.second_factor_fresh,
        seen_at=found.seen_at,
    )


def _close(_error: BaseException | None = None) -> None:
    session = g.pop("read_session", None)
    if session is not None:
        session.close()


def install(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(load)
    app.teardown_appcontext(_close)
    app.context_processor(
        lambda: {"viewer": current_user if current_user and current_user.is_authenticated else None}
    )
