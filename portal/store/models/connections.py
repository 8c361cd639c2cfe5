"""Connections with one state per step, the forms that belong to them, ticked tasks, decisions and signatures."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.models.base import Base, Identified, Versioned


class Connection(Identified, Versioned, Base):
    """One organisation's case. `stage`, `step` and `turn` are derived on each move and kept for lists."""

    __tablename__ = "connection"
    __table_args__ = (Index("ix_connection_stage_step", "stage", "step"),)

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), unique=True)
    journey: Mapped[str] = mapped_column(String(20))
    journey_version: Mapped[str] = mapped_column(String(10))
    declaration_version: Mapped[str] = mapped_column(String(20))
    risk_version: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(10), default="portal")
    stage: Mapped[str] = mapped_column(String(12), index=True)
    step: Mapped[str] = mapped_column(String(30))
    turn: Mapped[str] = mapped_column(String(12), index=True)
    planned_qa: Mapped[date | None]
    planned_production: Mapped[date | None]
    supplier: Mapped[str] = mapped_column(String(200), default="")
    operator: Mapped[str] = mapped_column(String(200), default="")
    listed: Mapped[bool] = mapped_column(default=False)
    live_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class StepState(Base):
    __tablename__ = "step_state"
    __table_args__ = (Index("ix_step_state_step_status", "step", "status"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(30), primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    turn: Mapped[str] = mapped_column(String(12), index=True)
    since: Mapped[datetime]
    due: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=0)


class FormEntry(Identified, Versioned, Base):
    """The values typed into one form catalogue (order, application) of a connection, as canonical JSON."""

    __tablename__ = "form_entry"
    __table_args__ = (UniqueConstraint("connection_id", "form"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    form: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class TickedTask(Base):
    """A task of a step's list that somebody has done."""

    __tablename__ = "ticked_task"

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(30), primary_key=True)
    task: Mapped[str] = mapped_column(String(60), primary_key=True)
    ticked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    ticked_at: Mapped[datetime]


class Decision(Identified, Base):
    """What the owner decided on a step, with the frozen record it rests on."""

    __tablename__ = "decision"

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), index=True)
    step: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="[]")
    endorsed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    endorsed_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    frozen_sha256: Mapped[str | None] = mapped_column(ForeignKey("frozen.sha256"))


class Signature(Identified, Base):
    """Someone signed the frozen record with this hash."""

    __tablename__ = "signature"

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), index=True)
    record: Mapped[str] = mapped_column(String(20))
    frozen_sha256: Mapped[str] = mapped_column(ForeignKey("frozen.sha256"))
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    signed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime]


class Condition(Identified, Base):
    """What a decision with conditions asks for by a day, and the action that meets it. It lapses by itself."""

    __tablename__ = "condition"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), index=True)
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    action_id: Mapped[str | None] = mapped_column(ForeignKey("action.id"))
    met_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    met_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]


class SigningLink(Identified, Base):
    """A link by which a signatory signs once, with a code that comes another way; both are stored as hashes."""

    __tablename__ = "signing_link"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), index=True)
    step: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    tries: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Frozen(Base):
    """Canonical JSON that a decision, signature or PDF refers to; never changed."""

    __tablename__ = "frozen"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime]
