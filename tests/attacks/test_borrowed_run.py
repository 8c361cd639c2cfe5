"""An application that leans on a run which proves nothing: cancelled, too old, or against somebody else's participant."""

import pytest

from portal.services import runs
from portal.services.installation import Installation
from tests.conftest import Cast, Clock
from tests.story import Story
from workflows.errors import Blocked


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    return Story(home, people)


def refused(story: Story) -> list[str]:
    with pytest.raises(Blocked) as refusal:
        story.move("signatory", "application", "sign")
    return [reason.code for reason in refusal.value.reasons]


def test_a_run_that_was_cancelled_makes_no_old_run_fresh(story: Story, clock: Clock) -> None:
    story.ready_to_apply()
    story.fill_application()
    clock.forward(days=100)
    begun = runs.start(story.home, story.people.tech, story.connection, at=clock())
    runs.cancel(story.home, story.people.tech, story.connection, begun)
    assert refused(story) == ["run_old"]


def test_a_run_that_failed_by_another_makes_no_old_run_fresh(story: Story, clock: Clock) -> None:
    story.ready_to_apply()
    story.fill_application()
    clock.forward(days=100)
    story.run("failed", "federation")
    assert refused(story) == ["run_old"]


def test_a_run_against_somebody_elses_participant_proves_nothing_of_ours(story: Story) -> None:
    story.ready_to_apply()
    story.fill_application()
    story.fill_test_object(participant_id="0203:egen.exempel.se")
    assert refused(story) == ["no_run"]
    story.run()
    assert story.move("signatory", "application", "sign")
