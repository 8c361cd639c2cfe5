"""The daily letter of reminders: what is late first, each thing with its day in words and the way to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from checklists.schema import Text
from portal.store.models import Person
from portal.texts import day_in_words, text


@dataclass(frozen=True)
class Item:
    """One thing to remind of. `what` is a key below reminder.what, `place` an address of the portal, `words` what
    the sentence needs; a catalogue's text among them is said in the reader's language."""

    key: tuple[str, str, str]
    what: str
    due: date
    place: str
    words: dict[str, Any]
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Letter:
    """A letter ready to be put in the outbox."""

    person_id: str
    address: str
    subject: str
    body: str


def letters(items: Iterable[Item], today: date, address: str) -> list[Letter]:
    """One letter for each person who has something to be reminded of, by the order of e-mail addresses."""
    gathered: dict[str, tuple[Person, list[Item]]] = {}
    for item in items:
        for person in item.people:
            gathered.setdefault(person.id, (person, []))[1].append(item)
    written = sorted(gathered.values(), key=lambda found: found[0].email)
    return [_letter(person, mine, today, address) for person, mine in written]


def _letter(person: Person, items: list[Item], today: date, address: str) -> Letter:
    language = person.language
    ordered = sorted(items, key=lambda item: (item.due, item.place))
    late = sum(_days_late(item, today) > 0 for item in ordered)
    subject = text("reminder.subject", language, n=len(ordered))
    if late:
        subject = text("reminder.subject_late", language, n=len(ordered), late=late)
    told = "\n\n".join(_line(item, today, address, language) for item in ordered)
    body = text("reminder.body", language, items=told, name=person.name)
    return Letter(person.id, person.email, subject, body)


def _line(item: Item, today: date, address: str, language: str) -> str:
    words = {
        name: value.get(language) if isinstance(value, Text) else value for name, value in item.words.items()
    }
    return text(
        "reminder.line",
        language,
        when=when_due(item.due, today, language),
        what=text(f"reminder.what.{item.what}", language, **words),
        organisation=words["organisation"],
        reference=words["reference"],
        link=f"{address}{item.place}",
    )


def when_due(due: date, today: date, language: str) -> str:
    """A day as one says it of something to do: late by so many days, today, or in so many days, with the date."""
    days = (due - today).days
    named = day_in_words(due, language)
    if days < 0:
        return text("reminder.when.late", language, n=-days, date=named)
    if days == 0:
        return text("reminder.when.today", language, date=named)
    return text("reminder.when.ahead", language, n=days, date=named)


def _days_late(item: Item, today: date) -> int:
    return (today - item.due).days
