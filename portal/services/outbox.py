"""Delivering the letters of the outbox: at least once, each under one Message-ID, later and later when it fails."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.engine import CursorResult

from portal import mail
from portal.mail import Envelope, NotSent
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store.models import Letter

AT_ONCE = 50
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
Send = Callable[[Settings, Envelope], None]


def deliver(home: Installation, send: Send = mail.send) -> int:
    """Send the letters whose time has come; how many were sent.

    A letter is claimed by moving its next attempt ahead, so that two workers never send it at the same time, and
    marked as sent after delivery: a worker killed between the two sends it again, under the same Message-ID.
    """
    sent = 0
    for letter_id, attempts in _waiting(home):
        envelope = _claim(home, letter_id, attempts)
        if envelope is None:
            continue
        try:
            send(home.settings, envelope)
        except NotSent as error:
            _note(home, letter_id, error=str(error)[:300])
        else:
            _note(home, letter_id, sent_at=home.clock())
            sent += 1
    return sent


def wait_after(attempts: int) -> timedelta:
    """How long to wait before the next attempt, doubled for each one made."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def _waiting(home: Installation) -> list[tuple[str, int]]:
    now = home.clock()
    with home.read() as session:
        rows = session.execute(
            select(Letter.id, Letter.attempts)
            .where(Letter.sent_at.is_(None), or_(Letter.not_before.is_(None), Letter.not_before <= now))
            .order_by(Letter.created_at, Letter.id)
            .limit(AT_ONCE)
        )
        return [(letter_id, attempts) for letter_id, attempts in rows]


def _claim(home: Installation, letter_id: str, attempts: int) -> Envelope | None:
    with home.write() as work:
        claimed = work.session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.attempts == attempts, Letter.sent_at.is_(None))
            .values(attempts=attempts + 1, not_before=work.now + wait_after(attempts + 1))
        )
        if not isinstance(claimed, CursorResult) or claimed.rowcount != 1:
            return None
        letter = work.session.get_one(Letter, letter_id)
        return Envelope(letter.id, letter.address, letter.subject, letter.body, letter.created_at)


def _note(
    home: Installation, letter_id: str, *, sent_at: datetime | None = None, error: str | None = None
) -> None:
    with home.write() as work:
        work.session.execute(
            update(Letter).where(Letter.id == letter_id).values(sent_at=sent_at, error=error)
        )
