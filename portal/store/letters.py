"""Queries about the letters of the outbox."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.store.models import Letter


def latest(session: Session, most: int) -> Sequence[Letter]:
    """The letters written last, the newest first."""
    return session.scalars(
        select(Letter).order_by(Letter.created_at.desc(), Letter.id.desc()).limit(most)
    ).all()


def waiting(session: Session) -> int:
    """How many letters have not been sent."""
    return session.scalar(select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))) or 0
