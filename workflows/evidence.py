"""What follows from evidence: which names, dates and links may stand, and whether it still holds.

Source: sdk-domain section 3.0 (what shows that an answer is true, and for how long it does).
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from workflows.errors import Reason
from workflows.identifiers import clean

MAX_TITLE, MAX_URL, MAX_NAME = 200, 2000, 120
FIRST_YEAR, LAST_YEAR = 1990, 2100
SOON_DAYS = 30
_RESERVED = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}
_ELSEWHERE_FORBIDDEN = re.compile(r'[<>:"|?*]')


class Kind(StrEnum):
    FILE = "file"
    LINK = "link"


class Holds(StrEnum):
    """Whether evidence still holds on a day."""

    OPEN_ENDED = "open_ended"
    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Stated:
    """What a person states of evidence; the title may be empty, and is then the name of the file or the link."""

    title: str = ""
    url: str = ""
    happened_on: date | None = None
    valid_until: date | None = None


def holds(valid_until: date | None, today: date) -> Holds:
    """Whether evidence holds; its last day is a day on which it does."""
    if valid_until is None:
        return Holds.OPEN_ENDED
    if valid_until < today:
        return Holds.EXPIRED
    return Holds.SOON if (valid_until - today).days <= SOON_DAYS else Holds.VALID


def check(stated: Stated, *, has_file: bool, today: date) -> dict[str, Reason]:
    """What stops evidence from being added, by field."""
    errors: dict[str, Reason] = {}
    if len(stated.title) > MAX_TITLE:
        errors["title"] = Reason("too_long", {"n": len(stated.title) - MAX_TITLE, "max": MAX_TITLE})
    if has_file and stated.url:
        errors["url"] = Reason("evidence_both")
    elif not has_file and not stated.url:
        errors["file"] = Reason("evidence_neither")
    elif stated.url:
        wrong = _link(stated.url)
        if wrong:
            errors["url"] = wrong
    return errors | _dates(stated, today)


def _dates(stated: Stated, today: date) -> dict[str, Reason]:
    errors = {
        name: Reason("date_far", {"value": value.isoformat()})
        for name in ("happened_on", "valid_until")
        if (value := getattr(stated, name)) and not FIRST_YEAR <= value.year <= LAST_YEAR
    }
    if errors or stated.happened_on is None:
        return errors
    if stated.happened_on > today:
        errors["happened_on"] = Reason("evidence_future", {"value": stated.happened_on.isoformat()})
    elif stated.valid_until is not None and stated.valid_until < stated.happened_on:
        errors["valid_until"] = Reason("evidence_ends_first")
    return errors


def _link(url: str) -> Reason | None:
    """Why a link may not stand: it must be a web address that carries no password and nothing unseen."""
    if len(url) > MAX_URL:
        return Reason("too_long", {"n": len(url) - MAX_URL, "max": MAX_URL})
    wrong = Reason("evidence_link", {"value": url[:80]})
    if any(c.isspace() or c in '<>"\\' or unicodedata.category(c).startswith("C") for c in url):
        return wrong
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return wrong
    if parts.scheme.lower() not in ("http", "https") or not host:
        return wrong
    if parts.username is not None or parts.password is not None:
        return Reason("evidence_link_password")
    return None


def tidy_name(name: str) -> str:
    """A file name as text to show and to save under: no folders, nothing unseen or reserved, not too long.

    It is never the name of a file on the server. Empty when nothing of it can stand.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c for c in clean(last) if unicodedata.category(c) not in ("Cf", "Co", "Cn", "Zl", "Zp"))
    words = " ".join(_ELSEWHERE_FORBIDDEN.sub("_", seen).split()).lstrip(". ").rstrip(". ")
    if words.split(".", 1)[0].strip().lower() in _RESERVED:
        words = f"_{words}"
    if len(words) <= MAX_NAME:
        return words
    stem, dot, end = words.rpartition(".")
    if not dot or len(end) > 10:
        return words[:MAX_NAME].rstrip(". ")
    return stem[: MAX_NAME - len(end) - 1].rstrip(". ") + dot + end


def extension(name: str) -> str:
    """What follows the last full stop of a name, in small letters; empty when there is none."""
    _stem, dot, end = name.rpartition(".")
    return end.lower() if dot else ""


def named_for(name: str, extensions: Collection[str]) -> tuple[str, bool]:
    """The name with an ending that tells what the file is, and whether the name as given told something else.

    `extensions` are those of the type that the content shows; the first is put at the end of a name that lies.
    """
    tidy = tidy_name(name)
    if extension(tidy) in extensions:
        return tidy, False
    right = next(iter(extensions))
    if not tidy:
        return f"fil.{right}", False
    lies = "." in tidy
    if len(tidy) + len(right) >= MAX_NAME:
        tidy = tidy[: MAX_NAME - len(right) - 1].rstrip(". ")
    return f"{tidy}.{right}", lies
