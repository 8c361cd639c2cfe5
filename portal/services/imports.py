"""Importing organisations from a register: all of the file in one commit or nothing, and a second time changes nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.services import connections, organisations
from portal.services.installation import Installation, Work
from portal.services.register_file import Entry, Problem, Register, alike
from portal.store.models import Connection, Organisation, StepState
from workflows import journey
from workflows.events import ConnectionImported
from workflows.status import Stage


@dataclass
class Outcome:
    """What an import did, or would do. `connections` counts the new ones by stage."""

    organisations: int = 0
    organisations_known: int = 0
    connections: Counter[str] = field(default_factory=Counter)
    connections_kept: int = 0
    warnings: list[Problem] = field(default_factory=list)


class _Undo(Exception):
    """Leaves the transaction of a trial without storing anything."""


def import_register(home: Installation, register: Register, *, dry_run: bool = False) -> Outcome:
    """Add the organisations that are not known, and a connection for those that have reached a stage.

    What is known is never changed: an organisation keeps its name and its connection, wherever that came from.
    """
    outcome = Outcome(warnings=list(register.warnings))
    try:
        with home.write() as work:
            _import(work, register, outcome)
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return outcome


def _import(work: Work, register: Register, outcome: Outcome) -> None:
    known = _Known(work)
    connected = set(work.session.scalars(select(Connection.organisation_id)))
    for entry in register.entries:
        found = known.like(entry)
        if found is None:
            found = _add(work, entry)
            known.add(found)
            outcome.organisations += 1
        else:
            outcome.organisations_known += 1
        if entry.stage is None:
            continue
        if found.id in connected:
            outcome.connections_kept += 1
            continue
        _connect(work, found, entry.stage)
        connected.add(found.id)
        outcome.connections[entry.stage] += 1


class _Known:
    """The organisations of the installation, found by code, by number, or by kind and name."""

    def __init__(self, work: Work) -> None:
        self._by_key: dict[tuple[str, ...], list[tuple[Entry, Organisation]]] = {}
        for found in work.session.scalars(select(Organisation)):
            self.add(found)

    def add(self, found: Organisation) -> None:
        stated = Entry(0, found.kind, found.name, found.scb_code, None, found.org_number, None)
        for key in stated.keys:
            self._by_key.setdefault(key, []).append((stated, found))

    def like(self, entry: Entry) -> Organisation | None:
        for key in entry.keys:
            for stated, found in self._by_key.get(key, ()):
                if alike(entry, stated):
                    return found
        return None


def _add(work: Work, entry: Entry) -> Organisation:
    return organisations.add(
        work,
        entry.name,
        kind=entry.kind,
        org_number=entry.org_number,
        scb_code=entry.scb_code,
        county_code=entry.county_code,
    )


def _connect(work: Work, organisation: Organisation, stage: Stage) -> None:
    """A connection of origin imported: its states follow from the stage, and its history is that it was read in."""
    table = journey.of(journey.DEFAULT_JOURNEY)
    states = journey.imported(table, stage)
    connection = connections.new(work, organisation, table, states, origin="imported")
    work.session.add_all(
        StepState(
            connection_id=connection.id,
            step=step,
            status=status,
            turn=journey.turn_of(status),
            since=work.now,
            due=None,
            round=0,
        )
        for step, status in states.items()
    )
    work.record(
        ConnectionImported(connection.id, table.id, stage),
        organisation=organisation.id,
        connection=connection.id,
    )


def as_json(outcome: Outcome) -> Mapping[str, object]:
    """The outcome as a command prints it for other programs."""
    return {
        "organisations": outcome.organisations,
        "organisations_known": outcome.organisations_known,
        "connections": {"total": outcome.connections.total(), **dict(sorted(outcome.connections.items()))},
        "connections_kept": outcome.connections_kept,
        "warnings": [told(problem) for problem in outcome.warnings],
    }


def told(problem: Problem) -> Mapping[str, object]:
    """A problem as a command prints it for other programs."""
    return {"line": problem.line, "code": problem.code, **problem.params}
