"""Answers to the requirements of a declaration, and what the reviewer said of each line."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
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
