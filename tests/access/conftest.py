"""A connection in which every kind of thing exists, lived through once and copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.services.installation import Installation
from portal.settings import Settings
from portal.store.database import Database
from tests.conftest import Cast, Clock, installation, make_cast
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
    Story(home, people).applied()
    home.database.dispose()
    return Lived(folder, people)


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
