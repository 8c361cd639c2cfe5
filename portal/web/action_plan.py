"""The action plan as it is shown: which actions, in which order, as a list or as a board by status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.services.cases import Case
from portal.store import risks as store
from portal.store.models import Action
from portal.store.sorting import sort_key
from portal.web.case_page import today
from portal.web.viewer import read
from workflows import risk as rules

LIST, BOARD = "list", "board"


@dataclass(frozen=True)
class ActionLine:
    """An action of the plan, what it mends, and how many days late it is."""

    row: Action
    risks: tuple[int, ...]
    requirements: tuple[str, ...]
    days_late: int


FILTERS: dict[str, Callable[[ActionLine], bool]] = {
    "all": lambda line: line.row.status != rules.CANCELLED,
    "planned": lambda line: line.row.status == rules.PLANNED,
    "begun": lambda line: line.row.status == rules.BEGUN,
    "late": lambda line: line.days_late > 0,
    "done": lambda line: line.row.status == rules.DONE,
    "cancelled": lambda line: line.row.status == rules.CANCELLED,
}


def _by_due(line: ActionLine) -> Any:
    return line.row.status not in rules.UNFINISHED, line.row.due or date.max, line.row.number


def _by_status(line: ActionLine) -> Any:
    return rules.ACTION_STATES.index(line.row.status), line.row.due or date.max


SORTS: dict[str, Callable[[ActionLine], Any]] = {
    "due": _by_due,
    "number": lambda line: line.row.number,
    "name": lambda line: sort_key(line.row.title),
    "responsible": lambda line: (sort_key(line.row.responsible), line.row.due or date.max),
    "starts": lambda line: (line.row.starts or date.max, line.row.number),
    "status": _by_status,
}


@dataclass(frozen=True)
class Chosen:
    """What the reader asked to see; `sort` begins with a minus when the order is turned."""

    filter: str = "all"
    sort: str = "due"
    view: str = LIST

    def pick(self, lines: list[ActionLine]) -> list[ActionLine]:
        """The lines asked for, in the order asked for."""
        turned = self.sort.startswith("-")
        return sorted(
            filter(FILTERS[self.filter], lines), key=SORTS[self.sort.removeprefix("-")], reverse=turned
        )

    def url(self, connection_id: str, *, anchor: str | None = None, **changes: str) -> str:
        """The address that shows the same with these changes; what is usual is left out."""
        asked: dict[str, Any] = {**self.__dict__, **changes}
        unusual = {name: value for name, value in asked.items() if value != getattr(Chosen(), name)}
        return url_for("actions.show", connection_id=connection_id, _anchor=anchor, **unusual)

    def turn(self, sort: str) -> str:
        """What the heading of a column sorts by next: the other way round when it sorts already."""
        return f"-{sort}" if self.sort == sort else sort

    def direction(self, sort: str) -> str | None:
        """The column's aria-sort, None when the list is in another order."""
        return {sort: "ascending", f"-{sort}": "descending"}.get(self.sort)


def chosen(asked: Mapping[str, str]) -> Chosen:
    """What an address or a form asks for; what it does not know is as usual."""
    usual = Chosen()
    found = {
        "filter": asked.get("filter") if asked.get("filter") in FILTERS else None,
        "sort": asked.get("sort") if asked.get("sort", "").removeprefix("-") in SORTS else None,
        "view": asked.get("view") if asked.get("view") in (LIST, BOARD) else None,
    }
    return Chosen(**{name: value or getattr(usual, name) for name, value in found.items()})


def counted(lines: list[ActionLine]) -> dict[str, int]:
    """How many actions each filter holds."""
    return {name: sum(map(matches, lines)) for name, matches in FILTERS.items()}


def lines(case: Case) -> list[ActionLine]:
    """The actions of the plan with what they mend."""
    session, day = read(), today()
    numbers = {found.id: found.number for found in store.risks(session, case.connection.id)}
    targets = store.targets(session, case.connection.id)
    found = []
    for row in store.actions(session, case.connection.id):
        mends = targets.get(row.id, store.Targets())
        mended = sorted(numbers[risk_id] for risk_id in mends.risks if risk_id in numbers)
        late = rules.late(row.status, row.due, day)
        found.append(ActionLine(row, tuple(mended), mends.requirements, late))
    return found
