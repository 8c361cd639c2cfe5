"""What every catalogue is built of: frozen parts, texts in both languages, an id and a version."""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of all parts: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Part)


class Text(Part):
    """One text in each language of the portal."""

    sv: str
    en: str

    def get(self, language: str) -> str:
        """The text in the language; KeyError-free for `sv` and `en`."""
        return self.en if language == "en" else self.sv


class Catalogue(Part):
    """Base of all catalogues: an id and a version that answers refer to."""

    id: str
    version: str
    title: Text


def one(parts: Iterable[P], name: str, value: str) -> P:
    """The part whose field `name` has the value; KeyError when there is none."""
    for part in parts:
        if getattr(part, name) == value:
            return part
    raise KeyError(value)
