"""The portal's own words: one folder per language, one file per area, the same keys in each."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date

LANGUAGES = ("sv", "en")
DEFAULT_LANGUAGE = "sv"


class MissingText(KeyError):
    """No text has this key in this language; the message names the file to edit."""


@cache
def all_texts(language: str) -> Mapping[str, Any]:
    """Every text of a language by its whole key, such as `account.sign_in.title`."""
    flat: dict[str, Any] = {}
    for file in (resources.files(__package__) / language).iterdir():
        if file.name.endswith(".yaml"):
            _flatten(file.name.removesuffix(".yaml"), yaml.safe_load(file.read_text("utf-8")) or {}, flat)
    return flat


def _flatten(prefix: str, node: Any, into: dict[str, Any]) -> None:
    if isinstance(node, dict) and not set(node) <= {"one", "other"}:
        for key, value in node.items():
            _flatten(f"{prefix}.{key}", value, into)
    else:
        into[prefix] = node


def text(key: str, language: str, **params: Any) -> str:
    """The text of a key with its parameters filled in; `n` chooses between `one` and `other`."""
    try:
        found = all_texts(language)[key]
    except KeyError:
        area = key.split(".", 1)[0]
        raise MissingText(f"{key}: write it in portal/texts/{language}/{area}.yaml") from None
    if isinstance(found, dict):
        found = found[Locale.parse(language).plural_form(int(params["n"]))]
    return str(found).format(**params) if params else str(found)


def day_in_words(day: date, language: str) -> str:
    """23 november 2026."""
    return format_date(day, "d MMMM y", locale=language)


def has(key: str, language: str) -> bool:
    """True when the key has a text in the language."""
    return key in all_texts(language)
