"""How a report says things: texts, dates and times in the document's language, and the names of codes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from checklists import load
from checklists.counties import COUNTIES
from checklists.schema import AnyCatalogue
from portal.texts import text

SWEDEN = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Saying:
    """The words of one language; `find` gives the catalogue of an id and a version, KeyError when there is none."""

    language: str
    find: Callable[[str, str], AnyCatalogue] = load.get

    def t(self, key: str, **params: Any) -> str:
        """The portal's text of that key."""
        return text(key, self.language, **params)

    def date(self, value: str | None) -> str:
        """23 november 2026, of an ISO date or moment; empty for none."""
        if not value:
            return ""
        day = _local(value).date() if "T" in value else date.fromisoformat(value)
        return format_date(day, "d MMMM y", locale=self.language)

    def moment(self, value: str | None) -> str:
        """23 november 2026 14.02, of an ISO moment; empty for none."""
        return f"{self.date(value)} {_local(value):%H.%M}" if value else ""

    def by(self, name: str, at: str | None) -> str:
        """Who did something and when, or only when for the portal itself."""
        return self.t("report.by", name=name, when=self.moment(at)) if name else self.moment(at)

    def county(self, code: str | None) -> str:
        return COUNTIES.get(code or "", "")


def _local(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(SWEDEN)


def org_number(digits: str | None) -> str:
    """212000-1234, of ten digits; empty for none."""
    return f"{digits[:6]}-{digits[6:]}" if digits else ""
