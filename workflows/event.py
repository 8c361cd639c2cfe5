"""What every event is: a frozen dataclass whose fields are ids and codes, found again by the name of its class."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

KINDS: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """Base of all events. `kind` is the class name; the body is its fields."""

    kind: ClassVar[str] = "Event"

    def __init_subclass__(cls) -> None:
        cls.kind = cls.__name__
        KINDS[cls.kind] = cls

    def body(self) -> dict[str, Any]:
        """The fields as plain JSON-able values."""
        return asdict(self)

    @classmethod
    def text_key(cls, body: Mapping[str, Any]) -> str:
        """The key of the sentence that tells this event in a timeline."""
        return cls.kind


def read(kind: str, body: Mapping[str, Any]) -> Event:
    """The event that `body()` was taken from; fields added to a class later take their defaults."""
    known = {item.name for item in fields(KINDS[kind])}
    return KINDS[kind](**{name: value for name, value in body.items() if name in known})
