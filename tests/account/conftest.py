"""People with a password and an authenticator app, and the ways they get in."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.services import passwords, second_factors
from portal.services.installation import Installation
from portal.store.models import Person
from tests.conftest import Cast, Clock

PASSWORD = "en lagom lång mening"


@dataclass
class Account:
    """A person who can sign in."""

    person: str
    email: str
    secret: str
    recovery: list[str]
    clock: Clock

    def code(self, steps: int = 0) -> str:
        """The code that the app shows now, or so many steps later."""
        return pyotp.TOTP(self.secret).at(self.clock() + timedelta(seconds=30 * steps))


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.made(PASSWORD)


@pytest.fixture
def account_of(home: Installation, clock: Clock, password_hash: str) -> Callable[[str], Account]:
    """Give a person a password, an app and recovery codes."""

    def make(person_id: str) -> Account:
        secret = second_factors.new_secret()
        with home.write() as work:
            person = work.session.get_one(Person, person_id)
            person.password_hash, person.totp_secret = password_hash, secret
            return Account(
                person_id, person.email, secret, second_factors.new_recovery_codes(work, person_id), clock
            )

    return make


@pytest.fixture
def contact(people: Cast, account_of: Callable[[str], Account]) -> Account:
    return account_of(people.contact)


def give_password(client: FlaskClient, email: str, password: str = PASSWORD, **where: str) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": password, **where})


def sign_in(client: FlaskClient, account: Account, **where: str) -> TestResponse:
    """Both steps of signing in; the answer to the second."""
    first = give_password(client, account.email, **where)
    assert first.status_code == 302, first.get_data(as_text=True)
    return client.post("/sign-in/code", data={"code": account.code(), **where})


def press(client: FlaskClient, path: str) -> tuple[str, dict[str, str]]:
    """Where the button of the offered page posts, and with what."""
    page = client.get(path).get_data(as_text=True)
    form = re.search(r'<main.*?<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group(2))
    return html.unescape(form.group(1)), {html.unescape(n): html.unescape(v) for n, v in fields}


@pytest.fixture
def browser(app: Flask) -> Callable[[], FlaskClient]:
    """A browser of its own for each call."""
    return app.test_client
