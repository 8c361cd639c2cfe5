"""The people page: seen by members and the owner, changed by those who may, and never without a contact person."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services import invitations, memberships
from portal.services.installation import Installation
from portal.store import people as store
from portal.store.models import Invitation, Membership, Organisation, StoredEvent
from tests.conftest import Cast
from workflows.access import ROLES_OF_PART, Role, may_hand_out
from workflows.errors import Blocked, Forbidden, Invalid, NotFound

As = Callable[[str], FlaskClient]
NEW = {"name": "Ny Berg", "email": "ny@exempel.se", "role": "tech"}


def page_of(organisation: str) -> str:
    return f"/organisations/{organisation}/people"


def membership(home: Installation, person: str, organisation: str) -> str:
    with home.read() as session:
        return session.scalars(
            select(Membership.id).where(
                Membership.person_id == person, Membership.organisation_id == organisation
            )
        ).one()


def invitation(home: Installation) -> str:
    with home.read() as session:
        return session.scalars(select(Invitation.id)).one()


@pytest.mark.parametrize(
    ("who", "seen", "invites"),
    [
        ("contact", 200, 302),
        ("signatory", 200, 302),
        ("infosec", 200, 403),
        ("viewer", 200, 403),
        ("admin", 200, 302),
        ("reviewer", 200, 403),
        ("owner_viewer", 200, 403),
        ("supplier", 403, 403),
        ("outsider", 404, 404),
    ],
)
def test_who_may_see_and_who_may_invite(
    people: Cast, client_as: As, home: Installation, who: str, seen: int, invites: int
) -> None:
    client = client_as(getattr(people, who))
    page = client.get(page_of(people.organisation))
    assert page.status_code == seen
    assert ("Bjud in någon" in page.get_data(as_text=True)) == (invites == 302)
    assert client.post(page_of(people.organisation), data=NEW).status_code == invites
    with home.read() as session:
        assert len(session.scalars(select(Invitation)).all()) == (1 if invites == 302 else 0)


@pytest.mark.parametrize("who", ["infosec", "reviewer", "supplier", "outsider"])
def test_nobody_else_ends_or_withdraws(people: Cast, client_as: As, home: Installation, who: str) -> None:
    invitations.invite(home, people.contact, people.organisation, "ny@exempel.se", "Ny", "tech")
    client = client_as(getattr(people, who))
    refused = 404 if who == "outsider" else 403
    base = page_of(people.organisation)
    tech = membership(home, people.tech, people.organisation)
    assert client.get(f"{base}/{tech}/end").status_code == refused
    assert client.post(f"{base}/{tech}/end").status_code == refused
    assert client.post(f"{base}/invitations/{invitation(home)}/withdraw").status_code == refused
    with home.read() as session:
        assert store.holds(session, people.tech, people.organisation, "tech")
        assert session.scalars(select(Invitation.withdrawn_at)).one() is None


def test_anonymous_is_asked_to_sign_in(people: Cast, anonymous: FlaskClient) -> None:
    assert anonymous.get(page_of(people.organisation)).location.startswith("/sign-in")
    assert anonymous.post(page_of(people.organisation), data=NEW).location.startswith("/sign-in")


def test_an_organisation_that_does_not_exist(people: Cast, client_as: As) -> None:
    assert client_as(people.admin).get(page_of("nothing")).status_code == 404


def test_members_and_invited_are_shown(people: Cast, client_as: As) -> None:
    client = client_as(people.contact)
    client.post(page_of(people.organisation), data=NEW)
    page = client.get(page_of(people.organisation)).get_data(as_text=True)
    assert "Behörig firmatecknare" in page
    assert "ny@exempel.se" in page
    assert "outsider@exempel.se" not in page
    # The link is for the one invited: whoever invites must not be able to become that person.
    assert "/invitations/" not in page.replace("/withdraw", "").replace("people/invitations/", "")


def test_an_invitation_is_withdrawn(people: Cast, client_as: As, home: Installation) -> None:
    client = client_as(people.contact)
    client.post(page_of(people.organisation), data=NEW)
    path = f"{page_of(people.organisation)}/invitations/{invitation(home)}/withdraw"
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 302
    client.get(page_of(people.organisation))
    assert "ny@exempel.se" not in client.get(page_of(people.organisation)).get_data(as_text=True)


def test_an_invitation_of_another_organisation_is_not_withdrawn(
    people: Cast, client_as: As, home: Installation
) -> None:
    invitations.invite(home, people.outsider, people.other_organisation, "ny@exempel.se", "Ny", "tech")
    path = f"{page_of(people.organisation)}/invitations/{invitation(home)}/withdraw"
    assert client_as(people.contact).post(path).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "inte en adress"),
        ("email", ""),
        ("name", ""),
        ("name", "x" * 201),
        ("role", ""),
        ("role", "owner_admin"),
        ("role", "supplier"),
        ("role", "king"),
    ],
)
def test_a_bad_invitation_is_refused_and_what_was_typed_is_kept(
    people: Cast, client_as: As, home: Installation, field: str, value: str
) -> None:
    answer = client_as(people.contact).post(page_of(people.organisation), data={**NEW, field: value})
    assert answer.status_code == 422
    kept = "email" if field == "name" else "name"
    assert NEW[kept] in answer.get_data(as_text=True)
    with home.read() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_a_member_is_not_invited_again_to_the_same_role(people: Cast, client_as: As) -> None:
    again = {"name": "Tech", "email": "Tech@exempel.se", "role": "tech"}
    answer = client_as(people.contact).post(page_of(people.organisation), data=again)
    assert answer.status_code == 422
    assert "har redan den rollen" in answer.get_data(as_text=True)
    other_role = {**again, "role": "business"}
    assert client_as(people.contact).post(page_of(people.organisation), data=other_role).status_code == 302


def test_a_membership_ends_after_a_question(people: Cast, client_as: As, home: Installation) -> None:
    client = client_as(people.contact)
    path = f"{page_of(people.organisation)}/{membership(home, people.tech, people.organisation)}/end"
    assert "Avsluta behörigheten för Tech" in client.get(path).get_data(as_text=True)
    tech = client_as(people.tech)
    assert tech.get(f"/connections/{people.connection}").status_code == 200
    assert client.post(path).status_code == 302
    assert tech.get(f"/connections/{people.connection}").status_code == 404
    assert client.post(path).status_code == 302
    with home.read() as session:
        kinds = session.scalars(select(StoredEvent.kind).order_by(StoredEvent.seq)).all()
    assert kinds.count("MembershipEnded") == 1


def test_the_last_contact_person_stays(people: Cast, client_as: As, home: Installation) -> None:
    path = f"{page_of(people.organisation)}/{membership(home, people.contact, people.organisation)}/end"
    answer = client_as(people.signatory).post(path)
    assert answer.status_code == 409
    assert "utan kontaktperson" in answer.get_data(as_text=True)
    with home.read() as session:
        assert store.holds(session, people.contact, people.organisation, "contact")


def test_the_last_administrator_stays_and_only_administrators_change_the_owner(
    people: Cast, home: Installation
) -> None:
    own = membership(home, people.admin, people.owner)
    with pytest.raises(Blocked):
        memberships.end(home, people.admin, people.owner, own)
    with pytest.raises(Forbidden):
        memberships.end(home, people.approver, people.owner, own)
    with pytest.raises(NotFound):
        memberships.end(home, people.contact, people.owner, own)
    memberships.end(home, people.admin, people.owner, membership(home, people.reviewer, people.owner))


def test_a_membership_of_another_organisation_is_not_ended(people: Cast, home: Installation) -> None:
    other = membership(home, people.outsider, people.other_organisation)
    with pytest.raises(NotFound):
        memberships.end(home, people.contact, people.organisation, other)


def test_the_owners_administrator_invites_anywhere(people: Cast, home: Installation) -> None:
    with home.read() as session:
        supplier = session.scalars(select(Organisation.id).where(Organisation.part == "supplier")).one()
    for organisation, role in (
        (people.organisation, "contact"),
        (supplier, "supplier"),
        (people.owner, "owner_approver"),
    ):
        assert invitations.invite(home, people.admin, organisation, "ny@exempel.se", "Ny", role)
    for organisation, role in ((supplier, "contact"), (people.organisation, "owner_viewer")):
        with pytest.raises(Invalid):
            invitations.invite(home, people.admin, organisation, "ny@exempel.se", "Ny", role)


def test_nobody_hands_out_more_than_they_may() -> None:
    for part, offered in ROLES_OF_PART.items():
        for role in Role:
            for held in Role:
                allowed = may_hand_out(role, part, {held})
                assert not allowed or role in offered
                assert not allowed or held in (Role.CONTACT, Role.SIGNATORY, Role.OWNER_ADMIN)
                assert not (allowed and part == "owner" and held is not Role.OWNER_ADMIN)
