"""Making the demo federation: its whole history, lived through the services in the order of its times."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import event, update

from portal.demo import cast, founding, plots
from portal.demo.diary import Act, Diary, live, office_hours
from portal.demo.story import Owner, Story
from portal.services import conditions
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import migrate
from portal.store.database import Database
from portal.store.models import Letter

DICE = "anslut"
MONTHS = 18
Tell = Callable[[str], None]


def seed(settings: Settings, now: datetime, tell: Tell) -> list[Story]:
    """Make the demo in the database of the settings, 18 months back from `now`; `tell` hears how far it has come."""
    migrate.upgrade(settings.database)
    # Runs are made against this environment, whose servers make its certificates when they are started.
    (settings.packs_dir / "demo").mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    if database.is_sqlite:
        event.listen(database.writer, "connect", _hasty)
    dice = random.Random(DICE)  # noqa: S311 -- a made-up history, not a secret
    began = office_hours(now - timedelta(days=MONTHS * plots.DAYS_A_MONTH + 14), dice)
    diary = Diary(began, dice)
    home = Installation(settings, database, diary)
    try:
        owner = founding.found(home, diary())
        stories = [_story(home, owner, player, place) for place, player in enumerate(cast.PLAYERS)]
        live(diary, [act for story in stories for act in _planned(story, now)], partial(_tell_of, tell))
        conditions.lapse(home)
        _mark_as_sent(home)
    finally:
        database.dispose()
    return stories


def _story(home: Installation, owner: Owner, player: cast.Player, place: int) -> Story:
    dice = random.Random(f"{DICE}:{player.name}")  # noqa: S311 -- a made-up history, not a secret
    return Story(home, player, dice, owner, founding.number(place + 1))


def _planned(story: Story, now: datetime) -> list[tuple[datetime, Act]]:
    acts = plots.acts(story.player, story.dice)
    moments = plots.times(story.player, acts, now, story.dice)
    return [(at, partial(act, story)) for at, (_, act) in zip(moments, acts, strict=True)]


def _tell_of(tell: Tell, done: int, total: int) -> None:
    step = max(1, total // 10)
    if done % step == 0 or done == total:
        tell(f"  {done} of {total} events in the life of the federation")


def _mark_as_sent(home: Installation) -> None:
    """The letters of the past have been read long ago; the worker must not send them now."""
    with home.write() as work:
        work.session.execute(update(Letter).values(sent_at=Letter.created_at, attempts=1))


def _hasty(dbapi: Any, _record: Any) -> None:
    """A demo that is lost to a power cut while it is made is made again."""
    dbapi.execute("PRAGMA synchronous=OFF")
