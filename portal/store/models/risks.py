"""Information flows, risks and the actions that mend risks and deviations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.models.base import Base, Identified, Versioned


class Flow(Identified, Versioned, Base):
    """Who sends what to whom, with its class per aspect as codes of the consequence scale."""

    __tablename__ = "flow"

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    direction: Mapped[str] = mapped_column(String(10))
    counterpart_kind: Mapped[str] = mapped_column(String(20))
    confidentiality: Mapped[str | None] = mapped_column(String(20))
    integrity: Mapped[str | None] = mapped_column(String(20))
    availability: Mapped[str | None] = mapped_column(String(20))
    traceability: Mapped[str | None] = mapped_column(String(20))
    removed_at: Mapped[datetime | None]


class Risk(Identified, Versioned, Base):
    """A risk with levels stored by code and scale version, never by number."""

    __tablename__ = "risk"
    __table_args__ = (UniqueConstraint("connection_id", "number"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    number: Mapped[int]
    scale_version: Mapped[str] = mapped_column(String(20))
    starter: Mapped[str | None] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    threat: Mapped[str] = mapped_column(Text, default="")
    vulnerability: Mapped[str] = mapped_column(Text, default="")
    affects: Mapped[str] = mapped_column(Text, default="")
    aspects: Mapped[str] = mapped_column(String(80), default="")
    requirements: Mapped[str] = mapped_column(String(400), default="")
    consequence: Mapped[str | None] = mapped_column(String(20))
    likelihood: Mapped[str | None] = mapped_column(String(20))
    treatment: Mapped[str | None] = mapped_column(String(20))
    controls: Mapped[str] = mapped_column(Text, default="")
    current_consequence: Mapped[str | None] = mapped_column(String(20))
    current_likelihood: Mapped[str | None] = mapped_column(String(20))
    residual_consequence: Mapped[str | None] = mapped_column(String(20))
    residual_likelihood: Mapped[str | None] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(200), default="")
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    accepted_until: Mapped[date | None]
    review_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    saved_at: Mapped[datetime]


class Action(Identified, Versioned, Base):
    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("connection_id", "number"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    responsible: Mapped[str] = mapped_column(String(200))
    starts: Mapped[date | None]
    due: Mapped[date | None]
    cost: Mapped[str | None] = mapped_column(String(12))
    effect: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(12), default="planned")
    saved_at: Mapped[datetime]


class ActionTarget(Identified, Base):
    """An action mends a risk (by id) or a deviation (by requirement)."""

    __tablename__ = "action_target"
    __table_args__ = (UniqueConstraint("action_id", "risk_id", "requirement"),)

    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"), index=True)
    risk_id: Mapped[str | None] = mapped_column(ForeignKey("risk.id"), index=True)
    requirement: Mapped[str | None] = mapped_column(String(20))
