"""Freezing: one record has one canonical form, and its SHA-256 names it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(record: Mapping[str, Any]) -> bytes:
    """Canonical JSON of a record: sorted keys, UTF-8, no spaces, no floats.

    Raises TypeError for a float anywhere, because two machines may print it differently.
    """
    _refuse_floats(record)
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(record: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(record)).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a frozen record holds no floats; store a string or an integer")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
