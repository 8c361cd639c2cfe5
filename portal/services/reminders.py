"""Reminders of days to keep: one letter a day to each person, which gathers all that is near or late.

The Reminder table remembers what has been sent. The run of a day takes that day's row, so that workers side by side,
and a worker that starts anew, send nothing twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.services.installation import SWEDEN, Installation
from portal.services.reminder_letters import Item, Letter, letters
from portal.store import declarations, reminders, threads
from portal.store import people as members
from portal.store.models import Assignment, Condition, Person, Reminder
from portal.store.reminders import Dated
from workflows.access import Role
from workflows.events import RemindersSent
from workflows.reminders import threshold

FIRST_HOUR = 6
FOLLOW = frozenset({Role.CONTACT, Role.INFOSEC})
ACTION_DAYS, ASSIGNMENT_DAYS, EVIDENCE_DAYS, CONDITION_DAYS = (30, 7, 1), (7, 1), (30, 7), (30, 7, 1)
DAY, NOBODY = "day", "-"


@dataclass
class _Search:
    """What one run of reminders looks with: the day, what is sent already, and the followers found so far."""

    session: Session
    today: date
    sent: frozenset[tuple[str, str, str]]
    followers: dict[str, list[Person]]

    def new(self, about: str, target_id: str, code: str | None) -> bool:
        return code is not None and (about, target_id, code) not in self.sent

    def of(self, organisation_id: str) -> list[Person]:
        """Those who follow up in an organisation."""
        if organisation_id not in self.followers:
            self.followers[organisation_id] = threads.holders(self.session, organisation_id, FOLLOW)
        return self.followers[organisation_id]


def send_due(home: Installation) -> int:
    """Put today's reminders in the outbox, once a day from six in the morning; how many letters that was."""
    now = home.clock()
    local = now.astimezone(SWEDEN)
    today = local.date()
    if local.hour < FIRST_HOUR:
        return 0
    with home.read() as session:
        if reminders.is_sent(session, DAY, NOBODY, today.isoformat()):
            return 0
        items = list(_items(_Search(session, today, reminders.sent(session, now), {})))
        written = letters(items, today, home.settings.address)
    try:
        _store(home, today, items, written)
    except IntegrityError:
        # Another worker took the day while this one was looking.
        return 0
    return len(written)


def _store(home: Installation, today: date, items: list[Item], written: list[Letter]) -> None:
    with home.write() as work:
        work.session.add(Reminder(about=DAY, target_id=NOBODY, threshold=today.isoformat(), sent_at=work.now))
        work.session.flush()
        for about, target_id, code in dict.fromkeys(item.key for item in items):
            work.session.add(Reminder(about=about, target_id=target_id, threshold=code, sent_at=work.now))
        for letter in written:
            work.mail(letter.address, letter.subject, letter.body, letter.person_id)
        if written:
            work.record(RemindersSent(len(written)))


def _items(search: _Search) -> Iterator[Item]:
    held = reminders.conditions(search.session, _until(search, CONDITION_DAYS))
    yield from _conditions(search, held)
    # A condition stands for the action that meets it, which needs no line of its own until the day has passed.
    told = {found.row.action_id for found in held if found.row.due >= search.today}
    yield from (item for item in _actions(search) if item.key[1] not in told)
    yield from _assignments(search)
    yield from _evidence(search)


def _conditions(search: _Search, held: Iterable[Dated[Condition]]) -> Iterator[Item]:
    for found in held:
        row = found.row
        code = threshold(row.due, search.today, None, CONDITION_DAYS, weekly=False)
        if search.new("condition", row.id, code):
            yield _item(search, found, "condition", row.due, code, "/conditions", {"text": row.text})


def _actions(search: _Search) -> Iterator[Item]:
    for found in reminders.actions(search.session, _until(search, ACTION_DAYS)):
        row = found.row
        if row.due is None:
            continue
        since = row.saved_at.astimezone(SWEDEN).date()
        code = threshold(row.due, search.today, since, ACTION_DAYS, weekly=True)
        if search.new("action", row.id, code):
            words = {"number": row.number, "title": row.title, "responsible": row.responsible}
            yield _item(search, found, "action", row.due, code, f"/risk/actions/{row.id}", words)


def _evidence(search: _Search) -> Iterator[Item]:
    for found in reminders.expiring(search.session, search.today, max(EVIDENCE_DAYS)):
        row = found.row
        if row.valid_until is None:
            continue
        since = row.added_at.astimezone(SWEDEN).date()
        code = threshold(row.valid_until, search.today, since, EVIDENCE_DAYS, weekly=False)
        if search.new("evidence", row.id, code):
            words = {"title": row.title, "requirement": row.requirement}
            place = f"/declaration/{row.requirement}"
            yield _item(search, found, "evidence", row.valid_until, code, place, words)


def _assignments(search: _Search) -> Iterator[Item]:
    """To the one who is asked; where that person has not come in, or has left, to the one who asked."""
    for found in reminders.assignments(search.session, _until(search, ASSIGNMENT_DAYS)):
        row = found.row
        if row.due is None:
            continue
        since = row.asked_at.astimezone(SWEDEN).date()
        code = threshold(row.due, search.today, since, ASSIGNMENT_DAYS, weekly=True)
        if not search.new("assignment", row.id, code):
            continue
        asked, asker = _still_in(search, found, row.person_id), _still_in(search, found, row.asked_by)
        about = declarations.requirement(search.session, found.connection, row.requirement).title
        words = {
            "requirement": row.requirement,
            "title": about,
            "who": _called(search.session, row),
            "asker": search.session.get_one(Person, row.asked_by).name,
        }
        what, people = ("assignment", asked) if asked else ("unanswered", asker)
        place = f"/declaration/{row.requirement}"
        yield _item(search, found, "assignment", row.due, code, place, words, what=what, people=people)


def _still_in(search: _Search, found: Dated[Assignment], person_id: str | None) -> list[Person]:
    inside = members.of_organisation(search.session, found.organisation.id)
    return list(
        dict.fromkeys(person for _, person in inside if person.id == person_id and person.disabled_at is None)
    )


def _called(session: Session, row: Assignment) -> str:
    person = session.get(Person, row.person_id) if row.person_id else None
    return person.name if person else row.email


def _item(
    search: _Search,
    found: Dated[Any],
    about: str,
    due: date,
    code: str | None,
    place: str,
    words: dict[str, Any],
    *,
    what: str | None = None,
    people: list[Person] | None = None,
) -> Item:
    return Item(
        key=(about, found.row.id, str(code)),
        what=what or about,
        due=due,
        place=f"/connections/{found.connection.id}{place}",
        words={**words, "organisation": found.organisation.name, "reference": found.connection.reference},
        people=tuple(search.of(found.organisation.id) if people is None else people),
    )


def _until(search: _Search, days: tuple[int, ...]) -> date:
    return date.fromordinal(search.today.toordinal() + max(days))
