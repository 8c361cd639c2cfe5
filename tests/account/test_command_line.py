"""`portal init` and `portal user`: what they make, what they say the second time, and what they say when it is wrong."""

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from portal.app import create_app
from portal.cli.init import command as init
from portal.cli.user import command as user
from portal.opened import open_installation
from portal.services import accounts
from portal.services.installation import Installation
from portal.store import events
from portal.store.models import Federation, Organisation, StoredCatalogue
from tests.account.test_invitations import accept
from tests.conftest import Clock
from tests.reviewing import ReviewingClient

FIRST = ["--owner-name", "Federationsmyndigheten", "--email", "lena@exempel.se", "--name", "Lena Ek"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "new" / "data"))
    return tmp_path / "new" / "data"


def run(command: object, *words: str) -> Result:
    return CliRunner().invoke(command, list(words))  # type: ignore[arg-type]


@pytest.fixture
def opened(folder: Path) -> Iterator[Installation]:
    assert run(init, *FIRST).exit_code == 0
    home = open_installation()
    yield home
    home.database.dispose()


def link_in(output: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", output)
    assert found is not None, output
    return found.group(1)


def test_init_makes_an_installation_that_its_administrator_can_enter(folder: Path) -> None:
    made = run(init, *FIRST)
    assert made.exit_code == 0, made.output
    home = open_installation()
    with home.read() as session:
        federation = session.scalars(select(Federation)).one()
        assert (federation.short_name, federation.rule_book, federation.demo) == ("SDK", "SDK 1.5", False)
        assert session.scalars(select(Organisation.name)).all() == ["Federationsmyndigheten"]
        assert session.scalars(select(StoredCatalogue.id)).all()
        assert list(events.breaks(session, home.key, home.heads_file)) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "anslut.sqlite3").stat().st_mode) == 0o600
    app = create_app(home.settings, installation=home)
    app.testing, app.test_client_class = True, ReviewingClient
    client, clock = app.test_client(), Clock(home.clock())
    home.clock = clock
    assert accept(client, link_in(made.output), clock)[0] == 200
    assert client.get("/overview", follow_redirects=True).status_code == 200
    clock.forward(minutes=5)
    home.database.dispose()
    again = run(init)
    assert again.exit_code == 0
    assert "exists already" in again.output
    assert "Administrators: 1" in again.output
    assert "/invitations/" not in again.output


def test_the_first_link_is_valid_for_a_day(folder: Path) -> None:
    link = link_in(run(init, *FIRST).output)
    home = open_installation()
    clock = Clock(home.clock())
    home.clock = clock
    app = create_app(home.settings, installation=home)
    app.testing = True
    assert app.test_client().get(link).status_code == 200
    clock.forward(hours=24)
    assert app.test_client().get(link).status_code == 410
    home.database.dispose()


def test_a_new_first_link_replaces_one_that_nobody_used(folder: Path) -> None:
    first = link_in(run(init, *FIRST).output)
    second = link_in(run(init, *FIRST).output)
    assert first != second
    home = open_installation()
    app = create_app(home.settings, installation=home)
    assert app.test_client().get(first).status_code == 410
    home.database.dispose()


def test_init_says_what_is_missing_without_a_terminal(folder: Path) -> None:
    refused = run(init)
    assert refused.exit_code == 2
    assert "--email" in refused.output
    assert run(init, "--email", "no address", "--name", "X").exit_code == 1
    with pytest.raises(Exception, match="portal init"):
        open_installation()
    assert run(init, *FIRST).exit_code == 0


def test_init_does_not_print_the_password_of_a_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://portal:s3cret@127.0.0.1:1/none")
    refused = run(init, *FIRST)
    assert refused.exit_code == 1
    assert "PORTAL_DATABASE_URL" in refused.output
    assert "s3cret" not in refused.output


def test_commands_say_what_to_do_without_an_installation(folder: Path) -> None:
    refused = run(user, "list", "--organisation", "X")
    assert refused.exit_code == 1
    assert "Run `portal init`" in refused.output


def test_an_older_and_a_newer_database_are_told_apart(opened: Installation) -> None:
    def at(revision: str) -> str:
        with opened.database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
        return run(user, "list", "--organisation", "X").output

    assert "portal backup" in at("0001")
    assert "newer version" in at("9999")


def test_a_user_is_invited_and_listed(opened: Installation) -> None:
    words = ["--organisation", "Federationsmyndigheten", "--role", "owner_reviewer"]
    made = run(user, "add", "johan@exempel.se", "--name", "Johan Vik", *words)
    assert made.exit_code == 0, made.output
    link = link_in(made.output)
    app = create_app(opened.settings, installation=opened)
    app.testing, app.test_client_class = True, ReviewingClient
    clock = Clock(opened.clock())
    opened.clock = clock
    assert accept(app.test_client(), link, clock, name="Johan Vik")[0] == 200
    listed = run(user, "list", "--organisation", "Federationsmyndigheten", "--json")
    assert [(row["name"], row["role"]) for row in json.loads(listed.output)] == [
        ("Johan Vik", "owner_reviewer")
    ]
    as_json = run(user, "add", "x@exempel.se", "--name", "X", *words, "--json")
    assert json.loads(as_json.output)["link"].startswith("http://127.0.0.1:8000/invitations/")


@pytest.mark.parametrize(
    ("email", "organisation", "role", "says"),
    [
        ("x@exempel.se", "Nowhere", "contact", "portal organisations list"),
        ("x@exempel.se", "Federationsmyndigheten", "contact", "owner_admin"),
        ("not an address", "Federationsmyndigheten", "owner_viewer", "e-mail"),
    ],
)
def test_a_user_who_cannot_be_invited(
    opened: Installation, email: str, organisation: str, role: str, says: str
) -> None:
    words = ["--name", "X", "--organisation", organisation, "--role", role]
    refused = run(user, "add", email, *words)
    assert refused.exit_code == 1
    assert says in refused.output


def test_a_user_is_reset(opened: Installation) -> None:
    refused = run(user, "reset", "nobody@exempel.se")
    assert refused.exit_code == 1
    assert "portal user add" in refused.output
    with opened.write() as work:
        owner = work.session.scalars(select(Organisation)).one().id
        accounts.add_person(work, email="A@exempel.se", name="A", organisation_id=owner, role="owner_viewer")
    made = run(user, "reset", "a@exempel.se")
    assert made.exit_code == 0, made.output
    assert link_in(made.output)
