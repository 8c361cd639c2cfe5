"""Importing a register: what is stored, what is never changed, and that a bad file stores nothing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.services import connections, imports, register_file
from portal.services.imports import Outcome
from portal.services.installation import Installation
from portal.services.register_file import BadFile
from portal.store import events, overview
from portal.store.connections import statuses, step_rows
from portal.store.models import Connection, Organisation, StepState, StoredEvent
from tests.conftest import add_organisation
from workflows import journey
from workflows.events import fold
from workflows.status import Stage, Status

HEADER = "kind,scb_code,name,county_code,county,org_number,stage"


def bring_in(home: Installation, *rows: str, dry_run: bool = False) -> Outcome:
    raw = "\n".join([HEADER, *rows, ""]).encode()
    return imports.import_register(home, register_file.parse(raw), dry_run=dry_run)


def everything(home: Installation) -> dict[str, list[Any]]:
    """All rows that an import may touch, as plain values."""
    with home.read() as session:
        return {
            table.__tablename__: [tuple(row) for row in session.execute(select(*table.__table__.columns))]
            for table in (Organisation, Connection, StepState, StoredEvent)
        }


@pytest.mark.shared
def test_the_register_of_the_country_comes_in_and_a_second_time_changes_nothing(
    either_home: Installation, shared: Path
) -> None:
    register = register_file.load(shared / "data" / "organisations.csv")
    outcome = imports.import_register(either_home, register)
    assert outcome.organisations == 585
    assert outcome.connections == {"connected": 141, "qa": 111, "started": 39}
    with either_home.read() as session:
        stored = session.execute(select(Connection.origin, Connection.stage)).all()
        assert Counter(tuple(row) for row in stored) == {
            ("imported", "connected"): 141,
            ("imported", "qa"): 111,
            ("imported", "started"): 39,
        }
        imported = select(func.count()).where(StoredEvent.kind == "ConnectionImported")
        assert session.scalar(imported) == 291
        assert session.scalar(select(func.count()).where(StoredEvent.connection_id.is_not(None))) == 291
        assert not list(events.breaks(session, either_home.key, either_home.heads_file))
        assert overview.listed(session) == []
    before = everything(either_home)
    again = imports.import_register(either_home, register)
    assert (again.organisations, again.connections.total()) == (0, 0)
    assert (again.organisations_known, again.connections_kept) == (585, 291)
    assert everything(either_home) == before


@pytest.mark.parametrize("stage", ["started", "qa", "connected"])
def test_the_states_follow_from_the_stage_and_from_the_one_event(home: Installation, stage: str) -> None:
    bring_in(home, f"kommun,0114,Upplands Väsby,01,,,{stage}")
    with home.read() as session:
        connection = session.scalars(select(Connection)).one()
        states = statuses(step_rows(session, connection.id))
        told = events.of_connection(session, connection.id)
        assert [link.kind for link in told] == ["ConnectionImported"]
        assert fold(map(events.as_event, told)) == states
    table = journey.of(connection.journey)
    assert states == journey.imported(table, stage)
    assert connection.stage == journey.stage(table, states) == Stage(stage)
    assert connection.step == journey.current_step(table, states)
    assert (connection.live_at, connection.listed) == (None, False)


def test_an_organisation_without_stage_gets_no_connection_until_it_has_one(home: Installation) -> None:
    assert bring_in(home, "kommun,0114,Upplands Väsby,01,,,").connections.total() == 0
    outcome = bring_in(home, "kommun,0114,Upplands Väsby,01,,,qa")
    assert (outcome.organisations, outcome.organisations_known, outcome.connections) == (0, 1, {"qa": 1})


def test_a_connection_of_the_portal_is_never_moved(either_home: Installation) -> None:
    with either_home.write() as work:
        organisation = add_organisation(work.session, work.now, "Upplands Väsby")
        work.session.flush()
        connections.open_for(work, organisation)
    before = everything(either_home)
    outcome = bring_in(either_home, "kommun,0114,UPPLANDS VÄSBY,01,,,connected")
    assert (outcome.organisations_known, outcome.connections_kept) == (1, 1)
    assert everything(either_home) == before


def test_an_imported_connection_keeps_its_stage_when_the_register_says_another(home: Installation) -> None:
    bring_in(home, "kommun,0114,Upplands Väsby,01,,,qa")
    before = everything(home)
    assert bring_in(home, "kommun,0114,Upplands Väsby,01,,,connected").connections_kept == 1
    assert everything(home) == before


def test_code_goes_before_number_and_number_before_name(home: Installation) -> None:
    bring_in(home, "region,14,Region Väst,,,232100-0131,", "myndighet,,Verket,,,202100-3625,")
    outcome = bring_in(home, "region,14,Västra regionen,,,,", "other,,Verket,,,,")
    assert (outcome.organisations_known, outcome.organisations) == (1, 1)
    renamed = bring_in(home, "myndighet,,Verket med nytt namn,,,202100-3625,")
    assert (renamed.organisations_known, renamed.organisations) == (1, 0)
    unnumbered = bring_in(home, "myndighet,,VERKET,,,,")
    assert (unnumbered.organisations_known, unnumbered.organisations) == (1, 0)


def test_same_kind_and_name_with_another_number_is_another_organisation(home: Installation) -> None:
    bring_in(home, "myndighet,,Nämnden,,,202100-3625,")
    assert bring_in(home, "myndighet,,Nämnden,,,202100-5182,").organisations == 1


def test_a_trial_tells_and_stores_nothing(either_home: Installation) -> None:
    before = everything(either_home)
    heads = either_home.heads_file.read_text() if either_home.heads_file.exists() else ""
    outcome = bring_in(either_home, "kommun,0114,Upplands Väsby,01,,,qa", dry_run=True)
    assert (outcome.organisations, outcome.connections) == (1, {"qa": 1})
    assert everything(either_home) == before
    assert (either_home.heads_file.read_text() if either_home.heads_file.exists() else "") == heads


def test_a_bad_line_stores_nothing_of_the_file(home: Installation) -> None:
    before = everything(home)
    with pytest.raises(BadFile):
        bring_in(home, "kommun,0114,Upplands Väsby,01,,,qa", "kommun,0115,Vallentuna,01,,,kanske")
    assert everything(home) == before


def test_a_failure_halfway_stores_nothing(either_home: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(either_home)
    reference = connections.next_reference
    made: list[str] = []

    def failing(work: Any) -> str:
        if len(made) == 1:
            raise OSError("the disk is full")
        made.append(reference(work))
        return made[-1]

    monkeypatch.setattr("portal.services.connections.next_reference", failing)
    with pytest.raises(OSError, match="disk"):
        bring_in(either_home, "kommun,0114,Upplands Väsby,01,,,qa", "kommun,0115,Vallentuna,01,,,qa")
    assert everything(either_home) == before
    monkeypatch.undo()
    assert bring_in(either_home, "kommun,0114,Upplands Väsby,01,,,qa").connections == {"qa": 1}
    with either_home.read() as session:
        assert not list(events.breaks(session, either_home.key, either_home.heads_file))


def test_the_imported_connection_goes_on_in_the_portal(home: Installation) -> None:
    bring_in(home, "kommun,0114,Upplands Väsby,01,,,qa")
    with home.read() as session:
        connection = session.scalars(select(Connection)).one()
        states = statuses(step_rows(session, connection.id))
    assert states["qa_connection"] is Status.DONE
    assert states["tests"] is Status.NOT_STARTED
    assert json.loads(json.dumps(imports.as_json(Outcome())))["connections"] == {"total": 0}
