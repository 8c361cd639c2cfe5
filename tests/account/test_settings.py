"""The person's own page: password, authenticator app, recovery codes and language."""

import re
from collections.abc import Callable

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services.installation import Installation
from portal.store.models import Letter, Person, StoredEvent
from portal.web.account_settings import device
from tests.account.conftest import PASSWORD, Account, give_password, sign_in
from tests.account.test_invitations import secret_on
from tests.conftest import Cast, Clock

Browser = Callable[[], FlaskClient]
NEW = "en helt annan mening"


@pytest.fixture
def inside(browser: Browser, contact: Account, clock: Clock) -> FlaskClient:
    """The contact person's browser, half a minute after signing in, so that the app shows a new code."""
    client = browser()
    sign_in(client, contact)
    clock.forward(seconds=30)
    return client


def test_the_password_is_changed_and_other_sessions_end(
    inside: FlaskClient, browser: Browser, contact: Account, clock: Clock, home: Installation
) -> None:
    other = browser()
    sign_in(other, contact)
    clock.forward(seconds=30)
    answer = inside.post("/account/password", data={"current": PASSWORD, "new": NEW})
    assert answer.location == "/account"
    assert other.get("/account").status_code == 302
    assert inside.get("/account").status_code == 200
    assert give_password(browser(), contact.email).status_code == 422
    assert give_password(browser(), contact.email, NEW).status_code == 302
    with home.read() as session:
        assert "PasswordChanged" in session.scalars(select(StoredEvent.kind)).all()
        assert "lösenord" in session.scalars(select(Letter.subject)).one()


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [("fel lösenord", NEW, "Lösenordet stämmer inte"), (PASSWORD, "kort", "för kort"), ("", "", "Skriv")],
)
def test_a_bad_change_of_password_changes_nothing(
    inside: FlaskClient, browser: Browser, contact: Account, current: str, new: str, says: str
) -> None:
    answer = inside.post("/account/password", data={"current": current, "new": new})
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert give_password(browser(), contact.email).status_code == 302


def test_guessing_the_current_password_is_slowed_down(inside: FlaskClient) -> None:
    wrong = {"current": "fel lösenord", "new": NEW}
    for _ in range(5):
        assert inside.post("/account/password", data=wrong).status_code == 422
    assert inside.post("/account/password", data={"current": PASSWORD, "new": NEW}).status_code == 429


def test_the_app_is_changed(
    inside: FlaskClient, browser: Browser, contact: Account, clock: Clock, home: Installation
) -> None:
    secret = secret_on(inside.get("/account/second-factor").get_data(as_text=True))
    assert secret != contact.secret
    new = pyotp.TOTP(secret)
    data = {"current": contact.code(), "new": new.at(clock())}
    assert inside.post("/account/second-factor", data=data).location == "/account"
    clock.forward(seconds=60)
    old_app, new_app = browser(), browser()
    give_password(old_app, contact.email)
    assert old_app.post("/sign-in/code", data={"code": contact.code()}).status_code == 422
    give_password(new_app, contact.email)
    assert new_app.post("/sign-in/code", data={"code": new.at(clock())}).status_code == 302
    with home.read() as session:
        assert "SecondFactorChanged" in session.scalars(select(StoredEvent.kind)).all()


def test_the_app_is_not_changed_without_the_current_one(
    inside: FlaskClient, contact: Account, clock: Clock, home: Installation
) -> None:
    secret = secret_on(inside.get("/account/second-factor").get_data(as_text=True))
    right = pyotp.TOTP(secret).at(clock())
    for current, new in (("000000", right), (contact.code(-1), right), (contact.code(), "000000")):
        answer = inside.post("/account/second-factor", data={"current": current, "new": new})
        assert answer.status_code == 422
    with home.read() as session:
        assert session.get_one(Person, contact.person).totp_secret == contact.secret


def test_new_recovery_codes_replace_the_old(inside: FlaskClient, browser: Browser, contact: Account) -> None:
    assert inside.post("/account/recovery-codes", data={"code": "000000"}).status_code == 422
    page = inside.post("/account/recovery-codes", data={"code": contact.code()}).get_data(as_text=True)
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code>", page)
    assert len(codes) == 10
    assert codes[0] not in inside.get("/account").get_data(as_text=True)
    client = browser()
    give_password(client, contact.email)
    assert client.post("/sign-in/code", data={"code": contact.recovery[0]}).status_code == 422
    assert client.post("/sign-in/code", data={"code": codes[0]}).status_code == 302


def test_the_language_is_kept_on_the_person(
    inside: FlaskClient, home: Installation, contact: Account
) -> None:
    inside.get("/language/sv")
    assert inside.post("/account/language", data={"language": "en"}).status_code == 302
    assert "My account" in inside.get("/account").get_data(as_text=True)
    with home.read() as session:
        assert session.get_one(Person, contact.person).language == "en"
    assert inside.post("/account/language", data={"language": "xx"}).status_code == 404


def test_every_page_reads_in_english(inside: FlaskClient) -> None:
    inside.post("/account/language", data={"language": "en"})
    for path in ("/account", "/account/password", "/account/second-factor", "/account/recovery-codes"):
        page = inside.get(path)
        assert page.status_code == 200
        assert '<html lang="en">' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/149.0 Safari/537.36 Edg/149.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", "curl"),
    ],
)
def test_devices_have_names(agent: str, name: str) -> None:
    assert device(agent) == name


def test_a_person_of_the_demo_has_nothing_to_change(
    people: Cast, client_as: Callable[[str], FlaskClient]
) -> None:
    client = client_as(people.tech)
    assert client.get("/account").status_code == 200
    assert client.get("/account/password").status_code == 404
    assert client.post("/account/password", data={"current": "", "new": NEW}).status_code == 404
