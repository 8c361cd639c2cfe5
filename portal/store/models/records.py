"""The installation's own books: the event chain, the mail outbox and the workers' heartbeats."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.models.base import Base, Identified


class StoredEvent(Base):
    """A link of the chain; order is the gapless sequence, never a time."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_connection_seq", "connection_id", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(String(36))
    organisation_id: Mapped[str | None] = mapped_column(String(36))
    connection_id: Mapped[str | None] = mapped_column(String(36))
    rule_book: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class ChainHead(Base):
    """The last link; updating it is what puts writers in order."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Letter(Identified, Base):
    """Mail waiting to be sent, stored with what caused it; sent at least once under one Message-ID.

    `not_before` is when it may be tried again; a worker that tries it moves this ahead first.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_unsent", "sent_at", "created_at"),)

    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(300))


class Worker(Base):
    """A worker process that says it is alive."""

    __tablename__ = "worker"

    executor: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]


class Reminder(Base):
    """A reminder that has been sent, so that it is sent once: what about, which row, and which threshold."""

    __tablename__ = "reminder"

    about: Mapped[str] = mapped_column(String(20), primary_key=True)
    target_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    threshold: Mapped[str] = mapped_column(String(20), primary_key=True)
    sent_at: Mapped[datetime]
