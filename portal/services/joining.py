"""Joining by an invitation: what its link invites to, and accepting it with a new account or one there is."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, select

from portal.services import accounts, passwords, second_factors, sessions, sign_in
from portal.services.installation import Installation, Work
from portal.services.invitations import name_fault
from portal.services.sessions import Origin
from portal.services.sign_in import Entered
from portal.store import people
from portal.store.models import Connection, Invitation, Organisation, Person
from workflows.errors import Forbidden, Invalid, NotFound, Refusal
from workflows.identifiers import clean


class Unusable(Refusal):
    """The link does not work; `why` is used, withdrawn or expired."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Welcome:
    """A usable invitation as its page shows it. `has_account` when the e-mail's person signs in already."""

    email: str
    name: str
    organisation: str
    role: str
    invited_by: str
    has_account: bool
    person_id: str | None


def look(home: Installation, token: str) -> Welcome:
    """What the link invites to. Raises NotFound for no link of ours, Unusable for one that no longer works."""
    with home.read() as session:
        row = session.scalars(select(Invitation).where(Invitation.token_hash == sessions.hash_of(token)))
        found = _usable(row.one_or_none(), home)
        person = people.by_email(session, found.email)
        sender = session.get(Person, found.invited_by) if found.invited_by else None
        return Welcome(
            email=found.email,
            name=person.name if person else found.name,
            organisation=session.get_one(Organisation, found.organisation_id).name,
            role=found.role,
            invited_by=sender.name if sender else "",
            has_account=person is not None and person.password_hash is not None,
            person_id=person.id if person else None,
        )


def accept(
    home: Installation,
    token: str,
    name: str,
    password: str,
    secret: str,
    code: str,
    language: str,
    origin: Origin,
) -> tuple[Entered, list[str]]:
    """Someone new accepts: the session they are in from now on, and their recovery codes, to be shown once.

    Raises NotFound, Unusable, Forbidden when the e-mail has an account already, and Invalid for `name`, `password`
    or `code`.
    """
    welcome = look(home, token)
    if welcome.has_account:
        raise Forbidden
    called = clean(name).strip()
    step = second_factors.step_of(secret, code, home.clock(), None)
    errors = {"name": name_fault(called), "password": passwords.fault(password, welcome.email, called)}
    errors["code"] = accounts.WRONG_CODE if step is None else None
    wrong = {field: reason for field, reason in errors.items() if reason is not None}
    if wrong:
        raise Invalid(wrong)
    made = passwords.made(password)
    with home.write() as work:
        invitation = _claim(work, token)
        person = people.by_email(work.session, invitation.email)
        if person is not None and sign_in.locked(work, person.id).password_hash is not None:
            raise Forbidden
        person = person or accounts.new_person(work, invitation.email, called, language)
        work.actor = person.id
        person.name, person.language, person.password_hash = called, language, made
        person.totp_secret, person.totp_last_step = secret, step
        accounts.join(work, person, invitation)
        codes = second_factors.new_recovery_codes(work, person.id)
        return Entered(person.id, sign_in.enter(work, person, origin)), codes


def accept_as(home: Installation, person_id: str, token: str) -> str:
    """Someone with an account accepts; the organisation's id. Raises NotFound for an invitation to another person."""
    with home.write(person_id) as work:
        invitation = _claim(work, token)
        person = work.session.get_one(Person, person_id)
        if person.email != invitation.email:
            raise NotFound
        accounts.join(work, person, invitation)
        return invitation.organisation_id


def _usable(found: Invitation | None, home: Installation) -> Invitation:
    if found is None:
        raise NotFound
    if found.accepted_at is not None:
        raise Unusable("used")
    if found.withdrawn_at is not None:
        raise Unusable("withdrawn")
    if found.expires_at <= home.clock():
        raise Unusable("expired")
    return found


def _claim(work: Work, token: str) -> Invitation:
    """The invitation, held and marked as used, so that the same link sent twice makes one membership."""
    hashed = sessions.hash_of(token)
    _hold(work, select(Invitation.organisation_id).where(Invitation.token_hash == hashed).scalar_subquery())
    row = work.session.scalars(
        select(Invitation)
        .where(Invitation.token_hash == hashed)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = _usable(row.one_or_none(), work.installation)
    found.accepted_at = work.now
    return found


def _hold(work: Work, organisation_id: ScalarSelect[str]) -> None:
    """Hold the organisation and its connections, as those do who end memberships and take questions back.

    They hold these before the invitation: in another order two would wait for each other.
    """
    organisation = select(Organisation.id).where(Organisation.id == organisation_id)
    connections = select(Connection.id).where(Connection.organisation_id == organisation_id)
    for query in (organisation, connections):
        work.session.execute(query.with_for_update(key_share=True))
