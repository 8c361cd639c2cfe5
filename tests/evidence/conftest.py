"""A story whose declaration stands open, browsers, and a clamd."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from flask.testing import FlaskClient

from portal.services.installation import Installation
from tests.conftest import Cast, make_cast
from tests.evidence.clamd import Clamd
from tests.story import Story


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    told = Story(home, people)
    told.order_approved()
    return told


@pytest.fixture
def either_story(either_home: Installation) -> Story:
    told = Story(either_home, make_cast(either_home))
    told.order_approved()
    return told


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], people: Cast) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person of the cast, by name; the same one each time."""
    return cache(lambda name: client_as(people.person[name]))


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with Clamd() as running:
        yield running
