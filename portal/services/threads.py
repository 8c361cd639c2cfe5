"""The thread on a requirement: what colleagues and the owner's reviewer say to each other about the same line.

A remark is a record: nothing changes or removes it, and a correction is a remark of its own. What is said to the
organisation alone is never read by the owner's people.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.services import cases, thread_letters
from portal.services.cases import Case
from portal.services.declarations import written
from portal.services.installation import Installation, Work
from portal.services.minted import claimed
from portal.store import assignments, connections, declarations, threads
from portal.store.models import Mention, Person, Remark
from portal.store.threads import BOTH, ORGANISATION, OWN, OWNER, Entry
from workflows.access import ORGANISATION_ROLES, TABLE, Role
from workflows.errors import Invalid, NotFound, Reason
from workflows.events import RemarkWritten

MAX_TEXT = 10_000
FOLLOW = frozenset({Role.CONTACT, Role.INFOSEC})


def is_own(case: Case) -> bool:
    """True for someone who belongs to the organisation, and may read what it says to itself."""
    return not case.roles.isdisjoint(ORGANISATION_ROLES)


def of(session: Session, case: Case, requirement: str) -> list[Entry]:
    """The thread as the person of the case may read it, the oldest first."""
    return threads.of_requirement(session, case.connection.id, requirement, own=is_own(case))


def addressees(session: Session, case: Case, audience: str) -> list[Person]:
    """Those who may be mentioned in a remark to that audience: everyone of it who reads declarations, by name."""
    found = threads.holders(session, case.organisation.id, ORGANISATION_ROLES & TABLE["declaration.see"])
    if audience == BOTH:
        owner = connections.federation(session).owner_id
        found += threads.holders(session, owner, TABLE["declaration.review"])
    return list(dict.fromkeys(found))


def write(
    home: Installation,
    person_id: str,
    connection_id: str,
    requirement: str,
    remark_id: str,
    text: str,
    audience: str,
    mentions: Collection[str] = (),
) -> bool:
    """Write a remark under the id its form was made with; False when it is there already.

    `audience` is own or both; the owner's people always write to both. Whoever is mentioned gets a letter. Raises
    Invalid for `text`, `audience` or `mentions`.
    """
    said = written(text)
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "declaration.remark")
        if requirement not in {
            item.id for item in declarations.catalogue(work.session, case.connection).requirements
        }:
            raise NotFound
        chosen = audience if is_own(case) else BOTH
        _check(work.session, case, said, chosen, mentions)
        if claimed(work, Remark, remark_id, connection_id) is not None:
            return False
        side = ORGANISATION if is_own(case) else OWNER
        mentioned = set(mentions) or _without_mention(work.session, case, requirement, chosen, side)
        _store(
            work, case, Remark(id=remark_id, requirement=requirement, audience=chosen, side=side, text=said)
        )
        people = _mention(work, remark_id, mentioned - {person_id})
        _read_thread(work, person_id, connection_id, requirement)
        thread_letters.mentioned(work, case, requirement, remark_id, people)
        return True


def mark_read(home: Installation, person_id: str, remark_id: str) -> None:
    """The person has read what mentions them. Raises NotFound when the remark does not mention the person."""
    with home.write(person_id) as work:
        found = work.session.get(Mention, (remark_id, person_id), with_for_update=True)
        if found is None:
            raise NotFound
        found.read_at = found.read_at or work.now


def _check(session: Session, case: Case, said: str, audience: str, mentions: Iterable[str]) -> None:
    errors: dict[str, Reason] = {}
    if not said:
        errors["text"] = Reason("remark_missing")
    elif len(said) > MAX_TEXT:
        errors["text"] = Reason("too_long", {"n": len(said) - MAX_TEXT, "max": MAX_TEXT})
    if audience not in (OWN, BOTH):
        errors["audience"] = Reason("audience_missing")
    else:
        able = {person.id for person in addressees(session, case, audience)}
        if set(mentions) - able:
            errors["mentions"] = Reason("mention_outside")
    if errors:
        raise Invalid(errors)


def _without_mention(session: Session, case: Case, requirement: str, audience: str, side: str) -> set[str]:
    """Whom a remark to the other side reaches when it mentions nobody, so that no question is left unheard."""
    if audience == OWN:
        return set()
    if side == ORGANISATION:
        asked_by = threads.last_of_owner(session, case.connection.id, requirement)
        able = {person.id for person in addressees(session, case, BOTH)}
        return {asked_by} & able if asked_by else set()
    follow = {person.id for person in threads.holders(session, case.organisation.id, FOLLOW)}
    return follow | assignments.asked_of(session, case.connection.id, requirement)


def _store(work: Work, case: Case, row: Remark) -> None:
    row.connection_id = case.connection.id
    row.written_by, row.written_at = str(work.actor), work.now
    work.session.add(row)
    work.session.flush()
    work.record(
        RemarkWritten(row.id, row.requirement, row.audience),
        organisation=case.organisation.id,
        connection=case.connection.id,
    )


def _mention(work: Work, remark_id: str, ids: Iterable[str]) -> list[Person]:
    people = [work.session.get_one(Person, found) for found in sorted(ids)]
    work.session.add_all([Mention(remark_id=remark_id, person_id=person.id) for person in people])
    work.session.flush()
    return people


def _read_thread(work: Work, person_id: str, connection_id: str, requirement: str) -> None:
    """Whoever answers in a thread has read it."""
    rows = work.session.scalars(
        select(Mention)
        .join(Remark, Remark.id == Mention.remark_id)
        .where(
            Mention.person_id == person_id,
            Mention.read_at.is_(None),
            Remark.connection_id == connection_id,
            Remark.requirement == requirement,
        )
    )
    for row in rows:
        row.read_at = work.now
