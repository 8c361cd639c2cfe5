"""A federation with many connections, people to look at them, and a recorder that counts what a page asks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.services import imports, register_file
from portal.services.installation import Installation
from tests.conftest import Cast

HEADER = "kind,scb_code,name,county_code,county,org_number,stage"
NAMES = ("Öckerö", "Ängelholm", "Åmål", "Zinkgruvan", "Älvdalen", "Arboga", "Éslöv")


@pytest.fixture
def register(home: Installation, people: Cast) -> dict[str, int]:
    """Seven connections with names that are hard to sort, and sixty more; how many there are per stage."""
    rows = [f"kommun,,{name},14,,,connected" for name in NAMES]
    rows += [f"region,,Region {number:02d},12,,,{'qa' if number % 2 else 'started'}" for number in range(60)]
    raw = "\n".join([HEADER, *rows, ""]).encode()
    outcome = imports.import_register(home, register_file.parse(raw))
    assert outcome.connections.total() == 67
    return dict(outcome.connections)


@pytest.fixture
def owner(client_as: Callable[[str], FlaskClient], people: Cast) -> FlaskClient:
    """A browser of the owner's reviewer."""
    return client_as(people.reviewer)


@pytest.fixture
def queries(home: Installation) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with queries() as asked:` collects the statements that are sent to the database."""

    @contextmanager
    def recording() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                asked.append(statement)

        engines = (home.database.reader, home.database.writer)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)

    return recording
