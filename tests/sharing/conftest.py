"""A connection whose declaration is open, with a contributor who can only answer what is asked."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services import accounts
from portal.services.installation import Installation
from portal.store.models import Letter
from tests.conftest import Cast, make_cast
from tests.story import Story
from workflows.access import Role


def _told(home: Installation, people: Cast) -> Story:
    with home.write(people.contact) as work:
        person = accounts.add_person(
            work,
            email="contributor@exempel.se",
            name="Lena Ek",
            organisation_id=people.organisation,
            role=Role.CONTRIBUTOR.value,
        )
        people.person["contributor"] = person.id
    told = Story(home, people)
    told.order_approved()
    return told


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    """On SQLite."""
    return _told(home, people)


@pytest.fixture
def either_story(either_home: Installation) -> Story:
    """On each database in turn."""
    return _told(either_home, make_cast(either_home))


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], story: Story) -> Callable[[str], FlaskClient]:
    """A browser signed in as a person of the story, by name; the same one each time."""
    return cache(lambda name: client_as(story.people.person[name]))


def letters_to(story: Story, email: str) -> list[Any]:
    """The letters to an address, the oldest first."""
    with story.home.read() as session:
        return list(session.scalars(select(Letter).where(Letter.address == email).order_by(Letter.id)))
