"""Queries about the conditions of decisions: those of a connection, those that have passed, those that ask for the owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from portal.store.models import Action, Condition, Connection, Decision, Organisation
from workflows import conditions as rules
from workflows.risk import DONE


@dataclass(frozen=True)
class Held:
    """A condition with the decision it belongs to, the action that meets it, and whose connection it is."""

    condition: Condition
    decision: Decision
    action: Action | None
    connection: Connection
    organisation: Organisation

    @property
    def state(self) -> str:
        return rules.state(
            met=self.condition.met_at is not None,
            lapsed=self.condition.lapsed_at is not None,
            action=self.action.status if self.action else None,
        )


def of_connection(session: Session, connection_id: str) -> list[Held]:
    """The conditions of a connection by their day."""
    return _held(session, _query().where(Condition.connection_id == connection_id))


def one(session: Session, connection_id: str, condition_id: str) -> Held | None:
    """One condition of the connection, or None."""
    found = _held(
        session, _query().where(Condition.connection_id == connection_id, Condition.id == condition_id)
    )
    return found[0] if found else None


def passed(session: Session, today: date) -> Sequence[Condition]:
    """The conditions whose day is over, that nobody has confirmed and that have not lapsed yet."""
    return session.scalars(
        select(Condition)
        .where(_open(), Condition.lapsed_at.is_(None), Condition.due < today)
        .order_by(Condition.due, Condition.id)
    ).all()


def for_owner(session: Session) -> list[Held]:
    """What the owner has to look at: conditions that lapsed, and those whose action is done, by their day."""
    asked = (Condition.lapsed_at.is_not(None)) | (Action.status == DONE)
    return _held(session, _query().where(_open(), asked))


def _open() -> ColumnElement[bool]:
    return Condition.met_at.is_(None)


def _query() -> Select[Condition, Decision, Action, Connection, Organisation]:
    return (
        select(Condition, Decision, Action, Connection, Organisation)
        .join(Decision, Decision.id == Condition.decision_id)
        .join(Connection, Connection.id == Condition.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .outerjoin(Action, Action.id == Condition.action_id)
        .order_by(Condition.due, Condition.id)
    )


def _held(
    session: Session, query: Select[Condition, Decision, Action, Connection, Organisation]
) -> list[Held]:
    return [Held(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(query).all()]
