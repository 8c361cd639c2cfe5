"""What every feature may ask for: the fixtures of the tests, a story on one connection, and a browser per person."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from flask.testing import FlaskClient

from portal.services.installation import Installation
from tests.conftest import (
    Cast,
    anonymous,
    app,
    chromium,
    client_as,
    clock,
    either_home,
    home,
    migrated_sqlite,
    people,
    postgres,
    postgres_url,
    shared,
    sqlite_url,
)
from tests.demo_process import served_demo
from tests.story import Story

__all__ = [
    "anonymous",
    "app",
    "chromium",
    "client_as",
    "clock",
    "either_home",
    "home",
    "migrated_sqlite",
    "people",
    "postgres",
    "postgres_url",
    "shared",
    "sqlite_url",
]


@pytest.fixture(scope="session")
def demo_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that is made and served once; each scenario works in organisations of its own."""
    with served_demo(tmp_path_factory.mktemp("demo") / "data") as address:
        yield address


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    """Exempelstads kommun and everyone around its connection."""
    return Story(home, people)


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], people: Cast) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person of the cast, by name; the same one each time."""
    return cache(lambda name: client_as(people.person[name]))
