"""A link for signing is no stronger than the one who made it, and brings nobody back who has left the organisation."""

from datetime import timedelta

import pytest

from portal.services import accounts, cases, memberships, signing_links
from portal.services.installation import Installation
from portal.store.connections import roles_towards
from tests.conftest import Cast, make_cast
from tests.signing.conftest import handed_over
from tests.signing.story import SIGNATORY, made, seen, try_code
from tests.story import Story
from workflows.access import Role
from workflows.errors import NotFound
from workflows.status import Status


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    return handed_over(Story(home, people))


@pytest.fixture
def either_story(either_home: Installation) -> Story:
    return handed_over(Story(either_home, make_cast(either_home)))


def leave(story: Story, person: str) -> None:
    """The contact ends everything that the person is in the organisation."""
    home, people = story.home, story.people
    with home.read() as session:
        members = memberships.of(session, people.contact, people.organisation).members
    for found, who in members:
        if who.id == person:
            memberships.end(home, people.contact, people.organisation, found.id)


def is_dead(story: Story, token: str, code: str, shown: str) -> None:
    """Neither the code nor a page that was read before leads to a signature, and nobody is told of an open link."""
    assert not try_code(story, token, code)
    with pytest.raises(NotFound):
        signing_links.sign(story.home, token, shown)
    with story.home.read() as session, pytest.raises(NotFound):
        signing_links.look(story.home, session, token)
    assert story.states()["declaration"] is Status.SIGNING


def test_who_has_left_signs_nobody_in(either_story: Story) -> None:
    token, code = made(either_story)
    shown = seen(either_story, token)
    leave(either_story, either_story.people.infosec)
    is_dead(either_story, token, code, shown)


def test_a_signatory_who_has_left_does_not_come_back_with_the_link(either_story: Story) -> None:
    story = either_story
    with story.home.write(story.people.contact) as work:
        person = accounts.add_person(
            work,
            email=SIGNATORY[1],
            name=SIGNATORY[0],
            organisation_id=story.people.organisation,
            role=Role.SIGNATORY.value,
        ).id
    token, code = made(story)
    shown = seen(story, token)
    leave(story, person)
    is_dead(story, token, code, shown)
    with story.home.read() as session:
        assert not roles_towards(session, person, story.people.organisation)


def test_a_link_that_no_longer_works_is_not_shown_as_open(story: Story) -> None:
    made(story)
    with story.home.read() as session:
        case = cases.fetch(session, story.people.contact, story.connection, "declaration.see")
        assert signing_links.standing(session, case, story.home.clock()) is not None
    leave(story, story.people.infosec)
    with story.home.read() as session:
        assert signing_links.standing(session, case, story.home.clock()) is None


def test_a_link_made_for_somebody_who_left_before_works(story: Story) -> None:
    with story.home.write(story.people.contact) as work:
        person = accounts.add_person(
            work,
            email=SIGNATORY[1],
            name=SIGNATORY[0],
            organisation_id=story.people.organisation,
            role=Role.VIEWER.value,
        ).id
    leave(story, person)
    story.home.clock.at += timedelta(minutes=1)  # type: ignore[attr-defined]
    token, code = made(story)
    assert try_code(story, token, code)
    signing_links.sign(story.home, token, seen(story, token))
    assert story.states()["declaration"] is Status.SUBMITTED
