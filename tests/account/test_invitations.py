"""Invitations: a link that works once, for the one it was sent to, to a role that the sender may hand out."""

import re
from collections.abc import Callable

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services import invitations, joining, memberships, parking, second_factors
from portal.services import sign_in as entering
from portal.services.installation import Installation
from portal.services.sessions import Origin
from portal.store import people as store
from portal.store.models import Invitation, Letter, Membership, Person, SignInSession, StoredEvent
from tests.account.conftest import PASSWORD, Account, give_password, sign_in
from tests.conftest import Cast, Clock, make_cast
from workflows.errors import Blocked

As = Callable[[str], FlaskClient]
Browser = Callable[[], FlaskClient]


@pytest.fixture
def link(home: Installation, people: Cast) -> str:
    """The path of an invitation of somebody new to Exempelstads kommun."""
    url = invitations.invite(home, people.contact, people.organisation, "Ny@Exempel.se ", "Ny Berg", "tech")
    return url.removeprefix(home.settings.address)


def secret_on(page: str) -> str:
    found = re.search(r'<code class="wrap">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    return found.group(1).replace(" ", "")


def accept(client: FlaskClient, link: str, clock: Clock, **other: str) -> tuple[int, str]:
    secret = secret_on(client.get(link).get_data(as_text=True))
    data = {"name": "Ny Berg", "password": PASSWORD, "code": pyotp.TOTP(secret).at(clock())}
    answer = client.post(link, data={**data, **other})
    return answer.status_code, answer.get_data(as_text=True)


def test_somebody_new_makes_an_account(
    browser: Browser, link: str, clock: Clock, home: Installation, people: Cast
) -> None:
    client = browser()
    page = client.get(link).get_data(as_text=True)
    assert "Exempelstads kommun" in page
    assert "tekniskt ansvarig" in page
    assert 'src="data:image/svg+xml;base64,' in page
    status, text = accept(client, link, clock)
    assert status == 200
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code>", text)
    assert len(set(codes)) == 10
    assert client.get("/account").status_code == 200
    with home.read() as session:
        person = store.by_email(session, "ny@exempel.se")
        assert person is not None
        assert store.holds(session, person.id, people.organisation, "tech")
        assert person.password_hash is not None
        assert person.password_hash.startswith("$argon2id$")
        kinds = session.scalars(select(StoredEvent.kind).order_by(StoredEvent.seq)).all()
    assert list(kinds[-3:]) == ["PersonInvited", "InvitationAccepted", "SignedIn"]
    clock.forward(minutes=1)
    again = browser()
    give_password(again, "ny@exempel.se")
    assert again.post("/sign-in/code", data={"code": codes[3]}).status_code == 302


def test_the_code_that_confirmed_the_app_does_not_sign_in(browser: Browser, link: str, clock: Clock) -> None:
    client = browser()
    secret = secret_on(client.get(link).get_data(as_text=True))
    accept(client, link, clock)
    other = browser()
    give_password(other, "ny@exempel.se")
    assert other.post("/sign-in/code", data={"code": pyotp.TOTP(secret).at(clock())}).status_code == 422


def test_the_link_works_once(browser: Browser, link: str, clock: Clock, home: Installation) -> None:
    accept(browser(), link, clock)
    other = browser()
    used = other.get(link)
    assert used.status_code == 410
    assert "redan använd" in used.get_data(as_text=True)
    assert other.post(link, data={"name": "X", "password": PASSWORD, "code": "123456"}).status_code == 410
    with home.read() as session:
        assert len(session.scalars(select(Person).where(Person.email == "ny@exempel.se")).all()) == 1


def test_the_link_stops_working_after_fourteen_days(anonymous: FlaskClient, link: str, clock: Clock) -> None:
    clock.forward(days=13, hours=23)
    assert anonymous.get(link).status_code == 200
    clock.forward(hours=1)
    page = anonymous.get(link)
    assert page.status_code == 410
    assert "gått ut" in page.get_data(as_text=True)


def test_a_withdrawn_link_says_so(
    anonymous: FlaskClient, link: str, home: Installation, people: Cast
) -> None:
    with home.read() as session:
        found = session.scalars(select(Invitation)).one().id
    invitations.withdraw(home, people.contact, people.organisation, found)
    page = anonymous.get(link)
    assert page.status_code == 410
    assert "tagits tillbaka" in page.get_data(as_text=True)


def test_a_new_invitation_replaces_the_old(
    anonymous: FlaskClient, link: str, home: Installation, people: Cast
) -> None:
    newer = invitations.invite(
        home, people.signatory, people.organisation, "ny@exempel.se", "Ny Berg", "tech"
    )
    assert anonymous.get(link).status_code == 410
    assert anonymous.get(newer.removeprefix(home.settings.address)).status_code == 200


def test_an_invented_link_leads_nowhere(anonymous: FlaskClient, home: Installation) -> None:
    page = anonymous.get("/invitations/" + "a" * 43)
    assert page.status_code == 404
    assert "inte till någon inbjudan" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("password", "kort", "för kort"),
        ("password", "x" * 201, "för långt"),
        ("password", "ny@exempel.se", "nästan bara"),
        ("password", "Ny.Berg.Berg1", "nästan bara"),
        ("password", "lösenord2026", "lätt att gissa"),
        ("password", "aaaaaaaaaaaab", "lätt att gissa"),
        ("password", "123456789012", "lätt att gissa"),
        ("name", " \x00 ", "Skriv namnet"),
        ("code", "12345", "stämmer inte"),
    ],
)
def test_what_does_not_do_is_said_and_the_rest_kept(
    anonymous: FlaskClient, link: str, clock: Clock, field: str, value: str, says: str
) -> None:
    status, text = accept(anonymous, link, clock, **{field: value})
    assert status == 422
    assert says in text
    assert accept(anonymous, link, clock)[0] == 200


