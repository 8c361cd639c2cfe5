"""Sessions of signed-in browsers: begun, seen, listed and ended on the server, never only in a cookie."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update

from portal.services.installation import Installation, Work
from portal.store import sessions
from portal.store.models import SignInSession
from workflows.errors import NotFound
from workflows.events import SessionsEnded

LONGEST = timedelta(hours=12)
KEPT = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)
AT_SECOND_FACTOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: address, what the browser says it is, and whether a proxy handed it on."""

    address: str
    agent: str
    relayed: bool = False


def hash_of(token: str) -> str:
    """The key that the cookie's token has in the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(work: Work, person_id: str, origin: Origin, *, second_factor: bool = True) -> str:
    """A new session and its token; without the second factor it only leads to the page that asks for it."""
    work.session.execute(delete(SignInSession).where(SignInSession.expires_at < work.now - KEPT))
    token = secrets.token_urlsafe(32)
    work.session.add(
        SignInSession(
            token_hash=hash_of(token),
            person_id=person_id,
            created_at=work.now,
            seen_at=work.now,
            expires_at=work.now + (LONGEST if second_factor else AT_SECOND_FACTOR),
            second_factor_at=work.now if second_factor else None,
            address=origin.address[:45],
            agent=origin.agent[:200],
        )
    )
    return token


def see(home: Installation, token_hash: str) -> None:
    """The session has been used just now."""
    with home.write() as work:
        work.session.execute(
            update(SignInSession).where(SignInSession.token_hash == token_hash).values(seen_at=work.now)
        )


def sign_out(home: Installation, person_id: str, token_hash: str) -> None:
    """The person ends the session they are in."""
    with home.write(person_id) as work:
        found = work.session.get(SignInSession, token_hash)
        if found is not None and found.person_id == person_id and found.ended_at is None:
            found.ended_at = work.now


def end(home: Installation, person_id: str, token_hash: str) -> None:
    """The person ends one of their own sessions. Raises NotFound for anybody else's."""
    with home.write(person_id) as work:
        found = work.session.get(SignInSession, token_hash)
        if found is None or found.person_id != person_id:
            raise NotFound
        if found.ended_at is None:
            found.ended_at = work.now
            work.record(SessionsEnded(person_id))


def end_others(home: Installation, person_id: str, keep: str) -> int:
    """The person ends every session but this one; how many there were."""
    with home.write(person_id) as work:
        return end_all_but(work, person_id, keep)


def end_all_but(work: Work, person_id: str, keep: str | None) -> int:
    """End every session of the person except `keep`; how many there were.

    Whoever has given the old password and not yet the second factor begins again too.
    """
    work.session.execute(
        delete(SignInSession).where(
            SignInSession.person_id == person_id, SignInSession.second_factor_at.is_(None)
        )
    )
    others = [row for row in sessions.alive(work.session, person_id, work.now) if row.token_hash != keep]
    for row in others:
        row.ended_at = work.now
    if others:
        work.record(SessionsEnded(person_id))
    return len(others)
