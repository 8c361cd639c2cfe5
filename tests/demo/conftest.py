"""The demo, made once for all tests that look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from portal.demo import place, seed
from portal.demo.story import Story
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store.database import Database

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass
class Demo:
    """A demo that was made at `NOW`, with the stories of its organisations and what its making told."""

    home: Installation
    stories: dict[str, Story]
    told: list[str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo") / "data")
    told: list[str] = []
    place.begin(settings)
    stories = seed.seed(settings, NOW, told.append)
    place.finish(settings)
    home = Installation(settings, Database(settings.database), lambda: NOW)
    yield Demo(home, {story.player.name: story for story in stories}, told)
    home.database.dispose()
