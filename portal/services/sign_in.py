"""Signing in: e-mail and password, then the second factor; every try counts before it is examined."""

import ipaddress
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.services import notices, passwords, second_factors, sessions, throttle
from portal.services.installation import Installation, Work
from portal.services.sessions import Origin
from portal.store import people
from portal.store import sessions as session_store
from portal.store.connections import federation
from portal.store.models import Person, SignInSession
from workflows.errors import Forbidden, NotFound, Refusal
from workflows.events import SignedIn


class Lapsed(Refusal):
    """Too long passed between password and second factor: begin again."""


@dataclass(frozen=True)
class Entered:
    """A person who is in: the token for the cookie, and whether it took a recovery code."""

    person_id: str
    token: str
    by_recovery_code: bool = False


def with_password(home: Installation, email: str, password: str, origin: Origin) -> str | None:
    """The token of a session that leads to the second factor, or None when e-mail or password is wrong.

    The answer and the work are the same for an unknown e-mail. Raises Throttled.
    """
    with home.write() as work:
        tried = throttle.begin(work, email, origin.address)
    with home.read() as session:
        person = people.by_email(session, email)
        usable = person is not None and person.disabled_at is None and person.totp_secret is not None
        kept = person.password_hash if person is not None and usable else None
    if not passwords.matches(kept, password) or person is None or kept is None:
        return None
    renewed = passwords.made(password) if passwords.outdated(kept) else None
    with home.write(person.id) as work:
        throttle.forgive(work, tried)
        if renewed is not None:
            locked(work, person.id).password_hash = renewed
        return sessions.begin(work, person.id, origin, second_factor=False)


def with_second_factor(home: Installation, token: str, code: str, origin: Origin) -> Entered | None:
    """A full session under a new token, or None when the code is wrong or used. Raises Lapsed and Throttled."""
    before = sessions.hash_of(token)
    with home.read() as session:
        waiting = session_store.at_second_factor(session, before, home.clock())
    if waiting is None:
        raise Lapsed
    with home.write(waiting.id) as work:
        person = locked(work, waiting.id)
        kind = spend(work, person, code, origin)
        if kind is None:
            return None
        work.session.execute(delete(SignInSession).where(SignInSession.token_hash == before))
        return Entered(person.id, enter(work, person, origin), kind == "recovery")


def again(home: Installation, person_id: str, token_hash: str, code: str, origin: Origin) -> bool:
    """The signed-in person shows the second factor again; False when the code is wrong or used. Raises Throttled."""
    with home.write(person_id) as work:
        if spend(work, locked(work, person_id), code, origin) is None:
            return False
        _refresh(work, token_hash)
        return True


def demo_enter(home: Installation, person_id: str, origin: Origin) -> Entered:
    """Enter as a person of the demo. Raises NotFound anywhere but in a demo that only this machine reaches."""
    with home.write(person_id) as work:
        person = work.session.get(Person, person_id) if is_demo(home, work.session, origin) else None
        if person is None or person.password_hash is not None or person.disabled_at is not None:
            raise NotFound
        return Entered(person.id, enter(work, person, origin))


def demo_again(home: Installation, person_id: str, token_hash: str, origin: Origin) -> None:
    """In the demo a click stands for the second factor. Raises Forbidden elsewhere."""
    with home.write(person_id) as work:
        person = locked(work, person_id)
        if not is_demo(home, work.session, origin) or person.password_hash is not None:
            raise Forbidden
        _refresh(work, token_hash)


def is_demo(home: Installation, session: Session, origin: Origin) -> bool:
    """True in a demo, for somebody at this machine.

    Where the server listens is for its command line to say, and may differ from what the settings tell; so it is
    where the request comes from that decides.
    """
    return home.settings.loopback_only and _at_this_machine(origin) and federation(session).demo


def _at_this_machine(origin: Origin) -> bool:
    try:
        return not origin.relayed and ipaddress.ip_address(origin.address).is_loopback
    except ValueError:
        return False


def enter(work: Work, person: Person, origin: Origin) -> str:
    """A full session of the person, told in the chain; its token."""
    throttle.clear(work, person.email)
    work.record(SignedIn(person.id))
    return sessions.begin(work, person.id, origin)


def locked(work: Work, person_id: str) -> Person:
    """The person's row as it is now, held until the commit, so that no code is used twice at once."""
    return work.session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def spend(work: Work, person: Person, code: str, origin: Origin) -> second_factors.Kind | None:
    """Use up a code of the person, counted as a try like any other; None when it is wrong. Raises Throttled."""
    tried = throttle.begin(work, person.email, origin.address)
    kind = second_factors.accept(work, person, code)
    if kind is not None:
        throttle.forgive(work, tried)
    if kind == "recovery":
        notices.tell(work, person, "recovery", n=second_factors.recovery_codes_left(work, person.id))
    return kind


def _refresh(work: Work, token_hash: str) -> None:
    seat = work.session.get(SignInSession, token_hash)
    if seat is None or seat.ended_at is not None:
        raise NotFound
    seat.second_factor_at = work.now
