"""A job is put in the queue in the commit of the state it follows from, once, as plain JSON, or not at all."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from portal import jobs, queue
from portal.services.installation import Installation


@pytest.fixture
def queued(either_home: Installation) -> Installation:
    """An installation whose jobs go to the job engine's own tables."""
    either_home.enqueue = queue.client_for(either_home.settings)
    return either_home


def read(home: Installation, columns: str, table: str) -> list[tuple[Any, ...]]:
    """Rows of one of the engine's own tables, which on PostgreSQL have a schema of their own."""
    schema = "" if home.database.is_sqlite else "dbos."
    with home.read() as session:
        return [tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {schema}{table}"))]


def rows(home: Installation) -> list[tuple[Any, ...]]:
    return read(home, "workflow_uuid, status, queue_name, serialization", "workflow_status")


def test_the_job_comes_with_the_commit(queued: Installation) -> None:
    with queued.write() as work:
        work.start("run_suite", "one", "one")
    assert rows(queued) == [("one", "ENQUEUED", "runs", "portable_json")]


def test_a_rollback_takes_the_job_with_it(queued: Installation) -> None:
    def start_and_fail() -> None:
        with queued.write() as work:
            work.start("run_suite", "one", "one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        start_and_fail()
    assert rows(queued) == []


def test_twice_is_once(queued: Installation) -> None:
    for _ in range(2):
        with queued.write() as work:
            work.start("run_suite", "one", "one")
            work.start("run_suite", "one", "one")
    assert len(rows(queued)) == 1


def test_the_arguments_are_plain_json(queued: Installation) -> None:
    """The engine's default is pickle, which would make whoever writes to the database run code in the worker."""
    with queued.write() as work:
        work.start("run_suite", "one", "one")
    ((stored,),) = read(queued, "inputs", "workflow_input")
    assert json.loads(stored)["positionalArgs"] == ["one"]


def test_the_version_of_the_engine_outlives_upgrades(home: Installation) -> None:
    """A worker takes only jobs of its own version, so the version is a name that never changes."""
    assert jobs.VERSION == "anslut"
    assert jobs._config(home, "one")["application_version"] == jobs.VERSION
