"""The demo is made on either database; a small cast is enough to see it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.demo import cast, seed
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import events
from portal.store.connections import statuses, step_rows
from portal.store.database import Database
from portal.store.models import Connection, Organisation
from tests.demo.conftest import NOW
from workflows.events import fold

GOALS = ("ready_to_begin", "tests_failed", "application_endorsed", "order_refused")


@pytest.mark.slow
def test_a_small_cast_on_each_database(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {player.goal: player for player in cast.PLAYERS if player.goal in GOALS}
    monkeypatch.setattr(cast, "PLAYERS", tuple(chosen.values()))
    settings = Settings(data_dir=tmp_path / "demo", database_url=database_url)
    seed.seed(settings, NOW, lambda _line: None)
    home = Installation(settings, Database(settings.database), lambda: NOW)
    with home.read() as session:
        assert not list(events.breaks(session, home.key, home.heads_file))
        rows = session.execute(
            select(Connection, Organisation.name).join(
                Organisation, Organisation.id == Connection.organisation_id
            )
        ).all()
        assert {row[1] for row in rows} == {chosen[goal].name for goal in GOALS[1:]}
        for connection, _ in rows:
            told = map(events.as_event, events.of_connection(session, connection.id))
            assert fold(told) == statuses(step_rows(session, connection.id))
    home.database.dispose()
