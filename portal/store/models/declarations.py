"""Answers to the requirements of a declaration with their history, who is asked, what is said and what shows it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.models.base import Base, Identified, Versioned


class Answer(Identified, Versioned, Base):
    """One answer, keyed by requirement and catalogue version."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("connection_id", "catalogue_version", "requirement"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    catalogue_version: Mapped[str] = mapped_column(String(20))
    requirement: Mapped[str] = mapped_column(String(20))
    value: Mapped[str | None] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(String(10))
    verdict_reason: Mapped[str | None] = mapped_column(String(60))
    verdict_text: Mapped[str] = mapped_column(Text, default="")
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]


class AnswerVersion(Identified, Base):
    """What an answer said at one of its versions; nothing a reviewer may have seen is lost."""

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("answer_id", "version"),)

    answer_id: Mapped[str] = mapped_column(ForeignKey("answer.id"))
    version: Mapped[int]
    value: Mapped[str | None] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime]


class Assignment(Identified, Base):
    """Somebody is asked to answer a requirement; `email` is who was asked, `person_id` who that is once known."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_connection_requirement", "connection_id", "requirement"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    requirement: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    due: Mapped[date | None]
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Remark(Identified, Base):
    """One entry of the thread on a requirement. `audience` is own (the organisation's) or both (the owner's too)."""

    __tablename__ = "remark"
    __table_args__ = (Index("ix_remark_connection_requirement", "connection_id", "requirement"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    requirement: Mapped[str] = mapped_column(String(20))
    audience: Mapped[str] = mapped_column(String(4))
    side: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class Mention(Base):
    """Somebody is named in a remark and has it among their own questions until it is read."""

    __tablename__ = "mention"

    remark_id: Mapped[str] = mapped_column(ForeignKey("remark.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    read_at: Mapped[datetime | None]


class Evidence(Identified, Base):
    """A file or link that shows what an answer says. A newer version names the one it replaces; none is deleted."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_connection_requirement", "connection_id", "requirement"),)

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"))
    requirement: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(4))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000), default="")
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    scan: Mapped[str] = mapped_column(String(10), default="")
    happened_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("evidence.id"))
    added_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
