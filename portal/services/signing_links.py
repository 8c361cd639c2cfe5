"""Signing through a one-time link: made for a named signatory, opened with a code that comes another way, used once."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.services import accounts, cases, facts, steps, throttle
from portal.services.cases import Case
from portal.services.declaration_lines import Line, lines
from portal.services.declaration_record import answers_part, answers_sha256
from portal.services.installation import Installation, Work
from portal.services.letters import owner_of
from portal.services.sessions import Origin, hash_of
from portal.store import people, signing_links
from portal.store.connections import roles_towards
from portal.store.models import Person, SigningLink
from portal.store.models.base import new_id
from portal.texts import DEFAULT_LANGUAGE, text
from workflows import journey
from workflows.access import Role, may
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.events import SigningLinkEnded, SigningLinkMade
from workflows.forms import is_email
from workflows.identifiers import clean
from workflows.status import Status

VALID = timedelta(hours=72)
TRIES = 5
MOST_PER_HOUR = 10
CODE_LENGTH = 6
# Without letters and digits that sound or look like another: the code is read out over the telephone.
ALPHABET = "ABCDEFGHJKLMNPRTUVWXY346789"
LONGEST_NAME = 200
SIGN = journey.move("declaration", "sign")


@dataclass(frozen=True)
class Made:
    """A link that was just made; the code is known to nobody else and is not kept."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Opened:
    """What the signatory reads and signs: the case, its lines, their hash, and as whom."""

    case: Case
    lines: list[Line]
    sha256: str
    name: str
    email: str
    submitted_by: str
    reasons: Sequence[Reason]


def make(home: Installation, person_id: str, connection_id: str, name: str, email: str) -> Made:
    """Make a link for a named signatory and send it; an earlier one stops working.

    Raises Invalid for `name` or `email`, and Blocked when the declaration cannot be signed now, with every reason.
    """
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    called, address = clean(name).strip(), email.strip().casefold()
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "declaration.submit")
        reasons = _against(work.session, case, work)
        if reasons:
            raise Blocked(reasons)
        _check(work, person_id, called, address)
        _end_open(work, case)
        token = secrets.token_urlsafe(32)
        link = SigningLink(
            id=new_id(),
            token_hash=hash_of(token),
            code_hash=_code_hash(home, hash_of(token), code),
            connection_id=connection_id,
            step=SIGN.step,
            name=called,
            email=address,
            tries=0,
            made_by=person_id,
            created_at=work.now,
            expires_at=work.now + VALID,
        )
        work.session.add(link)
        work.record(
            SigningLinkMade(link.id, SIGN.step), organisation=case.organisation.id, connection=connection_id
        )
        _letter(work, case, link, token)
        return Made(code, link.expires_at)


def withdraw(home: Installation, person_id: str, connection_id: str) -> bool:
    """The open link stops working; False when there is none."""
    with home.write(person_id) as work:
        return _end_open(work, cases.fetch(work.session, person_id, connection_id, "declaration.submit"))


def open_with(home: Installation, token: str, code: str, origin: Origin) -> bool:
    """True when the code opens the link. Nothing tells a wrong code from a link that is unknown, used or over.

    A link that is guessed at five times stops working. Raises Throttled, for unknown links as well.
    """
    hashed = hash_of(token)
    with home.write() as work:
        tried = throttle.begin(work, f"signing:{hashed}", origin.address)
        link = _held(work.session, hashed)
        right = hmac.compare_digest(
            link.code_hash if link else "", _code_hash(home, hashed, "".join(code.split()).upper())
        )
        if link is None or _case_of(work.session, link, work.now) is None:
            return False
        if right:
            throttle.forgive(work, tried)
            return True
        link.tries += 1
        if link.tries >= TRIES:
            _end(
                work, cases.fetch(work.session, None, link.connection_id, "declaration.see"), link, "guessed"
            )
        return False


def look(home: Installation, session: Session, token: str) -> Opened:
    """What the link leads to, for someone who has given the code. Raises NotFound when it no longer works."""
    link = signing_links.by_token(session, hash_of(token))
    now = home.clock()
    case = _case_of(session, link, now) if link else None
    if link is None or case is None:
        raise NotFound
    counted = lines(session, case.connection)
    person = people.by_email(session, link.email)
    maker = session.get_one(Person, link.made_by)
    return Opened(
        case,
        counted,
        answers_sha256(answers_part(counted)),
        person.name if person else link.name,
        link.email,
        maker.name,
        _against(session, case, Work(home, session, None, now)),
    )


def sign(home: Installation, token: str, seen: str) -> None:
    """Sign what was read and use the link up; the signatory becomes a person of the organisation without password.

    Raises NotFound when the link no longer works, and Blocked when something stands against the signature or the
    answers are no longer those with the hash `seen`.
    """
    if not seen:
        raise Blocked((Reason("answers_changed", place="declaration"),))
    with home.write() as work:
        link = _held(work.session, hash_of(token))
        case = _case_of(work.session, link, work.now) if link else None
        if link is None or case is None:
            raise NotFound
        work.actor = link.made_by
        person = accounts.add_person(
            work,
            email=link.email,
            name=link.name,
            organisation_id=case.organisation.id,
            role=Role.SIGNATORY,
        )
        if person.disabled_at is not None:
            raise NotFound
        work.actor = person.id
        own = cases.fetch(work.session, person.id, link.connection_id, str(SIGN.who))
        steps.make_within(work, own, SIGN, steps.Wish(seen=seen))
        link.used_at = work.now


