"""Nobody floods strangers with letters in the portal's name, whichever page the letters come from."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.services import assignments, signing_links
from portal.services.assignments import Wish
from portal.services.installation import Installation
from portal.services.invitations import MOST_PER_HOUR
from portal.store.models import Letter
from tests.conftest import Cast, Clock
from tests.signing.conftest import handed_over
from tests.story import Story
from workflows.errors import Invalid


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    return Story(home, people)


def letters_out(story: Story) -> int:
    with story.home.read() as session:
        return int(
            session.scalar(
                select(func.count()).select_from(Letter).where(Letter.address.like("%@annan.example"))
            )
            or 0
        )


def ask(story: Story, number: int) -> None:
    wish = Wish(("P-01",), email=f"nr{number}@annan.example", name="Vinn pengar nu")
    assignments.ask(story.home, story.people.business, story.connection, wish)


def test_questions_to_strangers_are_as_few_as_invitations(story: Story, clock: Clock) -> None:
    story.order_approved()
    for number in range(MOST_PER_HOUR):
        ask(story, number)
    with pytest.raises(Invalid) as refusal:
        ask(story, MOST_PER_HOUR)
    assert refusal.value.errors["email"].code == "invitation_limit"
    assert letters_out(story) == MOST_PER_HOUR
    assignments.ask(story.home, story.people.business, story.connection, Wish(("P-01",), story.people.tech))
    clock.at += timedelta(hours=1, minutes=1)
    ask(story, MOST_PER_HOUR)


def test_links_for_signing_are_few_too(story: Story, clock: Clock) -> None:
    handed_over(story)

    def make(number: int) -> None:
        signing_links.make(
            story.home, story.people.infosec, story.connection, "Vinn nu", f"nr{number}@annan.example"
        )

    for number in range(signing_links.MOST_PER_HOUR):
        make(number)
    with pytest.raises(Invalid) as refusal:
        make(signing_links.MOST_PER_HOUR)
    assert refusal.value.errors["email"].code == "signing_limit"
    assert letters_out(story) == signing_links.MOST_PER_HOUR
    clock.at += timedelta(hours=1, minutes=1)
    make(signing_links.MOST_PER_HOUR)
