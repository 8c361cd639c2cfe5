"""A declaration that is approved on condition that its action is done."""

import pytest

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
