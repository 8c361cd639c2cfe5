"""A declaration that is approved on condition that its action is done."""

from collections.abc import Callable
from functools import cache

import pytest
from flask.testing import FlaskClient

from portal.services.installation import Installation
from tests.conditions.story import on_condition
from tests.conftest import Cast, make_cast
from tests.story import Story


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    """Approved with one condition, on SQLite."""
    return on_condition(Story(home, people))


@pytest.fixture
def either_story(either_home: Installation) -> Story:
    """The same on each database in turn."""
    return on_condition(Story(either_home, make_cast(either_home)))


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], people: Cast) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person of the cast, by name; the same one each time."""
    return cache(lambda name: client_as(people.person[name]))
