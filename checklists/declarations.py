"""What a declaration must hold beside its form: ids of their own, known themes and checks, and texts that say something."""

import re
from collections.abc import Collection, Iterator

from checklists.conditions import Place
from checklists.schema import DeclarationCatalogue, Requirement

SCALE = ("yes", "partly", "no", "not_applicable")
LONGEST_ID, LONGEST_TEXT = 20, 4000
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,2}")


def faults(catalogue: DeclarationCatalogue, checks: Collection[str]) -> list[tuple[Place, str]]:
    """What is wrong with the file, and what to write instead; `checks` are the numbers of the suite."""
    return [*_head(catalogue), *_requirements(catalogue, checks)]


def _head(catalogue: DeclarationCatalogue) -> Iterator[tuple[Place, str]]:
    if not _VERSION.fullmatch(catalogue.version):
        yield ("version",), 'write whole numbers with points between them and quotes around, such as "1.1"'
    codes = tuple(option.code for option in catalogue.scale)
    if codes != SCALE:
        yield ("scale",), f"write these codes in this order: {', '.join(SCALE)}"
    if not catalogue.requirements:
        yield ("requirements",), "write at least one requirement"
    seen: set[str] = set()
    for number, theme in enumerate(catalogue.themes):
        yield from _named(("themes", number, "id"), theme.id, seen)
        yield from _texts(("themes", number, "title"), theme.title.sv, theme.title.en)


def _requirements(catalogue: DeclarationCatalogue, checks: Collection[str]) -> Iterator[tuple[Place, str]]:
    themes = [theme.id for theme in catalogue.themes]
    seen: set[str] = set()
    for number, item in enumerate(catalogue.requirements):
        place: Place = ("requirements", number)
        yield from _named((*place, "id"), item.id, seen)
        if item.theme not in themes:
            yield (
                (*place, "theme"),
                f"{item.theme} is no theme of this file; write one of {', '.join(themes)}",
            )
        if unknown := [check for check in item.checks if check not in checks]:
            yield (
                (*place, "checks"),
                f"{', '.join(unknown)} is no check; write some of {', '.join(sorted(checks))}",
            )
        yield from _words(place, item)


def _words(place: Place, item: Requirement) -> Iterator[tuple[Place, str]]:
    for name in ("title", "text", "why", "evidence"):
        found = getattr(item, name)
        yield from _texts((*place, name), found.sv, found.en)
    yield from _texts((*place, "source"), item.source, item.source)


def _named(place: Place, name: str, seen: set[str]) -> Iterator[tuple[Place, str]]:
    if name in seen:
        yield place, f"{name} is already used above; give each its own id"
    elif not _ID.fullmatch(name) or len(name) > LONGEST_ID:
        yield place, f"write a letter and then letters, digits, - or _, at most {LONGEST_ID} in all"
    seen.add(name)


def _texts(place: Place, *texts: str) -> Iterator[tuple[Place, str]]:
    if not all(text.strip() for text in texts):
        yield place, "a text is empty; write it in both languages"
    elif any(_UNPRINTABLE.search(text) for text in texts):
        yield place, "a text holds signs that cannot be shown; write it again by hand"
    elif max(len(text) for text in texts) > LONGEST_TEXT:
        yield place, f"a text is too long; write at most {LONGEST_TEXT} characters"
