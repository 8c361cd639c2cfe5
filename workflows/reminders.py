"""When somebody is reminded of a day: before it comes, and every week after it has passed."""

from collections.abc import Collection
from datetime import date, timedelta

WEEK = 7


def threshold(
    due: date, today: date, since: date | None, before: Collection[int], *, weekly: bool
) -> str | None:
    """The reminder that belongs to today, such as "2026-12-01 -7" or "2026-12-01 +1"; None when none does.

    `before` are days ahead of the due date; a day that the portal was not running on is made up for later. What came
    to be (`since`) when a reminder's day was over already needs no such reminder. The due date is a part of it, so
    that a new date is reminded of anew.
    """
    left = (due - today).days
    if left < 0:
        weeks = -left // WEEK
        return f"{due.isoformat()} +{weeks}" if weekly and weeks else None
    for days in sorted(before):
        if left <= days:
            told = since is None or since <= due - timedelta(days=days)
            return f"{due.isoformat()} -{days}" if told else None
    return None
