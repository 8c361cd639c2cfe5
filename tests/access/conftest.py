"""A connection in which every kind of thing exists, lived through once and copied for each test."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from portal.services import conditions, threads
from portal.services.conditions import Wanted
from portal.services.evidence import store_of
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import decisions
from portal.store.database import Database
from portal.store.models import Assignment, Evidence
from portal.store.models.base import new_id
from tests.conftest import Cast, Clock, installation, make_cast
from tests.evidence.making import PDF
from tests.story import Story


@dataclass(frozen=True)
class Lived:
    """The folder of an installation in which the story has happened, and its people."""

    folder: Path
    people: Cast


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Lived:
    folder = tmp_path_factory.mktemp("lived")
    shutil.copyfile(migrated_sqlite, folder / "anslut.sqlite3")
    home = installation("", folder, Clock())
    people = make_cast(home)
    told = Story(home, people)
    told.applied()
    _shared(home, people)
    _held_to_a_condition(told)
    _shown_by_a_file(told)
    home.database.dispose()
    return Lived(folder, people)


def _shown_by_a_file(told: Story) -> None:
    """A file as evidence, put in although the declaration of this story is closed."""
    files = store_of(told.home.settings)
    with (
        files.receive(io.BytesIO(PDF), len(PDF)) as received,
        files.keep(received),
        told.home.write() as work,
    ):
        work.session.add(
            Evidence(
                connection_id=told.connection,
                requirement="P-01",
                kind="file",
                title="Policy",
                sha256=received.sha256,
                name="policy.pdf",
                media_type="application/pdf",
                size=received.size,
                scan="unscanned",
                added_by=told.people.infosec,
                added_at=work.now,
            )
        )


def _held_to_a_condition(told: Story) -> None:
    """A condition of the decision on the declaration, which the story itself approved without any."""
    with told.home.write() as work:
        (decision,) = decisions.decided(work.session, told.connection, "declaration")
        conditions.add(work, decision, [Wanted("Besluta rutinen", work.today + timedelta(days=30))])


def _shared(home: Installation, people: Cast) -> None:
    """Somebody asked to answer, and a remark of the reviewer in the thread."""
    with home.write(people.contact) as work:
        work.session.add(
            Assignment(
                connection_id=people.connection,
                requirement="P-01",
                email="business@exempel.se",
                person_id=people.business,
                asked_by=people.contact,
                asked_at=work.now,
            )
        )
    threads.write(home, people.reviewer, people.connection, "P-01", new_id(), "Vem beslutar?", "both")


@pytest.fixture
def home(lived: Lived, tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    """A copy of the installation in which the story has happened."""
    shutil.copytree(lived.folder, tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data")
    made = Installation(settings, Database(settings.database), clock)
    yield made
    made.database.dispose()


@pytest.fixture
def people(lived: Lived) -> Cast:
    return lived.people


@pytest.fixture
def told(home: Installation, people: Cast) -> Story:
    """A connection that has got as far as a submitted application."""
    return Story(home, people)