def test_the_password_is_never_sent_back(anonymous: FlaskClient, link: str, clock: Clock) -> None:
    _, text = accept(anonymous, link, clock, code="000000")
    assert PASSWORD not in text


def test_the_letter_tells_the_way(link: str, home: Installation) -> None:
    with home.read() as session:
        letter = session.scalars(select(Letter)).one()
        kept = session.scalars(select(Invitation)).one()
    assert letter.address == "ny@exempel.se"
    assert home.settings.address + link in letter.body
    assert "14 dagar" in letter.body
    assert link.rsplit("/", 1)[1] not in (kept.token_hash, kept.id)


def test_someone_with_an_account_accepts_with_one_click(
    browser: Browser, contact: Account, home: Installation, people: Cast
) -> None:
    link = invitations.invite(
        home, people.outsider, people.other_organisation, contact.email, "Contact", "viewer"
    ).removeprefix(home.settings.address)
    client = browser()
    page = client.get(link).get_data(as_text=True)
    assert "Logga in för att anta" in page
    assert client.post(f"{link}/join").location.startswith("/sign-in")
    assert sign_in(client, contact, next=link).location == link
    assert "Anta inbjudan" in client.get(link).get_data(as_text=True)
    assert client.post(f"{link}/join").status_code == 302
    assert client.get(f"/connections/{people.other_connection}").status_code == 200
    assert client.post(f"{link}/join").status_code == 410


def test_nobody_accepts_anothers_invitation(
    contact: Account, home: Installation, people: Cast, client_as: As
) -> None:
    link = invitations.invite(
        home, people.outsider, people.other_organisation, contact.email, "Contact", "viewer"
    ).removeprefix(home.settings.address)
    stranger = client_as(people.tech)
    assert "någon annan" in stranger.get(link).get_data(as_text=True)
    assert stranger.post(f"{link}/join").status_code == 404
    with home.read() as session:
        assert not store.holds(session, people.tech, people.other_organisation, "viewer")
        assert not store.holds(session, people.contact, people.other_organisation, "viewer")


