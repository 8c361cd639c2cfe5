"""Queries about information flows, risks and actions, and the risk step's part of the facts that guards ask for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checklists import load
from checklists.schema import RiskCatalogue
from portal.store.models import Action, ActionTarget, Connection, Flow, Risk, StoredEvent
from workflows import risk as rules
from workflows.risk import Assessment


def scale(connection: Connection) -> RiskCatalogue:
    """The risk scale that the connection pinned when it was opened."""
    return load.risk(connection.risk_version)


def flows(session: Session, connection_id: str) -> Sequence[Flow]:
    """The flows that stand, in the order they were added."""
    return session.scalars(
        select(Flow).where(Flow.connection_id == connection_id, Flow.removed_at.is_(None)).order_by(Flow.id)
    ).all()


def flow(session: Session, connection_id: str, flow_id: str, *, lock: bool = False) -> Flow | None:
    query = select(Flow).where(
        Flow.connection_id == connection_id, Flow.id == flow_id, Flow.removed_at.is_(None)
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def classes(found: Flow) -> tuple[str | None, ...]:
    """The flow's class per aspect, in the order of `workflows.risk.ASPECTS`."""
    return (found.confidentiality, found.integrity, found.availability, found.traceability)


def risks(session: Session, connection_id: str) -> Sequence[Risk]:
    """The open risks by number."""
    return session.scalars(
        select(Risk)
        .where(Risk.connection_id == connection_id, Risk.closed_at.is_(None))
        .order_by(Risk.number)
    ).all()


def risk(session: Session, connection_id: str, risk_id: str, *, lock: bool = False) -> Risk | None:
    query = select(Risk).where(
        Risk.connection_id == connection_id, Risk.id == risk_id, Risk.closed_at.is_(None)
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def assessment(found: Risk) -> Assessment:
    """A stored risk as the rules see it."""
    return Assessment(
        number=found.number,
        consequence=found.consequence,
        likelihood=found.likelihood,
        treatment=found.treatment,
        residual_consequence=found.residual_consequence,
        residual_likelihood=found.residual_likelihood,
        owner=found.owner,
        accepted=found.accepted_at is not None,
        current_consequence=found.current_consequence,
        current_likelihood=found.current_likelihood,
        threat=found.threat,
        vulnerability=found.vulnerability,
        accepted_until=found.accepted_until,
    )


@dataclass(frozen=True)
class Targets:
    """What an action mends: ids of risks and requirements of deviations."""

    risks: tuple[str, ...] = field(default=())
    requirements: tuple[str, ...] = field(default=())


def actions(session: Session, connection_id: str) -> Sequence[Action]:
    """The actions by number, cancelled ones too."""
    return session.scalars(
        select(Action).where(Action.connection_id == connection_id).order_by(Action.number)
    ).all()


def action(session: Session, connection_id: str, action_id: str, *, lock: bool = False) -> Action | None:
    query = select(Action).where(Action.connection_id == connection_id, Action.id == action_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def targets(session: Session, connection_id: str) -> dict[str, Targets]:
    """What each action of the connection mends, by action id; an action that mends nothing named is left out."""
    rows = session.execute(
        select(ActionTarget.action_id, ActionTarget.risk_id, ActionTarget.requirement)
        .join(Action, Action.id == ActionTarget.action_id)
        .where(Action.connection_id == connection_id)
        .order_by(ActionTarget.id)
    ).all()
    found: dict[str, tuple[list[str], list[str]]] = {}
    for action_id, risk_id, requirement in rows:
        pair = found.setdefault(action_id, ([], []))
        if risk_id:
            pair[0].append(risk_id)
        if requirement:
            pair[1].append(requirement)
    return {name: Targets(tuple(pair[0]), tuple(pair[1])) for name, pair in found.items()}


def next_number(session: Session, connection_id: str, table: type[Risk] | type[Action]) -> int:
    """The next number of a risk or action of the connection; numbers are never used again.

    Locks the connection where the database can, so that two at once get different numbers.
    """
    session.execute(select(Connection.id).where(Connection.id == connection_id).with_for_update())
    last = session.scalar(select(func.max(table.number)).where(table.connection_id == connection_id))
    return (last or 0) + 1


def last_return(session: Session, connection_id: str) -> dict[str, Any] | None:
    """Reason and text of the last time the risk step was returned, or None when it never was."""
    bodies = session.scalars(
        select(StoredEvent.body)
        .where(StoredEvent.connection_id == connection_id, StoredEvent.kind == "StepMoved")
        .order_by(StoredEvent.seq.desc())
    )
    for body in map(json.loads, bodies):
        if body["step"] == "risk" and body["move"] == "return":
            return dict(body)
    return None


def facts(session: Session, connection: Connection, today: date) -> dict[str, Any]:
    """The risk step's items of `guards.Facts`."""
    return rules.facts(
        scale(connection),
        [(found.name, classes(found)) for found in flows(session, connection.id)],
        [assessment(found) for found in risks(session, connection.id)],
        [
            found.number
            for found in actions(session, connection.id)
            if found.status in rules.UNFINISHED and found.due is None
        ],
        today,
    )
