"""The plan of the demo: the same each time, in office hours, and never after now."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.demo import cast, founding, plots
from portal.demo.diary import Diary, live, office_hours
from portal.services.installation import SWEDEN
from workflows.identifiers import luhn

MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def plan(player: cast.Player, now: datetime) -> list[tuple[datetime, str]]:
    dice = random.Random(player.name)
    acts = plots.acts(player, dice)
    moments = plots.times(player, acts, now, dice)
    return [(at, act.__name__) for at, (_, act) in zip(moments, acts, strict=True)]


@pytest.mark.parametrize("player", cast.PLAYERS, ids=lambda player: player.name)
def test_the_plan_is_the_same_each_time(player: cast.Player) -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert plan(player, now) == plan(player, now)


@given(MOMENTS, st.sampled_from(cast.PLAYERS))
def test_acts_follow_each_other_and_end_before_now(now: datetime, player: cast.Player) -> None:
    moments = [at for at, _ in plan(player, now)]
    assert moments == sorted(moments)
    assert moments[-1] < now
    assert moments[0] >= now - timedelta(days=18 * plots.DAYS_A_MONTH)


@given(MOMENTS, st.integers())
def test_office_hours_are_on_weekdays(about: datetime, seed: int) -> None:
    at = office_hours(about, random.Random(seed)).astimezone(SWEDEN)
    assert at.weekday() < 5
    assert 8 <= at.hour <= 16


def test_every_ending_is_somebodys() -> None:
    assert {player.goal for player in cast.PLAYERS} == set(plots.ENDINGS)


def test_names_and_addresses_are_of_one_organisation_each() -> None:
    assert max(Counter(player.name for player in cast.PLAYERS).values()) == 1
    assert max(Counter(player.domain for player in cast.PLAYERS).values()) == 1
    assert len({founding.number(place) for place in range(100)}) == 100
    assert all(luhn(founding.number(place)) for place in range(100))


def test_time_never_goes_back() -> None:
    begins = datetime(2026, 1, 5, 8, tzinfo=UTC)
    diary = Diary(begins, random.Random(1))
    seen: list[datetime] = []

    def act() -> None:
        seen.append(diary())

    live(
        diary, [(begins + timedelta(hours=hours), act) for hours in (3, 1, 2, 1)], lambda _done, _total: None
    )
    assert seen == sorted(seen)
    assert seen[-1] > begins + timedelta(hours=3)
