"""Queries about the thread on a requirement: what is said there, to whom, and what somebody has not read yet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.store.models import Connection, Membership, Mention, Organisation, Person, Remark
from workflows.access import OWNER_ROLES, Role

OWN, BOTH = "own", "both"
ORGANISATION, OWNER = "organisation", "owner"


@dataclass(frozen=True)
class Entry:
    """A remark with the name of who wrote it and of those it mentions."""

    remark: Remark
    name: str
    mentioned: tuple[str, ...]


@dataclass(frozen=True)
class Unread:
    """A remark that mentions somebody who has not read it."""

    remark: Remark
    connection: Connection
    organisation: Organisation
    name: str


def of_requirement(session: Session, connection_id: str, requirement: str, *, own: bool) -> list[Entry]:
    """The thread, the oldest first; what only the organisation may read is there only when `own`."""
    query = (
        select(Remark, Person.name)
        .join(Person, Person.id == Remark.written_by)
        .where(Remark.connection_id == connection_id, Remark.requirement == requirement)
        .order_by(Remark.written_at, Remark.id)
    )
    if not own:
        query = query.where(Remark.audience == BOTH)
    rows = session.execute(query).all()
    named: dict[str, list[str]] = {}
    for remark_id, name in session.execute(
        select(Mention.remark_id, Person.name)
        .join(Person, Person.id == Mention.person_id)
        .where(Mention.remark_id.in_([row[0].id for row in rows]))
        .order_by(Person.name)
    ):
        named.setdefault(remark_id, []).append(name)
    return [Entry(row[0], row[1], tuple(named.get(row[0].id, ()))) for row in rows]


def counts(session: Session, connection_id: str, *, own: bool) -> dict[str, int]:
    """How many remarks each requirement has, of those that may be read."""
    query = (
        select(Remark.requirement, func.count())
        .where(Remark.connection_id == connection_id)
        .group_by(Remark.requirement)
    )
    if not own:
        query = query.where(Remark.audience == BOTH)
    return {row[0]: row[1] for row in session.execute(query)}


def hidden_remarks(session: Session, connection_id: str) -> frozenset[str]:
    """The ids of the remarks that only the organisation may read."""
    return frozenset(
        session.scalars(
            select(Remark.id).where(Remark.connection_id == connection_id, Remark.audience == OWN)
        )
    )


def own_remarks(session: Session, ids: Collection[str]) -> frozenset[str]:
    """Those of these remarks that only their organisation may read."""
    query = select(Remark.id).where(Remark.id.in_(ids), Remark.audience == OWN)
    return frozenset(session.scalars(query)) if ids else frozenset()


def last_of_owner(session: Session, connection_id: str, requirement: str) -> str | None:
    """The person of the owner who wrote last in the thread; None when nobody has."""
    return session.scalars(
        select(Remark.written_by)
        .where(Remark.connection_id == connection_id, Remark.requirement == requirement, Remark.side == OWNER)
        .order_by(Remark.written_at.desc(), Remark.id.desc())
        .limit(1)
    ).one_or_none()


def holders(session: Session, organisation_id: str, roles: Iterable[Role]) -> list[Person]:
    """The members of an organisation who hold one of the roles, by name."""
    rows = session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Membership.role.in_([role.value for role in roles]),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    )
    return list(dict.fromkeys(rows))


def unread(session: Session, person_id: str) -> list[Unread]:
    """The remarks that mention the person, that the person may still read and has not read, the newest first."""
    rows = session.execute(
        select(Remark, Connection, Organisation, Person.name)
        .join(Mention, Mention.remark_id == Remark.id)
        .join(Connection, Connection.id == Remark.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .join(Person, Person.id == Remark.written_by)
        .where(*_unread(person_id))
        .order_by(Remark.written_at.desc(), Remark.id.desc())
    ).all()
    return [Unread(*row) for row in rows]


def count(person_id: str) -> ColumnElement[int]:
    """How many rows `unread` gives, as a part of a larger question."""
    return (
        select(func.count(Remark.id))
        .join(Mention, Mention.remark_id == Remark.id)
        .join(Connection, Connection.id == Remark.connection_id)
        .where(*_unread(person_id))
        .scalar_subquery()
    )


def _unread(person_id: str) -> tuple[ColumnElement[bool], ...]:
    member = exists().where(
        Membership.person_id == person_id,
        Membership.organisation_id == Connection.organisation_id,
        Membership.ended_at.is_(None),
    )
    of_owner = exists().where(
        Membership.person_id == person_id,
        Membership.role.in_([role.value for role in OWNER_ROLES]),
        Membership.ended_at.is_(None),
    )
    return (
        Mention.person_id == person_id,
        Mention.read_at.is_(None),
        or_(member, and_(Remark.audience == BOTH, of_owner)),
    )
