"""Queries about evidence: what shows an answer, its earlier versions, and what runs out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.store.models import Evidence, Person

# Made once: an alias costs more to make than the query that it stands in.
_newer = aliased(Evidence)


@dataclass(frozen=True)
class Piece:
    """Evidence as it stands with the versions it replaced, newest first; `names` are the people's, by id."""

    row: Evidence
    earlier: tuple[Evidence, ...]
    names: Mapping[str, str]

    def name_of(self, person_id: str | None) -> str:
        return self.names.get(person_id or "", "")


def of(session: Session, connection_id: str, evidence_id: str, *, lock: bool = False) -> Evidence | None:
    """One version of evidence of the connection, replaced and removed ones too."""
    query = select(Evidence).where(Evidence.connection_id == connection_id, Evidence.id == evidence_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def pieces(session: Session, connection_id: str, requirement: str | None = None) -> dict[str, list[Piece]]:
    """The evidence of a connection by requirement, in the order it was added; removed pieces too."""
    query = select(Evidence).where(Evidence.connection_id == connection_id).order_by(Evidence.id)
    if requirement is not None:
        query = query.where(Evidence.requirement == requirement)
    rows = {row.id: row for row in session.scalars(query)}
    people = {row.added_by for row in rows.values()} | {
        row.removed_by for row in rows.values() if row.removed_by
    }
    found_people = session.scalars(select(Person).where(Person.id.in_(people)))
    names = {person.id: person.name for person in found_people}
    replaced = {row.replaces_id for row in rows.values()}
    found: dict[str, list[Piece]] = {}
    for row in rows.values():
        if row.id not in replaced:
            piece = Piece(row, tuple(_earlier(rows, row)), names)
            found.setdefault(row.requirement, []).append(piece)
    return {name: sorted(held, key=_first_added) for name, held in found.items()}


def standing(session: Session, connection_id: str) -> dict[str, list[Evidence]]:
    """The evidence that is neither removed nor replaced, by requirement, in the order it was added."""
    rows = session.scalars(
        select(Evidence)
        .where(
            Evidence.connection_id == connection_id,
            Evidence.removed_at.is_(None),
            ~select(_newer.id).where(_newer.replaces_id == Evidence.id).exists(),
        )
        .order_by(Evidence.id)
    )
    found: dict[str, list[Evidence]] = {}
    for row in rows:
        found.setdefault(row.requirement, []).append(row)
    return found


def _earlier(rows: Mapping[str, Evidence], row: Evidence) -> Iterator[Evidence]:
    while row.replaces_id:
        row = rows[row.replaces_id]
        yield row


def _first_added(piece: Piece) -> str:
    return piece.earlier[-1].id if piece.earlier else piece.row.id


def is_current(session: Session, row: Evidence) -> bool:
    """True for a version that is neither removed nor replaced by a newer one."""
    newer = session.scalar(select(Evidence.id).where(Evidence.replaces_id == row.id).limit(1))
    return row.removed_at is None and newer is None


def expiring(session: Session, today: date, days: int) -> Sequence[Evidence]:
    """Standing evidence whose last day is at most `days` away or has passed, the earliest first."""
    return session.scalars(
        select(Evidence)
        .where(
            Evidence.valid_until <= today + timedelta(days=days),
            Evidence.removed_at.is_(None),
            ~select(_newer.id).where(_newer.replaces_id == Evidence.id).exists(),
        )
        .order_by(Evidence.valid_until, Evidence.id)
    ).all()


def bytes_held(session: Session, connection_id: str) -> dict[str, int]:
    """The size in bytes of each file that the connection's evidence leads to, by SHA-256."""
    rows = session.execute(
        select(Evidence.sha256, func.max(Evidence.size))
        .where(Evidence.connection_id == connection_id, Evidence.sha256.is_not(None))
        .group_by(Evidence.sha256)
    )
    return {sha256: size for sha256, size in rows if sha256}


def known_files(session: Session, scan: str | None = None) -> frozenset[str]:
    """The SHA-256 of every file that evidence leads to, or of those with that scan mark."""
    query = select(Evidence.sha256).where(Evidence.sha256.is_not(None)).distinct()
    if scan is not None:
        query = query.where(Evidence.scan == scan)
    return frozenset(sha256 for sha256 in session.scalars(query) if sha256)