def _against(session: Session, case: Case, work: Work) -> tuple[Reason, ...]:
    """What stands against the signature: the status first, else the guards of the move."""
    status = case.states[SIGN.step]
    if status is not Status.SIGNING:
        return (Reason("not_now", {"step": SIGN.step, "status": status}, place=SIGN.step),)
    return journey.reasons_against(SIGN, facts.of(session, case, today=work.today, actor=work.actor))


def standing(session: Session, case: Case, now: datetime) -> SigningLink | None:
    """The link of the connection that works at that moment, for those who hand over for signature."""
    link = signing_links.open_of(session, case.connection.id, now, case.rows[SIGN.step].since)
    return link if link and _case_of(session, link, now) else None


def _held(session: Session, token_hash: str) -> SigningLink | None:
    """The link of that token, held for the rest of the transaction.

    Its connection is held first, as by everybody else who changes something there: in another order two would wait
    for each other.
    """
    connection_id = signing_links.connection_of(session, token_hash)
    if connection_id is None:
        return None
    cases.fetch(session, None, connection_id, "declaration.see")
    return signing_links.by_token(session, token_hash, lock=True)


def _case_of(session: Session, link: SigningLink, now: datetime) -> Case | None:
    """The case that the link opens.

    None when it is used, withdrawn, over or made before the answers were reopened, when its maker may no longer hand
    over for signature, and when the signatory has left the organisation since.
    """
    if link.used_at or link.withdrawn_at or link.expires_at <= now:
        return None
    case = cases.fetch(session, None, link.connection_id, "declaration.see")
    row, home = case.rows[SIGN.step], case.organisation.id
    if row.status != Status.SIGNING or row.since > link.created_at:
        return None
    if not may("declaration.submit", roles_towards(session, link.made_by, home)):
        return None
    return None if people.has_left_since(session, link.email, home, link.created_at) else case


def _check(work: Work, maker: str, name: str, email: str) -> None:
    errors: dict[str, Reason] = {}
    if not name:
        errors["name"] = Reason("person_name_missing")
    elif len(name) > LONGEST_NAME:
        errors["name"] = Reason("too_long", {"n": len(name) - LONGEST_NAME, "max": LONGEST_NAME})
    if not is_email(email):
        errors["email"] = Reason("email_form", {"value": email[:80]})
    person = people.by_email(work.session, email)
    if person is not None and "email" not in errors:
        if person.id == maker:
            errors["email"] = Reason("signatory_is_maker")
        elif person.disabled_at is not None or _is_owners(work, person):
            errors["email"] = Reason("signatory_unfit", {"value": email[:80]})
    if errors:
        raise Invalid(errors)
    if signing_links.made_since(work.session, maker, work.now - timedelta(hours=1)) >= MOST_PER_HOUR:
        raise Invalid({"email": Reason("signing_limit", {"n": MOST_PER_HOUR})})


def _is_owners(work: Work, person: Person) -> bool:
    """True for those who review: nobody signs for an organisation and decides for the owner."""
    owner = owner_of(work)
    return any(held.organisation_id == owner for held, _ in people.memberships(work.session, person.id))


def _end_open(work: Work, case: Case) -> bool:
    found = work.session.scalars(
        select(SigningLink)
        .where(
            SigningLink.connection_id == case.connection.id,
            SigningLink.used_at.is_(None),
            SigningLink.withdrawn_at.is_(None),
        )
        .with_for_update()
    ).all()
    for link in found:
        _end(work, case, link, "withdrawn")
    return bool(found)


def _end(work: Work, case: Case, link: SigningLink, why: str) -> None:
    link.withdrawn_at = work.now
    work.record(
        SigningLinkEnded(link.id, why), organisation=case.organisation.id, connection=case.connection.id
    )


def _code_hash(home: Installation, token_hash: str, code: str) -> str:
    """The code under a key that is not in the database: six characters alone could be tried out in a moment."""
    return hmac.new(home.key, f"signing-code:{token_hash}:{code}".encode(), sha256).hexdigest()


def _letter(work: Work, case: Case, link: SigningLink, token: str) -> None:
    person = people.by_email(work.session, link.email)
    language = person.language if person else DEFAULT_LANGUAGE
    maker = work.session.get_one(Person, link.made_by)
    words = {
        "name": link.name,
        "organisation": case.organisation.name,
        "reference": case.connection.reference,
        "maker": maker.name,
        "hours": VALID // timedelta(hours=1),
        "link": f"{work.installation.settings.address}/signing/{token}",
    }
    work.mail(
        link.email,
        text("signing.mail.subject", language, **words),
        text("signing.mail.body", language, **words),
        person.id if person else None,
    )
