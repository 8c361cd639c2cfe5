"""The demo's sign-in page: persons to click, only in a demo, and only where nobody else can reach it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.app import create_app
from portal.demo import cast
from portal.services.installation import Installation
from portal.store.connections import federation
from portal.web.account import FIRST_IN_DEMO
from tests.account.conftest import Account
from tests.conftest import Cast, Clock, installation, make_cast
from tests.reviewing import ReviewingClient


@pytest.fixture
def demo(home: Installation) -> None:
    with home.write() as work:
        federation(work.session).demo = True


@pytest.mark.usefixtures("demo")
def test_persons_are_listed_with_the_ready_organisation_and_the_owner_first(
    anonymous: FlaskClient, people: Cast
) -> None:
    page = anonymous.get("/sign-in").get_data(as_text=True)
    names = ("Exempelstads kommun", "Federationsmyndigheten", "Ödebygds kommun")
    places = [page.index(f">{name}</h3>") for name in names]
    assert places == sorted(places)
    assert "Logga in som Contact" in page
    assert 'name="password"' not in page
    assert cast.READY.name == FIRST_IN_DEMO


@pytest.mark.usefixtures("demo")
def test_a_click_lets_a_person_in_with_a_full_session(
    anonymous: FlaskClient, people: Cast, clock: Clock
) -> None:
    assert anonymous.post("/sign-in/demo", data={"person": people.signatory}).location == "/"
    assert anonymous.get("/account").status_code == 200
    clock.forward(minutes=20)
    page = anonymous.get("/account/code").get_data(as_text=True)
    assert "Bekräfta" in page
    assert 'name="code"' not in page
    assert anonymous.post("/account/code", data={"next": "/account"}).location == "/account"


@pytest.mark.usefixtures("demo")
def test_someone_with_a_password_is_not_a_person_of_the_demo(
    anonymous: FlaskClient, people: Cast, contact: Account
) -> None:
    page = anonymous.get("/sign-in").get_data(as_text=True)
    assert "Logga in som Contact" not in page
    assert anonymous.post("/sign-in/demo", data={"person": people.contact}).status_code == 404
    assert anonymous.post("/sign-in/demo", data={"person": "nobody"}).status_code == 404


def test_a_demo_that_others_can_reach_has_no_such_door(tmp_path: Path, sqlite_url: str, clock: Clock) -> None:
    home = installation(
        sqlite_url, tmp_path / "data", clock, bind="0.0.0.0:8000", base_url="http://localhost"
    )
    people = make_cast(home)
    with home.write() as work:
        federation(work.session).demo = True
    app = create_app(home.settings, installation=home)
    app.testing, app.test_client_class = True, ReviewingClient
    client = app.test_client()
    assert client.post("/sign-in/demo", data={"person": people.contact}).status_code == 404
    assert 'name="password"' in client.get("/sign-in").get_data(as_text=True)
    home.database.dispose()


def test_without_a_demo_a_click_does_not_show_the_second_factor(
    people: Cast, client_as: Callable[[str], FlaskClient], clock: Clock
) -> None:
    client = client_as(people.signatory)
    clock.forward(minutes=16)
    assert client.post("/account/code", data={}).status_code == 422
    assert client.post("/account/code", data={"code": "000000"}).status_code == 422
