"""Ways in that outlive what gave them: waiting invitations, half sign-ins, links read over a shoulder, floods of letters."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.app import create_app
from portal.services import invitations, joining, memberships
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store.connections import federation
from portal.store.models import Letter
from tests.account.conftest import (  # noqa: F401 -- fixtures of accounts
    PASSWORD,
    Account,
    account_of,
    contact,
    give_password,
    password_hash,
    sign_in,
)
from tests.conftest import Cast, Clock, signed_in
from workflows.errors import Invalid


def end(home: Installation, by: str, organisation: str, person: str) -> None:
    with home.read() as session:
        seen = memberships.of(session, by, organisation)
    for found, member in seen.members:
        if member.id == person:
            memberships.end(home, by, organisation, found.id)


def test_a_back_door_invited_before_leaving(home: Installation, people: Cast) -> None:
    """A signatory who is about to be removed invites a private address, and accepts when the membership has ended."""
    link = invitations.invite(
        home, people.signatory, people.organisation, "dold@annan.se", "Dold", "signatory"
    )
    kept = invitations.invite(home, people.contact, people.organisation, "ny@exempel.se", "Ny", "viewer")
    end(home, people.contact, people.organisation, people.signatory)
    with pytest.raises(joining.Unusable, match="withdrawn"):
        joining.look(home, link.rpartition("/")[2])
    assert joining.look(home, kept.rpartition("/")[2]).role == "viewer"


def test_somebody_halfway_in_with_the_old_password(
    app: Flask,
    contact: Account,  # noqa: F811
    clock: Clock,
) -> None:
    thief, owner = app.test_client(), app.test_client()
    give_password(thief, contact.email)
    sign_in(owner, contact)
    changed = owner.post("/account/password", data={"current": PASSWORD, "new": "en helt annan mening nu"})
    assert changed.status_code == 302
    clock.forward(minutes=1)
    answer = thief.post("/sign-in/code", data={"code": contact.code()})
    assert answer.location is not None
    assert answer.location.startswith("/sign-in")
    assert thief.get("/account").location.startswith("/sign-in")


def test_an_administrator_who_reads_others_links(home: Installation, people: Cast) -> None:
    """Two approvers are two persons: where mail is delivered, nobody enters by a link of somebody else's letter."""
    invitations.invite(home, people.admin, people.owner, "ny@myndighet.se", "Ny", "owner_approver")
    with home.read() as session:
        letter = session.scalars(select(Letter)).one()
    for host, shown in (("", True), ("mail.exempel.se", False)):
        home.settings = Settings(data_dir=home.settings.data_dir, smtp_host=host)
        app = create_app(home.settings, installation=home)
        app.testing = True
        page = signed_in(app, home, people.admin).get(f"/outbox?letter={letter.id}").get_data(as_text=True)
        assert "/invitations/" in page
        assert bool(re.search(r"/invitations/[\w-]{40}", page)) is shown


def test_a_flood_of_letters_in_the_portals_name(home: Installation, people: Cast, clock: Clock) -> None:
    def invite() -> None:
        invitations.invite(home, people.contact, people.organisation, "offer@annan.se", "Klicka", "viewer")

    for _ in range(invitations.MOST_PER_HOUR):
        invite()
    with pytest.raises(Invalid) as refusal:
        invite()
    assert refusal.value.errors["email"].code == "invitation_limit"
    clock.forward(hours=1, minutes=1)
    invite()


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {}),
        ("203.0.113.9", {"Host": "localhost"}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}),
    ],
)
def test_the_demos_door_from_another_machine(
    home: Installation, people: Cast, anonymous: FlaskClient, address: str, headers: dict[str, str]
) -> None:
    """The settings say loopback, but the server was started with an address of its own, or stands behind a proxy."""
    with home.write() as work:
        federation(work.session).demo = True
    from_afar = {"environ_overrides": {"REMOTE_ADDR": address}, "headers": headers}
    page = anonymous.get("/sign-in", **from_afar).get_data(as_text=True)
    assert 'name="person"' not in page
    assert anonymous.post("/sign-in/demo", data={"person": people.contact}, **from_afar).status_code == 404
    assert anonymous.post("/sign-in/demo", data={"person": people.contact}).status_code == 302


def test_a_referrer_that_is_no_address(
    people: Cast, client_as: Callable[[str], FlaskClient], clock: Clock
) -> None:
    client = client_as(people.signatory)
    clock.forward(minutes=16)
    answer = client.post(
        f"/connections/{people.connection}/steps/application/sign", headers={"Referer": "http://["}
    )
    assert answer.status_code == 302
