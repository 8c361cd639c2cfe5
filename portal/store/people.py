"""Queries about people: who a session belongs to, and who is a member of what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import Membership, Organisation, Person, SignInSession
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
    )


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
