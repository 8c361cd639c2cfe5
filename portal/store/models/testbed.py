"""Test objects with their certificates, and the verification runs made against them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.models.base import Base, Identified, Versioned


class TestObject(Identified, Versioned, Base):
    """An access point or message service of one organisation in one environment, with what it is made of."""

    __test__ = False
    __tablename__ = "test_object"

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), unique=True)
    environment: Mapped[str] = mapped_column(String(20))
    participant_id: Mapped[str] = mapped_column(String(260))
    operator: Mapped[str] = mapped_column(String(200), default="")
    ap_product: Mapped[str] = mapped_column(String(120), default="")
    ap_version: Mapped[str] = mapped_column(String(40), default="")
    mt_product: Mapped[str] = mapped_column(String(120), default="")
    mt_version: Mapped[str] = mapped_column(String(40), default="")
    mk_product: Mapped[str] = mapped_column(String(120), default="")
    mk_version: Mapped[str] = mapped_column(String(40), default="")
    last_run: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class Certificate(Identified, Base):
    """A certificate somebody uploaded; never a private key."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("test_object_id", "purpose", "sha256"),)

    test_object_id: Mapped[str] = mapped_column(ForeignKey("test_object.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    sha256: Mapped[str] = mapped_column(String(64))
    pem: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(500))
    issuer: Mapped[str] = mapped_column(String(500))
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class Run(Identified, Base):
    """One execution of a suite. `plan` is the check numbers as JSON; one unfinished run per test object."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("test_object_id", "number"),
        Index(
            "uq_run_in_progress",
            "test_object_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id"), index=True)
    test_object_id: Mapped[str] = mapped_column(ForeignKey("test_object.id"))
    number: Mapped[int]
    suite: Mapped[str] = mapped_column(String(60))
    suite_version: Mapped[str] = mapped_column(String(20))
    pack: Mapped[str] = mapped_column(String(60))
    pack_version: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Text)
    started_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    executor: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    fault_owner: Mapped[str | None] = mapped_column(String(12))


class Result(Identified, Base):
    """The one visible result of a check in a run; `body` is the robot's result as JSON."""

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("run_id", "check"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"))
    check: Mapped[str] = mapped_column(String(4))
    outcome: Mapped[str] = mapped_column(String(16))
    evidence_sha256: Mapped[str] = mapped_column(String(64))
    milliseconds: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime]
