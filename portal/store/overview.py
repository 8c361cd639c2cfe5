"""The owner's read side: all connections with search, filters, order and pages; counts per step; queues by age.

Every function takes who may ask for granted: only pages behind `overview.see` call them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session

from portal.store.models import Connection, Organisation, StepState
from portal.store.sorting import sort_key
from workflows.status import Stage, Status

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What the list shows; empty text means everything.

    With `step` the list is of those who are at that step, on whichever track, and each row shows that step; with
    `status` of those whose shown step stands in it.
    """

    q: str = ""
    stage: str = ""
    step: str = ""
    status: str = ""
    turn: str = ""
    kind: str = ""
    county: str = ""
    origin: str = ""
    sort: str = "changed"
    page: int = 1


@dataclass(frozen=True)
class Row:
    """One connection in the list."""

    id: str
    reference: str
    organisation: str
    kind: str
    county: str | None
    stage: str
    step: str
    status: str
    turn: str
    since: datetime
    changed_at: datetime
    origin: str
    supplier: str
    operator: str


@dataclass(frozen=True)
class Page:
    """One page of rows with the number of rows on all pages."""

    rows: Sequence[Row]
    total: int
    number: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Waiting:
    """A step that waits for a decision."""

    connection: str
    reference: str
    organisation: str
    step: str
    since: datetime
    round: int


SORTS: Mapping[str, Sequence[Any]] = {
    "changed": (Connection.changed_at.desc(), Connection.id),
    "name": (Organisation.sort_key.asc(), Connection.id),
    "reference": (Connection.reference.asc(),),
    "waited": (StepState.since.asc(), Connection.id),
    "stage": (
        case({stage.value: rank for rank, stage in enumerate(Stage)}, value=Connection.stage),
        Organisation.sort_key.asc(),
        Connection.id,
    ),
}
PASSED_BY = (Status.LOCKED, Status.DONE)


def _rows(filters: Filters) -> Select[*tuple[Any, ...]]:
    shown = literal(filters.step) if filters.step else Connection.step
    query = (
        select(
            Connection.id,
            Connection.reference,
            Organisation.name,
            Organisation.kind,
            Organisation.county_code,
            Connection.stage,
            StepState.step,
            StepState.status,
            Connection.turn,
            StepState.since,
            Connection.changed_at,
            Connection.origin,
            Connection.supplier,
            Connection.operator,
        )
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .join(
            StepState,
            (StepState.connection_id == Connection.id) & (StepState.step == shown),
        )
    )
    if filters.step and not filters.status:
        query = query.where(StepState.status.not_in(PASSED_BY))
    return _narrowed(query, filters)


def _narrowed(query: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    exact = {
        Connection.stage: filters.stage,
        StepState.status: filters.status,
        Connection.turn: filters.turn,
        Organisation.kind: filters.kind,
        Organisation.county_code: filters.county,
        Connection.origin: filters.origin,
    }
    for column, value in exact.items():
        if value:
            query = query.where(column == value)
    words = filters.q.split()
    for word in words:
        plain = "".join(char for char in word if char.isdigit())
        matches = [
            Organisation.sort_key.contains(sort_key(word), autoescape=True),
            func.lower(Connection.reference).contains(word.lower(), autoescape=True),
            *_spelled(Connection.supplier, word),
        ]
        if len(plain) >= 6:
            matches.append(Organisation.org_number.startswith(plain))
        query = query.where(or_(*matches))
    return query


def _spelled(column: Any, word: str) -> list[ColumnElement[bool]]:
    """The word with small or capital letters; SQLite's own `lower` leaves å ä ö as they are."""
    spellings = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    found = [column.contains(spelling, autoescape=True) for spelling in spellings]
    return [*found, func.lower(column).contains(word.lower(), autoescape=True)]


def page(session: Session, filters: Filters) -> Page:
    """The rows of one page; a page number beyond the last gives the last."""
    query = _rows(filters).order_by(*SORTS.get(filters.sort, SORTS["changed"]))
    number, counted = max(1, filters.page), query.add_columns(func.count().over()).limit(PAGE)
    found = session.execute(counted.offset((number - 1) * PAGE)).all()
    if not found and number > 1:
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        number = max(1, -(-total // PAGE))
        found = session.execute(counted.offset((number - 1) * PAGE)).all()
    total = found[0][-1] if found else 0
    return Page([Row(*row[:-1]) for row in found], total, number)


def every(session: Session, filters: Filters) -> Iterator[Row]:
    """Every row that the filters leave, in their order, for an export."""
    query = _rows(filters).order_by(*SORTS.get(filters.sort, SORTS["changed"]))
    for row in session.execute(query.execution_options(yield_per=500)):
        yield Row(*row)


def stages(session: Session) -> dict[str, int]:
    """How many connections stand at each outward stage."""
    rows = session.execute(select(Connection.stage, func.count()).group_by(Connection.stage)).all()
    return {row[0]: row[1] for row in rows}


def counts(session: Session) -> dict[str, dict[str, int]]:
    """How many connections stand in each status, per step."""
    rows = session.execute(
        select(StepState.step, StepState.status, func.count()).group_by(StepState.step, StepState.status)
    ).all()
    found: dict[str, dict[str, int]] = {}
    for step, status, number in rows:
        found.setdefault(step, {})[status] = number
    return found


def waiting(session: Session, steps: Sequence[str]) -> list[Waiting]:
    """The submitted steps among these, the one that has waited longest first."""
    rows = session.execute(
        select(
            Connection.id,
            Connection.reference,
            Organisation.name,
            StepState.step,
            StepState.since,
            StepState.round,
        )
        .join(Connection, Connection.id == StepState.connection_id)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .where(StepState.status == Status.SUBMITTED, StepState.step.in_(steps))
        .order_by(StepState.since, Connection.id)
    ).all()
    return [Waiting(*row) for row in rows]


def place_in_queue(session: Session, connection_id: str, step: str) -> int:
    """The place of a submitted step among all that wait on the same step; 1 is next."""
    since = session.scalar(
        select(StepState.since).where(StepState.connection_id == connection_id, StepState.step == step)
    )
    earlier = session.scalar(
        select(func.count()).where(
            StepState.step == step, StepState.status == Status.SUBMITTED, StepState.since < since
        )
    )
    return (earlier or 0) + 1


def listed(session: Session) -> list[tuple[str, str, str | None, datetime | None]]:
    """The public register: name, kind, county and date of those connected who consented to being listed."""
    rows = session.execute(
        select(Organisation.name, Organisation.kind, Organisation.county_code, Connection.live_at)
        .join(Connection, Connection.organisation_id == Organisation.id)
        .where(Connection.stage == "connected", Connection.listed.is_(True))
        .order_by(Organisation.sort_key)
    ).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]
