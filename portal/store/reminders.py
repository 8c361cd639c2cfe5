"""Queries about what has a day to be kept: actions, questions, evidence and conditions, and what was reminded of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store import evidence
from portal.store.models import (
    Action,
    Assignment,
    Condition,
    Connection,
    Evidence,
    Organisation,
    Reminder,
    StepState,
)
from workflows.risk import DONE, UNFINISHED
from workflows.status import OPEN

Row = TypeVar("Row", Action, Assignment, Condition, Evidence)
REMEMBERED = timedelta(days=40)


@dataclass(frozen=True)
class Dated(Generic[Row]):
    """A row with a day, and whose connection it belongs to."""

    row: Row
    connection: Connection
    organisation: Organisation


def actions(session: Session, until: date) -> list[Dated[Action]]:
    """Unfinished actions that are due on the day or before, also those that are late."""
    rows = session.execute(
        select(Action, Connection, Organisation)
        .join(Connection, Connection.id == Action.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .where(Action.status.in_(UNFINISHED), Action.due <= until)
        .order_by(Action.due, Action.id)
    )
    return [Dated(*row) for row in rows]


def assignments(session: Session, until: date) -> list[Dated[Assignment]]:
    """Questions that are due on the day or before, while the declaration is open for answers."""
    rows = session.execute(
        select(Assignment, Connection, Organisation)
        .join(Connection, Connection.id == Assignment.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .join(StepState, StepState.connection_id == Connection.id)
        .where(
            StepState.step == "declaration",
            StepState.status.in_([status.value for status in OPEN]),
            Assignment.due <= until,
            Assignment.done_at.is_(None),
            Assignment.withdrawn_at.is_(None),
        )
        .order_by(Assignment.due, Assignment.id)
    )
    return [Dated(*row) for row in rows]


def conditions(session: Session, until: date) -> list[Dated[Condition]]:
    """Conditions of decisions that the organisation has not met, and that have not lapsed."""
    rows = session.execute(
        select(Condition, Connection, Organisation)
        .join(Connection, Connection.id == Condition.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .outerjoin(Action, Action.id == Condition.action_id)
        .where(
            Condition.due <= until,
            Condition.met_at.is_(None),
            Condition.lapsed_at.is_(None),
            Action.status.is_(None) | (Action.status != DONE),
        )
        .order_by(Condition.due, Condition.id)
    )
    return [Dated(*row) for row in rows]


def expiring(session: Session, today: date, days: int) -> list[Dated[Evidence]]:
    """Evidence that stands and runs out within so many days, or has run out."""
    found = evidence.expiring(session, today, days)
    homes = {
        row[0].id: (row[0], row[1])
        for row in session.execute(
            select(Connection, Organisation)
            .join(Organisation, Organisation.id == Connection.organisation_id)
            .where(Connection.id.in_({row.connection_id for row in found}))
        )
    }
    return [Dated(row, *homes[row.connection_id]) for row in found]


def is_sent(session: Session, about: str, target_id: str, threshold: str) -> bool:
    """True when this very reminder has been sent."""
    return session.get(Reminder, (about, target_id, threshold)) is not None


def sent(session: Session, now: datetime) -> frozenset[tuple[str, str, str]]:
    """The reminders sent lately, as far back as one of today can have been sent: (about, row, threshold)."""
    rows = session.execute(
        select(Reminder.about, Reminder.target_id, Reminder.threshold).where(
            Reminder.sent_at >= now - REMEMBERED
        )
    )
    return frozenset((row[0], row[1], row[2]) for row in rows)
