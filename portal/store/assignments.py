"""Queries about who is asked to answer which requirement of a declaration."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from portal.store.models import Assignment, Connection, Membership, Organisation, Person, StepState
from workflows.status import OPEN


@dataclass(frozen=True)
class Asked:
    """An assignment with the connection it belongs to, as the one who is asked meets it."""

    assignment: Assignment
    connection: Connection
    organisation: Organisation
    asked_by_name: str


def is_asked(session: Session, connection_id: str, requirement: str, person_id: str) -> bool:
    """True when the person has been asked to answer the requirement and the question has not been taken back."""
    found = session.scalar(
        select(Assignment.id)
        .where(
            Assignment.connection_id == connection_id,
            Assignment.requirement == requirement,
            Assignment.person_id == person_id,
            Assignment.withdrawn_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def asked_of(session: Session, connection_id: str, requirement: str) -> set[str]:
    """The persons who have been asked about the requirement and still are members."""
    rows = session.scalars(
        select(Assignment.person_id)
        .join(Connection, Connection.id == Assignment.connection_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.connection_id == connection_id,
            Assignment.requirement == requirement,
            Assignment.withdrawn_at.is_(None),
            Person.disabled_at.is_(None),
            exists().where(
                Membership.person_id == Assignment.person_id,
                Membership.organisation_id == Connection.organisation_id,
                Membership.ended_at.is_(None),
            ),
        )
    )
    return {found for found in rows if found}


def open_of(
    session: Session, connection_id: str, requirement: str, email: str, *, lock: bool = False
) -> Assignment | None:
    """The question that this e-mail has not answered yet; `lock` keeps it for the rest of a write transaction."""
    query = (
        select(Assignment)
        .where(
            Assignment.connection_id == connection_id,
            Assignment.requirement == requirement,
            Assignment.email == email,
            Assignment.done_at.is_(None),
            Assignment.withdrawn_at.is_(None),
        )
        .order_by(Assignment.id)
        .limit(1)
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def of_connection(
    session: Session, connection_id: str, requirement: str | None = None
) -> list[tuple[Assignment, str, str]]:
    """Who is asked and by whom, not what was taken back: (assignment, name or e-mail, name of the asker).

    What is not done comes first, by due date; those without a date come last.
    """
    asker = Person.__table__.alias("asker")
    query = (
        select(Assignment, func.coalesce(Person.name, Assignment.email), asker.c.name)
        .outerjoin(Person, Person.id == Assignment.person_id)
        .join(asker, asker.c.id == Assignment.asked_by)
        .where(Assignment.connection_id == connection_id, Assignment.withdrawn_at.is_(None))
    )
    if requirement is not None:
        query = query.where(Assignment.requirement == requirement)
    rows = [(row[0], str(row[1]), str(row[2])) for row in session.execute(query)]
    return sorted(rows, key=lambda row: (row[0].done_at is not None, *_by_due(row[0])))


def of_person(session: Session, person_id: str) -> list[Asked]:
    """What the person is asked and has not answered, across connections that can be answered, by due date."""
    rows = session.execute(
        select(Assignment, Connection, Organisation, Person.name)
        .join(Connection, Connection.id == Assignment.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .join(Person, Person.id == Assignment.asked_by)
        .where(*_waiting(person_id))
    ).all()
    return sorted((Asked(*row) for row in rows), key=lambda found: _by_due(found.assignment))


def count(person_id: str) -> ColumnElement[int]:
    """How many rows `of_person` gives, as a part of a larger question."""
    return (
        select(func.count(Assignment.id))
        .join(Connection, Connection.id == Assignment.connection_id)
        .where(*_waiting(person_id))
        .scalar_subquery()
    )


def _waiting(person_id: str) -> Sequence[ColumnElement[bool]]:
    """What is left to answer for a person who still belongs, while the declaration is open for answers."""
    return (
        Assignment.person_id == person_id,
        Assignment.done_at.is_(None),
        Assignment.withdrawn_at.is_(None),
        exists().where(
            Membership.person_id == person_id,
            Membership.organisation_id == Connection.organisation_id,
            Membership.ended_at.is_(None),
        ),
        exists().where(
            StepState.connection_id == Connection.id,
            StepState.step == "declaration",
            StepState.status.in_([status.value for status in OPEN]),
        ),
    )


def _by_due(found: Assignment) -> tuple[bool, str, str]:
    return found.due is None, found.due.isoformat() if found.due else "", found.requirement
