"""Invitations: a one-use link to a role in an organisation, sent and withdrawn."""

import secrets
from datetime import timedelta

from sqlalchemy import func, select

from portal.services import second_factors, sessions, sign_in
from portal.services.installation import Installation, Work
from portal.store import people
from portal.store.connections import federation, roles_towards
from portal.store.models import Invitation, Organisation
from portal.store.models.base import new_id
from portal.texts import DEFAULT_LANGUAGE, text
from workflows.access import Role, may, may_hand_out
from workflows.errors import Forbidden, Invalid, NotFound, Reason
from workflows.events import PersonInvited, SecondFactorChanged
from workflows.forms import is_email
from workflows.identifiers import clean

VALID = timedelta(days=14)
FIRST_VALID = timedelta(hours=24)
LONGEST_NAME = 200
MOST_PER_HOUR = 30


def invite(
    home: Installation, by_person_id: str | None, organisation_id: str, email: str, name: str, role: str
) -> str:
    """Invite to a role; the one-use link, valid for 14 days, which a letter carries as well.

    `by_person_id` None is the portal itself. An earlier invitation to the same role stops working. Raises NotFound,
    Forbidden, and Invalid for `email`, `name` or `role`.
    """
    with home.write(by_person_id) as work:
        organisation = _organisation_for(work, by_person_id, organisation_id, "people.invite")
        address, called = email.strip().casefold(), clean(name).strip()
        _check(work, by_person_id, organisation, address, called, role)
        _must_be_few(work, by_person_id)
        return _send(work, organisation, address, called, role, VALID)


def quietly(work: Work, organisation: Organisation, email: str, name: str, role: Role) -> str:
    """The one-use link, valid for 14 days, that the caller's own letter carries; the caller has authorised it.

    Raises Invalid for `email` when the actor has sent too many within the hour.
    """
    _must_be_few(work, work.actor)
    return _open(work, organisation, email, name, role, VALID)[1]


def first_link(work: Work, email: str, name: str) -> str:
    """The one-use link, valid for 24 hours, of the owner's first administrator. Raises Invalid as `invite` does."""
    owner = work.session.get_one(Organisation, federation(work.session).owner_id)
    address, called = email.strip().casefold(), clean(name).strip()
    _check(work, None, owner, address, called, Role.OWNER_ADMIN)
    return _send(work, owner, address, called, Role.OWNER_ADMIN, FIRST_VALID)


def reset(home: Installation, email: str) -> str:
    """For someone who has lost password or phone and codes: a link, valid for 24 hours, that sets them anew.

    The portal's own doing, from the command line. Every session ends and the old password and app stop working at
    once. Raises NotFound when nobody has the e-mail, or nobody who is a member of anything.
    """
    with home.write() as work:
        person = people.by_email(work.session, email)
        homes = people.memberships(work.session, person.id) if person else []
        if person is None or not homes:
            raise NotFound
        person = sign_in.locked(work, person.id)
        person.password_hash = person.totp_secret = person.totp_last_step = None
        second_factors.new_recovery_codes(work, person.id)
        sessions.end_all_but(work, person.id, None)
        work.record(SecondFactorChanged(person.id))
        membership, organisation = homes[0]
        return _send(work, organisation, person.email, person.name, membership.role, FIRST_VALID)


def withdraw(home: Installation, person_id: str, organisation_id: str, invitation_id: str) -> None:
    """The link stops working; nothing happens to one that is used or withdrawn already."""
    with home.write(person_id) as work:
        _organisation_for(work, person_id, organisation_id, "people.invite")
        found = work.session.get(Invitation, invitation_id, with_for_update=True)
        if found is None or found.organisation_id != organisation_id:
            raise NotFound
        if found.accepted_at is None and found.withdrawn_at is None:
            found.withdrawn_at = work.now


def _organisation_for(work: Work, person_id: str | None, organisation_id: str, action: str) -> Organisation:
    organisation = work.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    if person_id is not None:
        roles = roles_towards(work.session, person_id, organisation_id)
        if not roles:
            raise NotFound
        if not may(action, roles):
            raise Forbidden(action)
    return organisation


def _check(work: Work, by: str | None, organisation: Organisation, email: str, name: str, role: str) -> None:
    held = (Role.OWNER_ADMIN,) if by is None else roles_towards(work.session, by, organisation.id)
    errors: dict[str, Reason] = {}
    if not is_email(email):
        errors["email"] = Reason("email_form", {"value": email[:80]})
    if fault := name_fault(name):
        errors["name"] = fault
    if role not in set(Role) or not may_hand_out(Role(role), organisation.part, held):
        errors["role"] = Reason("role_unknown")
    if errors:
        raise Invalid(errors)
    person = people.by_email(work.session, email)
    if person is not None and people.holds(work.session, person.id, organisation.id, role):
        raise Invalid({"email": Reason("member_already", {"value": email[:80]})})


def _must_be_few(work: Work, by: str | None) -> None:
    """Letters with words of somebody's choosing go out in the portal's name; nobody floods others with them."""
    if by is None:
        return
    sent = work.session.scalars(
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.invited_by == by, Invitation.created_at > work.now - timedelta(hours=1))
    ).one()
    if sent >= MOST_PER_HOUR:
        raise Invalid({"email": Reason("invitation_limit", {"n": MOST_PER_HOUR})})


def name_fault(name: str) -> Reason | None:
    if not name:
        return Reason("person_name_missing")
    over = len(name) - LONGEST_NAME
    return Reason("too_long", {"n": over, "max": LONGEST_NAME}) if over > 0 else None


def _send(work: Work, organisation: Organisation, email: str, name: str, role: str, valid: timedelta) -> str:
    invitation, link = _open(work, organisation, email, name, role, valid)
    _letter(work, organisation, invitation, link)
    return link


def _open(
    work: Work, organisation: Organisation, email: str, name: str, role: str, valid: timedelta
) -> tuple[Invitation, str]:
    """A new invitation with its link; an earlier one to the same role stops working."""
    earlier = work.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.organisation_id == organisation.id,
            Invitation.role == role,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    )
    for row in earlier:
        row.withdrawn_at = work.now
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        id=new_id(),
        token_hash=sessions.hash_of(token),
        email=email,
        name=name,
        organisation_id=organisation.id,
        role=role,
        invited_by=work.actor,
        created_at=work.now,
        expires_at=work.now + valid,
    )
    work.session.add(invitation)
    work.record(PersonInvited(invitation.id, role), organisation=organisation.id)
    return invitation, f"{work.installation.settings.address}/invitations/{token}"


def _letter(work: Work, organisation: Organisation, invitation: Invitation, link: str) -> None:
    person = people.by_email(work.session, invitation.email)
    language = person.language if person else DEFAULT_LANGUAGE
    hours = round((invitation.expires_at - invitation.created_at).total_seconds() / 3600)
    words = {
        "name": invitation.name,
        "organisation": organisation.name,
        "federation": federation(work.session).name,
        "role": text(f"people.role.{invitation.role}", language).lower(),
        "link": link,
        "time": text("people.mail.days", language, n=hours // 24),
    }
    work.mail(
        invitation.email,
        text("people.mail.subject", language, **words),
        text("people.mail.body", language, **words),
        person.id if person else None,
    )
