"""A declaration that waits for its signature, and browsers of those who have an account and of somebody who has none."""

import pytest

from portal.services.installation import Installation
from tests.conftest import Cast, make_cast
from tests.declarations.story import after_the_tests
from tests.story import Story


def handed_over(story: Story) -> Story:
    """Answered with one planned deviation and handed over for signature after the tests."""
    story.order_approved()
    after_the_tests(story)
    story.answer_all(P_09="partly")
    story.plan_action("P-09")
    story.move("infosec", "declaration", "submit")
    return story


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    """Waiting for the signature, on SQLite."""
    return handed_over(Story(home, people))


@pytest.fixture
def either_story(either_home: Installation) -> Story:
    """The same on each database in turn."""
    return handed_over(Story(either_home, make_cast(either_home)))
