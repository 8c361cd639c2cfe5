"""Queries about people: who a session belongs to, and who is a member of what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import Invitation, Membership, Organisation, Person, SignInSession
from workflows.access import OWNER_ROLES, Role

IDLE = timedelta(hours=2)
SECOND_FACTOR_FRESH = timedelta(minutes=15)


@dataclass(frozen=True)
class SignedInPerson:
    """The person of a live session, with the owner's roles and the name of the (first) organisation."""

    person: Person
    organisation_name: str
    owner_roles: frozenset[Role]
    second_factor_fresh: bool
    seen_at: datetime


def signed_in(session: Session, token_hash: str, now: datetime) -> SignedInPerson | None:
    """Whose session this is, or None when it has ended, expired or been idle too long."""
    row = session.execute(
        select(SignInSession, Person)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == token_hash)
    ).one_or_none()
    if row is None:
        return None
    seat, person = row
    dead = seat.ended_at is not None or seat.expires_at <= now or seat.seen_at + IDLE <= now
    if dead or person.disabled_at is not None or seat.second_factor_at is None:
        return None
    homes = memberships(session, person.id)
    return SignedInPerson(
        person=person,
        organisation_name=homes[0][1].name if homes else "",
        owner_roles=frozenset(Role(m.role) for m, _ in homes if Role(m.role) in OWNER_ROLES),
        second_factor_fresh=seat.second_factor_at + SECOND_FACTOR_FRESH > now,
        seen_at=seat.seen_at,
    )


def has_left_since(session: Session, email: str, organisation_id: str, moment: datetime) -> bool:
    """True when a membership that the person of that e-mail had in the organisation has ended since the moment."""
    found = session.scalar(
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Person.email == email,
            Membership.organisation_id == organisation_id,
            Membership.ended_at >= moment,
        )
        .limit(1)
    )
    return found is not None


def memberships(session: Session, person_id: str) -> list[tuple[Membership, Organisation]]:
    """The person's current memberships with their organisations, by name."""
    rows = session.execute(
        select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Organisation.sort_key, Membership.role)
    ).all()
    return [(row[0], row[1]) for row in rows]


def of_organisation(session: Session, organisation_id: str) -> list[tuple[Membership, Person]]:
    """The current members of an organisation, by name."""
    rows = session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Person.name, Membership.role)
    ).all()
    return [(row[0], row[1]) for row in rows]


def by_email(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.email == email.strip().casefold())).one_or_none()


def holds(session: Session, person_id: str, organisation_id: str, role: str) -> bool:
    """True when the person has the role in the organisation now."""
    found = session.scalar(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
    )
    return found is not None


def invitations_of(session: Session, organisation_id: str) -> list[Invitation]:
    """Invitations that nobody has accepted or withdrawn, the newest first; some may have expired."""
    rows = session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
    )
    return list(rows)


def without_password(session: Session) -> list[tuple[Organisation, Person, str]]:
    """Everyone of the demo with organisation and role, by the organisation's name and the order they came in."""
    rows = session.execute(
        select(Organisation, Person, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.ended_at.is_(None), Person.password_hash.is_(None), Person.disabled_at.is_(None))
        .order_by(Organisation.sort_key, Membership.id)
    ).all()
    return [(row[0], row[1], row[2]) for row in rows]
