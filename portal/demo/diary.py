"""The demo's time: a clock that the history moves, office hours, and acts carried out in the order of their times."""

import heapq
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta

from portal.services.installation import SWEDEN

Act = Callable[[], None]


class Diary:
    """The clock of the installation while its history is made; each look at it takes some seconds of work."""

    def __init__(self, begins: datetime, dice: random.Random) -> None:
        self._at = begins
        self._dice = dice

    def __call__(self) -> datetime:
        self._at += timedelta(seconds=self._dice.randint(3, 20))
        return self._at

    def turn_to(self, at: datetime) -> None:
        """Go on to this moment; time never goes back."""
        self._at = max(self._at, at)


def office_hours(about: datetime, dice: random.Random) -> datetime:
    """A moment of a working day, on the day asked for or the next weekday, in Swedish office hours."""
    day = about.astimezone(SWEDEN).date()
    while day.weekday() >= 5:
        day += timedelta(days=1)
    at = datetime.combine(day, time(8), SWEDEN) + timedelta(minutes=dice.randint(0, 8 * 60))
    return at.astimezone(UTC)


def live(diary: Diary, planned: Iterable[tuple[datetime, Act]], tell: Callable[[int, int], None]) -> None:
    """Carry out every act at its time, the earliest first; `tell` hears how many of how many are done."""
    queue = [(at, number, act) for number, (at, act) in enumerate(planned)]
    heapq.heapify(queue)
    total = len(queue)
    for done in range(1, total + 1):
        at, _, act = heapq.heappop(queue)
        diary.turn_to(at)
        act()
        tell(done, total)
