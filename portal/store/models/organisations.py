"""The federation, its organisations and the catalogues that answers refer to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.models.base import Base, Identified


class Federation(Base):
    """The one federation that this installation serves."""

    __tablename__ = "federation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    rule_book: Mapped[str] = mapped_column(String(40))
    last_reference: Mapped[int] = mapped_column(default=0)
    demo: Mapped[bool] = mapped_column(default=False)


class Organisation(Identified, Base):
    """Anyone with an organisation number or code. `part` is participant, supplier, operator or owner."""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("kind", "scb_code"),
        Index("ix_organisation_part_sort_key", "part", "sort_key"),
    )

    name: Mapped[str] = mapped_column(String(200))
    # PostgreSQL would otherwise sort by the language of its own database, and skip signs.
    sort_key: Mapped[str] = mapped_column(String(400).with_variant(String(400, collation="C"), "postgresql"))
    part: Mapped[str] = mapped_column(String(12), default="participant")
    kind: Mapped[str] = mapped_column(String(20))
    org_number: Mapped[str | None] = mapped_column(String(10), unique=True)
    scb_code: Mapped[str | None] = mapped_column(String(4))
    county_code: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime]


class StoredCatalogue(Base):
    """One version of a catalogue, as answers refer to it; never edited in place."""

    __tablename__ = "catalogue"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime]


class CatalogueDraft(Identified, Base):
    """What the owner has uploaded as the next version; the one that is neither published nor withdrawn stands."""

    __tablename__ = "catalogue_draft"

    catalogue_id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
