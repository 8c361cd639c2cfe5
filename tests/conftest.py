"""What every test may ask for: an installation on a fresh database, a cast of people, browsers signed in as them."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from portal.app import create_app
from portal.services import connections, founding
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import migrate
from portal.store.database import Database
from portal.store.models import Membership, Organisation, Person
from portal.store.models.base import new_id
from portal.store.sorting import sort_key
from portal.web.viewer import token_hash
from tests.postgres import PostgreSQL, find_postgres
from tests.reviewing import ReviewingClient

if TYPE_CHECKING:
    from tests.story import Story

BEGINNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
IN_CI = os.environ.get("CI") == "1"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = BEGINNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        self.at += timedelta(**parts)


def missing(what: str) -> None:
    """Skip where a thing is absent, but fail in CI, so that absence is never taken for success."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI needs it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The federation's public material beside the checkout."""
    found = Path(__file__).resolve().parents[1].parent / "shared"
    if not found.is_dir():
        missing("../shared, the federation's public material")
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that is installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("Chromium")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A PostgreSQL server of this test run, on its own socket."""
    found = find_postgres()
    if found is None:
        missing("PostgreSQL")
    assert found is not None
    with PostgreSQL(found, tmp_path_factory.getbasetemp()) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest migration, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "anslut.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "anslut.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: PostgreSQL) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    with postgres.database(f"test_{uuid.uuid4().hex}") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


def installation(url: str, data_dir: Path, clock: Clock, **settings: Any) -> Installation:
    """An installation with the federation SDK, its owner and the shipped catalogues."""
    chosen = Settings(data_dir=data_dir, database_url=url, **settings)
    home = Installation(chosen, Database(chosen.database), clock)
    with home.write() as work:
        founding.found(
            work,
            name="Säker digital kommunikation",
            short_name="SDK",
            owner_name="Federationsmyndigheten",
            rule_book="SDK 1.5",
        )
    return home


def add_organisation(
    session: Any, at: datetime, name: str, *, kind: str = "kommun", part: str = "participant"
) -> Organisation:
    found = Organisation(id=new_id(), name=name, sort_key=sort_key(name), kind=kind, part=part, created_at=at)
    session.add(found)
    return found


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, clock: Clock) -> Iterator[Installation]:
    """A fresh installation on SQLite."""
    made = installation(sqlite_url, tmp_path / "data", clock)
    yield made
    made.database.dispose()


@pytest.fixture
def either_home(tmp_path: Path, database_url: str, clock: Clock) -> Iterator[Installation]:
    """A fresh installation on each database in turn."""
    made = installation(database_url, tmp_path / "data", clock)
    yield made
    made.database.dispose()


@dataclass
class Cast:
    """The people of a story, by name, with Exempelstads kommun and its connection.

    Of the municipality: contact, infosec, tech, business, signatory and viewer. `outsider` is contact of
    another municipality with its own connection. Of the owner: reviewer, approver, second_approver, admin
    and owner_viewer. `supplier` acts for the municipality.
    """

    organisation: str
    connection: str
    other_organisation: str
    other_connection: str
    owner: str
    person: dict[str, str]

    def __getattr__(self, name: str) -> str:
        try:
            return self.person[name]
        except KeyError:
            raise AttributeError(name) from None


OWN_ROLES = {name: name for name in ("contact", "infosec", "tech", "business", "signatory", "viewer")}
OWNER_ROLES = {
    "admin": "owner_admin",
    "reviewer": "owner_reviewer",
    "approver": "owner_approver",
    "second_approver": "owner_approver",
    "owner_viewer": "owner_viewer",
}


def make_cast(home: Installation) -> Cast:
    """Two municipalities with a connection each, a supplier, and everyone who has a role."""
    from portal.store.connections import federation
    from portal.store.models import Delegation

    with home.write() as work:
        owner = federation(work.session).owner_id
        own = add_organisation(work.session, work.now, "Exempelstads kommun")
        other = add_organisation(work.session, work.now, "Ödebygds kommun")
        supplier = add_organisation(
            work.session, work.now, "Molnbrygga AB", kind="leverantor", part="supplier"
        )
        work.session.flush()
        people: dict[str, str] = {}
        for homes, roles in (
            (own.id, OWN_ROLES),
            (owner, OWNER_ROLES),
            (other.id, {"outsider": "contact"}),
            (supplier.id, {"supplier": "supplier"}),
        ):
            for name, role in roles.items():
                people[name] = _person(work.session, work.now, name, homes, role)
        work.session.add(Delegation(supplier_id=supplier.id, organisation_id=own.id, created_at=work.now))
        connection = connections.open_for(work, own).id
        other_connection = connections.open_for(work, other).id
        return Cast(own.id, connection, other.id, other_connection, owner, people)


def _person(session: Any, at: datetime, name: str, organisation: str, role: str) -> str:
    person = Person(
        id=new_id(),
        email=f"{name}@exempel.se",
        name=name.replace("_", " ").title(),
        language="sv",
        created_at=at,
    )
    session.add(person)
    session.flush()
    session.add(Membership(person_id=person.id, organisation_id=organisation, role=role, created_at=at))
    return person.id


@pytest.fixture
def people(home: Installation) -> Cast:
    return make_cast(home)


@pytest.fixture
def app(home: Installation) -> Flask:
    made = create_app(home.settings, installation=home)
    made.testing = True
    made.test_client_class = ReviewingClient
    return made


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def client_as(app: Flask, home: Installation) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person, by the same session row as signing in makes."""
    return lambda person_id: signed_in(app, home, person_id)


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], people: Cast) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person of the cast, by name; the same one each time."""
    return cache(lambda name: client_as(people.person[name]))


@pytest.fixture
def story(home: Installation, people: Cast) -> "Story":
    """Exempelstads kommun with an approved order, whose declaration stands open, on SQLite."""
    return _order_approved(home, people)


@pytest.fixture
def either_story(either_home: Installation) -> "Story":
    """The same on each database in turn."""
    return _order_approved(either_home, make_cast(either_home))


def _order_approved(home: Installation, people: Cast) -> "Story":
    from tests.story import Story

    told = Story(home, people)
    told.order_approved()
    return told


def signed_in(app: Flask, home: Installation, person_id: str) -> FlaskClient:
    from portal.store.models import SignInSession

    token = uuid.uuid4().hex
    with home.write(person_id) as work:
        work.session.add(
            SignInSession(
                token_hash=token_hash(token),
                person_id=person_id,
                created_at=work.now,
                seen_at=work.now,
                expires_at=work.now + timedelta(hours=12),
                second_factor_at=work.now,
                address="127.0.0.1",
            )
        )
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def empty_postgres(url: str) -> None:
    """Remove every table, for tests of migrations that begin with nothing."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
