"""A person's account: made, and its password, second factor, recovery codes and language changed by the person."""

from sqlalchemy import select, update

from portal.services import notices, passwords, second_factors, sessions, sign_in, throttle
from portal.services.installation import Installation, Work
from portal.services.sessions import Origin
from portal.store import people
from portal.store.models import Assignment, Connection, Invitation, Membership, Person
from portal.store.models.base import new_id
from portal.texts import LANGUAGES
from workflows.access import ROLES_OF_PART, Role
from workflows.errors import Invalid, NotFound, Reason
from workflows.events import InvitationAccepted, PasswordChanged, PersonInvited, SecondFactorChanged

WRONG_CODE = Reason("code_wrong")


def add_person(
    work: Work, *, email: str, name: str, organisation_id: str, role: str, language: str = "sv"
) -> Person:
    """The person of that e-mail, made when there is none, as a member with that role.

    The membership is told in the chain as an invitation accepted at once. A person made here cannot sign in with a
    password until an invitation has been accepted.
    """
    person = people.by_email(work.session, email)
    if person is None:
        person = new_person(work, email, name, language)
    if people.holds(work.session, person.id, organisation_id, role):
        return person
    invitation = Invitation(
        id=new_id(),
        token_hash=sessions.hash_of(new_id()),
        email=person.email,
        name=name,
        organisation_id=organisation_id,
        role=role,
        invited_by=work.actor,
        created_at=work.now,
        expires_at=work.now,
        accepted_at=work.now,
    )
    work.session.add(invitation)
    work.record(PersonInvited(invitation.id, role), organisation=organisation_id)
    join(work, person, invitation)
    return person


def new_person(work: Work, email: str, name: str, language: str) -> Person:
    person = Person(
        id=new_id(), email=email.strip().casefold(), name=name, language=language, created_at=work.now
    )
    work.session.add(person)
    work.session.flush()
    return person


def join(work: Work, person: Person, invitation: Invitation) -> None:
    """Make the person a member as the invitation says; nothing new when the person has the role already."""
    if not people.holds(work.session, person.id, invitation.organisation_id, invitation.role):
        work.session.add(
            Membership(
                person_id=person.id,
                organisation_id=invitation.organisation_id,
                role=invitation.role,
                created_at=work.now,
            )
        )
        work.session.flush()
    claim_questions(work, person, invitation.organisation_id)
    work.record(InvitationAccepted(invitation.id, person.id), organisation=invitation.organisation_id)


def claim_questions(work: Work, person: Person, organisation_id: str) -> None:
    """What someone was asked by e-mail before they were a member is asked of the person from now on."""
    connections = select(Connection.id).where(Connection.organisation_id == organisation_id)
    work.session.execute(
        update(Assignment)
        .where(
            Assignment.email == person.email,
            Assignment.person_id.is_(None),
            Assignment.connection_id.in_(connections),
        )
        .values(person_id=person.id)
    )


def is_role_of(part: str, role: str) -> bool:
    """True when members of an organisation of that part may hold the role."""
    return role in {found.value for found in ROLES_OF_PART[part]} and role in set(Role)


def change_password(
    home: Installation, person_id: str, current: str, new: str, keep: str, origin: Origin
) -> None:
    """Change the password and end every other session. Raises Invalid for `current` or `new`, and Throttled."""
    with home.write(person_id) as work:
        email = sign_in.locked(work, person_id).email
        tried = throttle.begin(work, email, origin.address)
    with home.read() as session:
        before = session.get_one(Person, person_id)
        kept, name = before.password_hash, before.name
    if not passwords.matches(kept, current):
        raise Invalid({"current": Reason("password_wrong")})
    fault = passwords.fault(new, email, name)
    made = passwords.made(new) if fault is None else ""
    with home.write(person_id) as work:
        throttle.forgive(work, tried)
        if not fault:
            _store_password(work, person_id, made, keep)
    if fault:
        raise Invalid({"new": fault})


def _store_password(work: Work, person_id: str, made: str, keep: str) -> None:
    person = sign_in.locked(work, person_id)
    person.password_hash = made
    sessions.end_all_but(work, person_id, keep)
    work.record(PasswordChanged(person_id))
    notices.tell(work, person, "password")


def change_second_factor(
    home: Installation, person_id: str, current: str, secret: str, new: str, keep: str, origin: Origin
) -> None:
    """Replace the authenticator app, shown by a code of the old (or a recovery code) and one of the new.

    Every other session ends. Raises Invalid for `current` or `new`, and Throttled.
    """
    with home.write(person_id) as work:
        person = sign_in.locked(work, person_id)
        step = second_factors.step_of(secret, new, work.now, None)
        if step is None:
            raise Invalid({"new": WRONG_CODE})
        right = sign_in.spend(work, person, current, origin) is not None
        if right:
            person.totp_secret, person.totp_last_step = secret, step
            sessions.end_all_but(work, person_id, keep)
            work.record(SecondFactorChanged(person_id))
            notices.tell(work, person, "second_factor")
    if not right:
        raise Invalid({"current": WRONG_CODE})


def renew_recovery_codes(home: Installation, person_id: str, code: str, origin: Origin) -> list[str]:
    """New recovery codes, to be shown once. Raises Invalid for `code`, and Throttled."""
    with home.write(person_id) as work:
        person = sign_in.locked(work, person_id)
        right = sign_in.spend(work, person, code, origin) is not None
        codes = second_factors.new_recovery_codes(work, person_id) if right else []
        if right:
            notices.tell(work, person, "new_codes")
    if not codes:
        raise Invalid({"code": WRONG_CODE})
    return codes


def choose_language(home: Installation, person_id: str, language: str) -> None:
    """Keep the language that the person reads pages and letters in."""
    if language not in LANGUAGES:
        raise NotFound
    with home.write(person_id) as work:
        sign_in.locked(work, person_id).language = language
