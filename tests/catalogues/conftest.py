"""A declaration under way, on SQLite or on each database in turn."""

import pytest

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
