"""Sessions: listed, ended, idle, and over after twelve hours, whatever the cookie says."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services.installation import Installation
from portal.services.sessions import hash_of
from portal.store.models import SignInSession, StoredEvent
from tests.account.conftest import Account, sign_in
from tests.conftest import Cast, Clock

Browser = Callable[[], FlaskClient]
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def key(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return hash_of(cookie["_user_id"])


def two(browser: Browser, contact: Account, clock: Clock) -> tuple[FlaskClient, FlaskClient]:
    first, second = browser(), browser()
    sign_in(first, contact)
    clock.forward(seconds=30)
    sign_in(second, contact)
    return first, second


def test_the_account_page_lists_sessions(browser: Browser, contact: Account, clock: Clock) -> None:
    first, _ = two(browser, contact, clock)
    page = first.get("/account", headers=AGENT).get_data(as_text=True)
    assert page.count("127.0.0.1") >= 2
    assert "Den här enheten" in page
    assert "Avsluta alla andra" in page


def test_a_session_can_be_ended_from_another(browser: Browser, contact: Account, clock: Clock) -> None:
    first, second = two(browser, contact, clock)
    assert first.post("/account/sessions/end", data={"session": key(second)}).status_code == 302
    assert second.get("/account").location.startswith("/sign-in")
    assert first.get("/account").status_code == 200


def test_all_others_can_be_ended(
    browser: Browser, contact: Account, clock: Clock, home: Installation
) -> None:
    first, second = two(browser, contact, clock)
    first.post("/account/sessions/end-others")
    assert second.get("/account").status_code == 302
    assert first.get("/account").status_code == 200
    with home.read() as session:
        assert "SessionsEnded" in session.scalars(select(StoredEvent.kind)).all()


def test_nobody_ends_anothers_session(
    browser: Browser, contact: Account, people: Cast, client_as: Callable[[str], FlaskClient]
) -> None:
    mine = browser()
    sign_in(mine, contact)
    stranger = client_as(people.outsider)
    assert stranger.post("/account/sessions/end", data={"session": key(mine)}).status_code == 404
    assert mine.get("/account").status_code == 200


def test_the_cookie_is_worth_nothing_after_signing_out(browser: Browser, contact: Account) -> None:
    client = browser()
    sign_in(client, contact)
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    assert client.post("/sign-out").location == "/sign-in"
    with client.session_transaction() as cookie:
        cookie.update(kept)
    assert client.get("/account").location.startswith("/sign-in")


def test_a_session_ends_after_two_idle_hours(browser: Browser, contact: Account, clock: Clock) -> None:
    client = browser()
    sign_in(client, contact)
    clock.forward(hours=1, minutes=59)
    assert client.get("/account").status_code == 200
    clock.forward(hours=1, minutes=59)
    assert client.get("/account").status_code == 200
    clock.forward(hours=2)
    assert client.get("/account").status_code == 302


def test_a_session_ends_after_twelve_hours_of_use(browser: Browser, contact: Account, clock: Clock) -> None:
    client = browser()
    sign_in(client, contact)
    for _ in range(11):
        clock.forward(hours=1)
        assert client.get("/account").status_code == 200
    clock.forward(hours=1)
    assert client.get("/account").status_code == 302


def test_use_is_noted_once_a_minute(
    browser: Browser, contact: Account, clock: Clock, home: Installation
) -> None:
    client = browser()
    sign_in(client, contact)
    begun = clock()

    def seen() -> float:
        with home.read() as session:
            return (session.get_one(SignInSession, key(client)).seen_at - begun).total_seconds()

    clock.forward(seconds=59)
    client.get("/account")
    assert seen() == 0
    clock.forward(seconds=1)
    client.get("/account", headers={"HX-Request": "true"})
    assert seen() == 0
    client.get("/account")
    assert seen() == 60


def test_a_disabled_person_is_out_at_once(browser: Browser, contact: Account, home: Installation) -> None:
    from portal.store.models import Person

    client = browser()
    sign_in(client, contact)
    with home.write() as work:
        work.session.get_one(Person, contact.person).disabled_at = work.now
    assert client.get("/account").status_code == 302


def test_every_page_of_the_account_asks_for_sign_in(anonymous: FlaskClient) -> None:
    for path in ("/account", "/account/password", "/account/second-factor", "/account/recovery-codes"):
        assert anonymous.get(path).location.startswith("/sign-in")
    for path in ("/account/sessions/end", "/account/language", "/sign-out"):
        assert anonymous.post(path).location.startswith("/sign-in")
