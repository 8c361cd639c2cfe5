"""Versions of catalogues: those that come with the portal and those that the owner has published in it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checklists import load
from checklists.schema import AnyCatalogue, DeclarationCatalogue, Requirement
from portal.store.models import CatalogueDraft, Connection, Person, StoredCatalogue

DECLARATION = "declaration-sdk"
_READ: dict[str, AnyCatalogue] = {}
"""What has been read, by its hash: a published version never changes, and a process meets few of them."""


def get(session: Session, catalogue_id: str, version: str) -> AnyCatalogue:
    """The catalogue of that id and version, shipped or stored; KeyError when there is none."""
    if (catalogue_id, version) in load.shipped():
        return load.get(catalogue_id, version)
    key = (StoredCatalogue.__tablename__, catalogue_id, version)
    if key not in session.info:
        session.info[key] = _stored(session, catalogue_id, version)
    found: AnyCatalogue = session.info[key]
    return found


def _stored(session: Session, catalogue_id: str, version: str) -> AnyCatalogue:
    where = (StoredCatalogue.id == catalogue_id, StoredCatalogue.version == version)
    sha256 = session.scalar(select(StoredCatalogue.sha256).where(*where))
    if sha256 is None:
        raise KeyError(f"{catalogue_id} {version}")
    if sha256 not in _READ:
        _READ[sha256] = load.from_body(session.scalars(select(StoredCatalogue.body).where(*where)).one())
    return _READ[sha256]


def declaration(session: Session, version: str) -> DeclarationCatalogue:
    """A version of the declaration; KeyError when there is none."""
    found = get(session, DECLARATION, version)
    if not isinstance(found, DeclarationCatalogue):
        raise KeyError(f"{found.id} {version} is no declaration")
    return found


def versions(session: Session) -> list[StoredCatalogue]:
    """Every stored version of the declaration, the newest first."""
    rows = session.scalars(select(StoredCatalogue).where(StoredCatalogue.id == DECLARATION))
    return sorted(rows, key=lambda row: load.order(row.version), reverse=True)


def newest_version(session: Session) -> str:
    """The version of the declaration that those begin with who begin now."""
    rows = session.scalars(select(StoredCatalogue.version).where(StoredCatalogue.id == DECLARATION))
    return max(rows, key=load.order)


def in_use(session: Session) -> dict[str, int]:
    """How many connections hold each version of the declaration."""
    rows = session.execute(
        select(Connection.declaration_version, func.count(Connection.id)).group_by(
            Connection.declaration_version
        )
    )
    return {str(version): int(n) for version, n in rows}


def requirement(session: Session, version: str, name: str) -> Requirement:
    """The requirement as a version holds it, or as the newest one does that does: some are taken out later.

    KeyError for a name that no version has.
    """
    found = _held(declaration(session, version), name)
    if found is None:
        older = (_held(declaration(session, row.version), name) for row in versions(session))
        found = next((item for item in older if item is not None), None)
    if found is None:
        raise KeyError(name)
    return found


def _held(catalogue: DeclarationCatalogue, name: str) -> Requirement | None:
    return next((item for item in catalogue.requirements if item.id == name), None)


def draft(session: Session, *, lock: bool = False) -> CatalogueDraft | None:
    """The draft that stands; `lock` keeps it for the rest of a write transaction where the database can."""
    query = select(CatalogueDraft).where(
        CatalogueDraft.catalogue_id == DECLARATION,
        CatalogueDraft.published_at.is_(None),
        CatalogueDraft.withdrawn_at.is_(None),
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def drafts(session: Session) -> Sequence[tuple[CatalogueDraft, str]]:
    """Every draft there has been with the name of who uploaded it, the newest first."""
    rows = session.execute(
        select(CatalogueDraft, Person.name)
        .join(Person, Person.id == CatalogueDraft.uploaded_by)
        .where(CatalogueDraft.catalogue_id == DECLARATION)
        .order_by(CatalogueDraft.id.desc())
    ).all()
    return [(row[0], str(row[1])) for row in rows]