def test_a_link_cannot_set_a_new_password_for_an_account(
    browser: Browser, contact: Account, home: Installation, people: Cast
) -> None:
    link = invitations.invite(
        home, people.outsider, people.other_organisation, contact.email, "Contact", "viewer"
    ).removeprefix(home.settings.address)
    answer = browser().post(link, data={"name": "X", "password": "ett annat lösenord", "code": "123456"})
    assert answer.status_code == 302
    with home.read() as session:
        assert session.scalars(select(SignInSession)).all() == []
    assert sign_in(browser(), contact).status_code == 302


def test_two_clicks_at_once_make_one_membership(home: Installation, people: Cast, contact: Account) -> None:
    url = invitations.invite(
        home, people.outsider, people.other_organisation, contact.email, "Contact", "viewer"
    )
    token = url.rsplit("/", 1)[1]
    joining.accept_as(home, people.contact, token)
    with pytest.raises(joining.Unusable):
        joining.accept_as(home, people.contact, token)
    with home.read() as session:
        rows = session.scalars(
            select(Membership).where(
                Membership.person_id == people.contact,
                Membership.organisation_id == people.other_organisation,
            )
        ).all()
    assert len(rows) == 1


def test_someone_who_has_lost_everything_sets_it_anew(
    browser: Browser, contact: Account, home: Installation, people: Cast, clock: Clock
) -> None:
    inside = browser()
    sign_in(inside, contact)
    link = invitations.reset(home, contact.email).removeprefix(home.settings.address)
    assert inside.get("/account").status_code == 302
    assert give_password(browser(), contact.email).status_code == 422
    assert accept(inside, link, clock, name="Contact", password="en helt ny mening")[0] == 200
    with home.read() as session:
        rows = session.scalars(select(Membership).where(Membership.person_id == people.contact)).all()
    assert [row.role for row in rows] == ["contact"]
    clock.forward(seconds=90)
    again = browser()
    assert give_password(again, contact.email, "en helt ny mening").status_code == 302
    assert again.post("/sign-in/code", data={"code": contact.recovery[0]}).status_code == 422


def test_on_either_database_people_get_in(either_home: Installation, clock: Clock) -> None:
    cast = make_cast(either_home)
    url = invitations.invite(either_home, cast.contact, cast.organisation, "ny@exempel.se", "Ny", "tech")
    secret, here = second_factors.new_secret(), Origin("192.0.2.7", "Firefox")
    app = pyotp.TOTP(secret)
    token = url.rsplit("/", 1)[1]
    entered, codes = joining.accept(
        either_home, token, "Ny Berg", PASSWORD, secret, app.at(clock()), "sv", here
    )
    assert len(codes) == 10
    clock.forward(seconds=30)
    waiting = entering.with_password(either_home, "ny@exempel.se", PASSWORD, here)
    assert waiting is not None
    assert entering.with_second_factor(either_home, waiting, app.at(clock()), here) is not None
    waiting = entering.with_password(either_home, "ny@exempel.se", PASSWORD, here)
    assert waiting is not None
    assert entering.with_second_factor(either_home, waiting, app.at(clock()), here) is None
    assert entering.with_second_factor(either_home, waiting, codes[0], here) is not None
    parked = parking.park(either_home, entered.person_id, "/x", "comment=å&csrf_token=x")
    assert parked is not None
    parking.drop(either_home, entered.person_id, parked)
    tech = next(
        row.id
        for row, person in memberships_of(either_home, cast.organisation)
        if person.id == entered.person_id
    )
    memberships.end(either_home, cast.contact, cast.organisation, tech)
    last = next(row.id for row, _ in memberships_of(either_home, cast.organisation) if row.role == "contact")
    with pytest.raises(Blocked):
        memberships.end(either_home, cast.contact, cast.organisation, last)


def memberships_of(home: Installation, organisation: str) -> list[tuple[Membership, Person]]:
    with home.read() as session:
        return store.of_organisation(session, organisation)
