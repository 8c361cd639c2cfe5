"""A story of one connection whose order is approved, on SQLite or on each database in turn."""

from collections.abc import Callable
from functools import cache

import pytest
from flask.testing import FlaskClient

from portal.services.installation import Installation
from tests.conftest import Cast, make_cast
from tests.story import Story


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    """Exempelstads kommun with an approved order, on SQLite."""
    told = Story(home, people)
    told.order_approved()
    return told


@pytest.fixture
def either_story(either_home: Installation) -> Story:
    """The same on each database in turn."""
    told = Story(either_home, make_cast(either_home))
    told.order_approved()
    return told


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], people: Cast) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person of the cast, by name; the same one each time."""
    return cache(lambda name: client_as(people.person[name]))
