"""Queries about one-time links for signing."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.store.models import SigningLink


def by_token(session: Session, token_hash: str, *, lock: bool = False) -> SigningLink | None:
    """The link whose token has this hash, or None; `lock` keeps it for the rest of a write transaction."""
    query = select(SigningLink).where(SigningLink.token_hash == token_hash)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def connection_of(session: Session, token_hash: str) -> str | None:
    """The id of the connection that the link with this token leads to, or None."""
    return session.scalar(select(SigningLink.connection_id).where(SigningLink.token_hash == token_hash))


def made_since(session: Session, person_id: str, moment: datetime) -> int:
    """How many links the person has made after the moment."""
    made = select(func.count()).where(SigningLink.made_by == person_id, SigningLink.created_at > moment)
    return session.scalars(made).one()


def open_of(session: Session, connection_id: str, now: datetime, since: datetime) -> SigningLink | None:
    """The link of the connection that works at that moment, if it was made after `since`."""
    return session.scalars(
        select(SigningLink)
        .where(
            SigningLink.connection_id == connection_id,
            SigningLink.used_at.is_(None),
            SigningLink.withdrawn_at.is_(None),
            SigningLink.expires_at > now,
            SigningLink.created_at >= since,
        )
        .order_by(SigningLink.created_at.desc())
        .limit(1)
    ).one_or_none()
