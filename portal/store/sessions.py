"""Queries about sessions and what was parked for a person whose session had expired."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import ParkedBody, Person, SignInSession
from portal.store.people import IDLE

PARKED_FOR = timedelta(hours=24)


def alive(session: Session, person_id: str, now: datetime) -> Sequence[SignInSession]:
    """The sessions in which the person is signed in, the last used first."""
    rows = session.scalars(
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.second_factor_at.is_not(None),
            SignInSession.expires_at > now,
            SignInSession.seen_at > now - IDLE,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.created_at.desc())
    )
    return rows.all()


def at_second_factor(session: Session, token_hash: str, now: datetime) -> Person | None:
    """The person who has given the right password in this browser and not yet the second factor."""
    return session.scalars(
        select(Person)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.second_factor_at.is_(None),
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()


def person_of_expired(session: Session, token_hash: str, now: datetime) -> str | None:
    """Whose session this was, when it ran out by itself within the last day.

    None for one that was ended: whoever holds the cookie of a session that its owner ended gets to do nothing in the
    owner's name.
    """
    row = session.execute(
        select(SignInSession, Person)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == token_hash)
    ).one_or_none()
    if row is None:
        return None
    seat, person = row
    ran_out = min(seat.expires_at, seat.seen_at + IDLE)
    ended = seat.ended_at is not None or seat.second_factor_at is None or person.disabled_at is not None
    return None if ended or not ran_out <= now < ran_out + PARKED_FOR else person.id


def parked(session: Session, person_id: str, parked_id: str | None, now: datetime) -> ParkedBody | None:
    """What is parked for the person under this id, or the newest when no id is given."""
    mine = (
        select(ParkedBody)
        .where(ParkedBody.person_id == person_id, ParkedBody.created_at > now - PARKED_FOR)
        .order_by(ParkedBody.created_at.desc(), ParkedBody.id.desc())
        .limit(1)
    )
    return session.scalars(mine.where(ParkedBody.id == parked_id) if parked_id else mine).one_or_none()
