"""Steps of signing in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.services import invitations
from portal.services.installation import Installation
from portal.store import declarations
from portal.store import people as store
from portal.store.connections import with_organisation
from portal.store.models import Letter
from tests.account.conftest import PASSWORD, Account, account_of, give_password, password_hash, press, sign_in
from tests.account.test_invitations import secret_on
from tests.conftest import Cast, Clock
from tests.story import Story

__all__ = ["account_of", "password_hash"]

scenarios("sign_in.feature")
EMAIL = "ny@exempel.se"


@dataclass
class Scene:
    """Who has done what so far."""

    app: Flask
    mine: FlaskClient
    other: FlaskClient
    account: Account | None = None
    link: str = ""
    answers: list[TestResponse] = field(default_factory=list)

    @property
    def contact(self) -> Account:
        assert self.account is not None
        return self.account

    @property
    def page(self) -> str:
        return self.answers[-1].get_data(as_text=True)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene(app, app.test_client(), app.test_client())


@given("att kontaktpersonen har ett konto")
def has_account(scene: Scene, people: Cast, account_of: Callable[[str], Account]) -> None:
    scene.account = account_of(people.contact)


@given(parsers.parse('att kontaktpersonen har bjudit in "{email}" som tekniskt ansvarig'))
def has_invited(scene: Scene, home: Installation, people: Cast, email: str) -> None:
    invitations.invite(home, people.contact, people.organisation, email, "Ny Berg", "tech")


@when("den inbjudna öppnar länken i brevet")
def opens_link(scene: Scene, home: Installation) -> None:
    with home.read() as session:
        letter = session.scalars(select(Letter).where(Letter.address == EMAIL)).one()
    found = re.search(r"/invitations/\S+", letter.body)
    assert found is not None
    scene.link = found.group(0)
    scene.answers.append(scene.mine.get(scene.link))


@when("den inbjudna väljer lösenord och kopplar sin autentiseringsapp")
def makes_account(scene: Scene, clock: Clock) -> None:
    code = pyotp.TOTP(secret_on(scene.page)).at(clock())
    data = {"name": "Ny Berg", "password": PASSWORD, "code": code}
    scene.answers.append(scene.mine.post(scene.link, data=data))


@then("får den inbjudna tio återställningskoder")
def gets_codes(scene: Scene) -> None:
    assert len(set(re.findall(r"<li><code>([a-z2-7-]{19})</code>", scene.page))) == 10


@then("den inbjudna är med i Exempelstads kommun som tekniskt ansvarig")
def is_member(home: Installation, people: Cast) -> None:
    with home.read() as session:
        person = store.by_email(session, EMAIL)
        assert person is not None
        assert store.holds(session, person.id, people.organisation, "tech")


@then("länken går inte att använda igen")
def link_is_used(scene: Scene) -> None:
    again = scene.other.get(scene.link)
    assert again.status_code == 410
    assert "redan använd" in again.get_data(as_text=True)


@when("kontaktpersonen loggar in med lösenord och kod")
def signs_in(scene: Scene) -> None:
    scene.answers.append(sign_in(scene.mine, scene.contact))


@when("kontaktpersonen bara anger sitt lösenord")
def only_password(scene: Scene) -> None:
    give_password(scene.mine, scene.contact.email)


@when("kontaktpersonen loggar in med lösenord och en återställningskod")
def signs_in_by_recovery(scene: Scene) -> None:
    give_password(scene.mine, scene.contact.email)
    scene.mine.post("/sign-in/code", data={"code": scene.contact.recovery[0]})


@when("någon annan använder samma lösenord och samma kod")
def same_code(scene: Scene) -> None:
    scene.answers.append(sign_in(scene.other, scene.contact))


@then("får den andra veta att koden redan är använd")
def told_used(scene: Scene) -> None:
    assert scene.answers[-1].status_code == 422
    assert "redan använd" in scene.page


@then("ser kontaktpersonen sin anslutning")
def sees(scene: Scene, people: Cast) -> None:
    page = scene.mine.get(f"/connections/{people.connection}")
    assert page.status_code == 200
    assert "Exempelstads kommun" in page.get_data(as_text=True)


@then("ser kontaktpersonen inte sin anslutning")
def does_not_see(scene: Scene, people: Cast) -> None:
    assert scene.mine.get(f"/connections/{people.connection}").location.startswith("/sign-in")


@then("kontaktpersonen får ett brev om att koden är använd")
def told_by_letter(scene: Scene, home: Installation) -> None:
    with home.read() as session:
        letter = session.scalars(select(Letter).where(Letter.person_id == scene.contact.person)).one()
    assert "återställningskod" in letter.subject


@when("någon gissar fel lösenord fem gånger")
def guesses(scene: Scene) -> None:
    for number in range(5):
        give_password(scene.other, scene.contact.email, f"en gissning nummer {number}")


@then("får nästa försök vänta, och sidan säger hur länge")
def waits(scene: Scene) -> None:
    stopped = give_password(scene.other, scene.contact.email)
    assert stopped.status_code == 429
    assert "om 30 sekunder" in stopped.get_data(as_text=True)


@then("efter väntan kan kontaktpersonen logga in")
def after_the_wait(scene: Scene, clock: Clock) -> None:
    clock.forward(seconds=31)
    assert sign_in(scene.mine, scene.contact).status_code == 302


@when("någon anger fel lösenord för kontaktpersonen och för en okänd adress")
def tries_both(scene: Scene) -> None:
    for email in (scene.contact.email, "okand@exempel.se"):
        scene.answers.append(give_password(scene.app.test_client(), email, "ett felaktigt lösenord"))


@then("är svaren lika")
def alike(scene: Scene) -> None:
    known, unknown = (
        re.sub(r'(nonce|value)="[^"]*"', "", answer.get_data(as_text=True)) for answer in scene.answers
    )
    assert known == unknown
    assert {answer.status_code for answer in scene.answers} == {422}


@given("kontaktpersonen har loggat in och börjat svara på krav P-01")
def has_begun(scene: Scene, story: Story) -> None:
    story.fill_order()
    story.move("contact", "order", "submit")
    story.move("reviewer", "order", "approve")
    sign_in(scene.mine, scene.contact)
    assert scene.mine.get(f"/connections/{story.connection}/declaration/P-01").status_code == 200


@when("sessionen går ut och kontaktpersonen sparar svaret")
def saves_too_late(scene: Scene, people: Cast, clock: Clock) -> None:
    clock.forward(hours=3)
    data = {"value": "partly", "comment": "Rutinen beslutas i mars.", "version": "0"}
    scene.answers.append(scene.mine.post(f"/connections/{people.connection}/declaration/P-01", data=data))
    assert scene.answers[-1].location.startswith("/sign-in")


@when("kontaktpersonen loggar in igen och skickar det som är sparat")
def sends_again(scene: Scene) -> None:
    offered = sign_in(scene.mine, scene.contact).location
    path, fields = press(scene.mine, offered)
    assert scene.mine.post(path, data=fields).status_code == 302


@then("är svaret på krav P-01 sparat")
def is_saved(home: Installation, people: Cast) -> None:
    with home.read() as session:
        found = with_organisation(session, people.connection)
        assert found is not None
        answer = declarations.answer(session, found[0], "P-01")
    assert answer is not None
    assert (answer.value, answer.comment) == ("partly", "Rutinen beslutas i mars.")


@given("kontaktpersonen är inloggad på två enheter")
def two_devices(scene: Scene, clock: Clock) -> None:
    sign_in(scene.other, scene.contact)
    clock.forward(seconds=30)
    sign_in(scene.mine, scene.contact)
    assert scene.other.get("/account").status_code == 200


@when("kontaktpersonen avslutar alla andra sessioner")
def ends_others(scene: Scene) -> None:
    scene.mine.post("/account/sessions/end-others")


@then("är den andra enheten utloggad")
def other_is_out(scene: Scene) -> None:
    assert scene.other.get("/account").location.startswith("/sign-in")
    assert scene.mine.get("/account").status_code == 200
