"""Signing in: two steps, the same answer for everyone who is wrong, no code twice, and a wait that grows."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.services import passwords, sign_in, throttle
from portal.services.installation import Installation
from portal.services.sessions import Origin, hash_of
from portal.store.models import Letter, Person, SignInAttempt, SignInSession, StoredEvent
from tests.account.conftest import PASSWORD, Account, give_password
from tests.account.conftest import sign_in as enter
from tests.conftest import Cast, Clock

Browser = Callable[[], FlaskClient]
HERE = Origin("192.0.2.7", "Firefox")


def kinds(home: Installation) -> list[str]:
    with home.read() as session:
        return list(session.scalars(select(StoredEvent.kind).order_by(StoredEvent.seq)))


def test_password_and_code_let_a_person_in(
    anonymous: FlaskClient, contact: Account, home: Installation
) -> None:
    answer = enter(anonymous, contact)
    assert answer.status_code == 302
    assert answer.location == "/"
    page = anonymous.get("/account")
    assert page.status_code == 200
    assert contact.email in page.get_data(as_text=True)
    assert kinds(home)[-1] == "SignedIn"


def test_the_password_alone_opens_nothing(anonymous: FlaskClient, contact: Account) -> None:
    give_password(anonymous, contact.email)
    assert anonymous.get("/account").location.startswith("/sign-in")
    assert anonymous.get("/sign-in/code").status_code == 200


def test_the_code_page_needs_the_password_first(anonymous: FlaskClient, contact: Account) -> None:
    assert anonymous.post("/sign-in/code", data={"code": contact.code()}).location == "/sign-in"


def test_the_password_step_lapses(anonymous: FlaskClient, contact: Account, clock: Clock) -> None:
    give_password(anonymous, contact.email)
    clock.forward(minutes=11)
    assert anonymous.post("/sign-in/code", data={"code": contact.code()}).location == "/sign-in"


def test_unknown_wrong_and_disabled_get_the_same_answer(
    browser: Browser, people: Cast, contact: Account, account_of: Callable[[str], Account], home: Installation
) -> None:
    gone = account_of(people.tech)
    with home.write() as work:
        work.session.get_one(Person, gone.person).disabled_at = work.now

    def answer(email: str, password: str) -> tuple[int, str]:
        page = give_password(browser(), email, password)
        text = re.sub(r'(nonce|value)="[^"]*"', "", page.get_data(as_text=True))
        return page.status_code, text

    wrong = answer(contact.email, "fel lösenord här")
    assert wrong[0] == 422
    assert answer("nobody@exempel.se", PASSWORD) == wrong
    assert answer(gone.email, PASSWORD) == wrong
    # Someone who has not accepted the invitation yet has no password at all.
    assert answer("viewer@exempel.se", PASSWORD) == wrong


def test_an_unknown_e_mail_costs_the_same_work(
    home: Installation, contact: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    real = passwords._HASHER
    monkeypatch.setattr(
        passwords,
        "_HASHER",
        type(
            "Counted", (), {"verify": lambda _self, *pair: (verified.append(pair[0]), real.verify(*pair))[1]}
        )(),
    )
    monkeypatch.setattr(passwords, "_nobody", lambda: real.hash("a password that nobody has"))
    for email in (contact.email, "nobody@exempel.se"):
        assert sign_in.with_password(home, email, "fel lösenord här", HERE) is None
    assert len(verified) == 2
    assert {found.split("$")[3] for found in verified} == {"m=65536,t=3,p=4"}


def test_a_code_works_once(browser: Browser, contact: Account, clock: Clock) -> None:
    enter(browser(), contact)
    again = browser()
    refused = enter(again, contact)
    assert refused.status_code == 422
    assert "redan använd" in refused.get_data(as_text=True)
    clock.forward(seconds=30)
    assert again.post("/sign-in/code", data={"code": contact.code()}).status_code == 302


def test_an_older_code_than_the_last_used_is_refused(browser: Browser, contact: Account) -> None:
    later = browser()
    give_password(later, contact.email)
    assert later.post("/sign-in/code", data={"code": contact.code(1)}).status_code == 302
    earlier = browser()
    assert enter(earlier, contact).status_code == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "000000 OR 1"])
def test_what_is_no_code_is_refused(anonymous: FlaskClient, contact: Account, code: str) -> None:
    give_password(anonymous, contact.email)
    assert anonymous.post("/sign-in/code", data={"code": code}).status_code == 422


def test_a_recovery_code_works_once_and_is_told(
    browser: Browser, contact: Account, home: Installation
) -> None:
    first, second = browser(), browser()
    give_password(first, contact.email)
    typed = contact.recovery[0].upper().replace("-", " ")
    assert first.post("/sign-in/code", data={"code": typed}).status_code == 302
    assert "RecoveryCodeUsed" in kinds(home)
    with home.read() as session:
        letter = session.scalars(select(Letter).where(Letter.person_id == contact.person)).one()
    assert "9 kvar" in letter.body
    give_password(second, contact.email)
    assert second.post("/sign-in/code", data={"code": contact.recovery[0]}).status_code == 422


def test_another_persons_recovery_code_is_refused(
    anonymous: FlaskClient, people: Cast, contact: Account, account_of: Callable[[str], Account]
) -> None:
    other = account_of(people.outsider)
    give_password(anonymous, contact.email)
    assert anonymous.post("/sign-in/code", data={"code": other.recovery[0]}).status_code == 422


def test_signing_in_changes_the_session(anonymous: FlaskClient, contact: Account, home: Installation) -> None:
    give_password(anonymous, contact.email)
    with anonymous.session_transaction() as cookie:
        waiting, form_key = cookie["second_factor"], cookie["csrf_token"]
    anonymous.post("/sign-in/code", data={"code": contact.code()})
    with anonymous.session_transaction() as cookie:
        token = cookie["_user_id"]
        assert "second_factor" not in cookie
        assert cookie.get("csrf_token") != form_key
    assert token != waiting
    with home.read() as session:
        assert session.get(SignInSession, hash_of(waiting)) is None
        assert session.get(SignInSession, token) is None
        assert session.get_one(SignInSession, hash_of(token)).second_factor_at is not None


def test_a_planted_session_is_not_taken_over(anonymous: FlaskClient, contact: Account) -> None:
    with anonymous.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
    enter(anonymous, contact)
    with anonymous.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"


def test_the_wait_grows_and_covers_the_right_password_too(
    browser: Browser, contact: Account, clock: Clock
) -> None:
    for _ in range(throttle.FREE_PER_ACCOUNT):
        assert give_password(browser(), contact.email, "fel lösenord här").status_code == 422
    stopped = give_password(browser(), contact.email)
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "30"
    assert "30 sekunder" in stopped.get_data(as_text=True)
    clock.forward(seconds=31)
    assert give_password(browser(), contact.email, "fel lösenord här").status_code == 422
    assert give_password(browser(), contact.email).headers["Retry-After"] == "60"
    clock.forward(seconds=61)
    assert give_password(browser(), contact.email).status_code == 302


def test_the_wait_is_the_same_for_an_unknown_e_mail(browser: Browser, home: Installation) -> None:
    for _ in range(throttle.FREE_PER_ACCOUNT):
        give_password(browser(), "nobody@exempel.se", "fel lösenord här")
    assert give_password(browser(), "nobody@exempel.se", "fel lösenord här").status_code == 429
    with home.read() as session:
        assert not any("nobody" in subject for subject in session.scalars(select(SignInAttempt.subject)))


def test_guessing_codes_is_slowed_down_whatever_the_password_says(
    anonymous: FlaskClient, contact: Account
) -> None:
    give_password(anonymous, contact.email)
    for _ in range(throttle.FREE_PER_ACCOUNT):
        give_password(anonymous, contact.email)
        assert anonymous.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert anonymous.post("/sign-in/code", data={"code": contact.code()}).status_code == 429
    assert give_password(anonymous, contact.email).status_code == 429


def test_one_address_cannot_try_many_accounts(home: Installation) -> None:
    with home.write() as work:
        for number in range(throttle.FREE_PER_ADDRESS):
            throttle.begin(work, f"{number}@exempel.se", "2001:db8::1")
    with home.write() as work:
        throttle.begin(work, "new@exempel.se", "2001:db8:0:1::1")
        with pytest.raises(throttle.Throttled):
            throttle.begin(work, "new@exempel.se", "2001:db8::2")


def test_getting_in_forgets_the_failures(
    anonymous: FlaskClient, contact: Account, home: Installation
) -> None:
    for _ in range(throttle.FREE_PER_ACCOUNT - 1):
        give_password(anonymous, contact.email, "fel lösenord här")
    assert enter(anonymous, contact).status_code == 302
    with home.read() as session:
        left = session.scalar(
            select(func.count()).where(SignInAttempt.subject == throttle.account_of(contact.email))
        )
    assert left == 0


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil.example"],
)
def test_nobody_is_sent_elsewhere(anonymous: FlaskClient, contact: Account, address: str) -> None:
    assert enter(anonymous, contact, next=address).location == "/"


def test_a_person_comes_to_the_page_they_wanted(
    anonymous: FlaskClient, contact: Account, people: Cast
) -> None:
    page = f"/connections/{people.connection}/order"
    sent = anonymous.get(page)
    assert (
        sent.location == f"/sign-in?next={page.replace('/', '%2F')}"
        or sent.location == f"/sign-in?next={page}"
    )
    assert enter(anonymous, contact, next=page).location == page


def test_a_long_password_and_control_characters_are_answered(
    anonymous: FlaskClient, contact: Account
) -> None:
    assert give_password(anonymous, contact.email, "x" * 100_000).status_code == 422
    assert give_password(anonymous, "\x00\x07", "\x00" * 20).status_code == 422


def test_the_demo_door_is_shut_outside_the_demo(anonymous: FlaskClient, people: Cast) -> None:
    assert anonymous.post("/sign-in/demo", data={"person": people.contact}).status_code == 404
    assert "Demo" not in anonymous.get("/sign-in").get_data(as_text=True)
