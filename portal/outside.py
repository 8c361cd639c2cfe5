"""What comes back from outside: answers and errors as plain values, without any network."""

from collections.abc import Mapping
from dataclasses import dataclass


class EgressError(Exception):
    """Something on the way out did not work; `code` says what, `params` with which values."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


class Refused(EgressError):
    """Our own rule says no: address, address_form, loopback, port or url. Nothing was sent."""


class NameFault(EgressError):
    """A name has no answer: nxdomain, no_answer, timeout, servfail or name (not a name at all)."""

    @property
    def passing(self) -> bool:
        """True when the name service failed, rather than said no."""
        return self.code in ("timeout", "servfail")


class Unreachable(EgressError):
    """A checked address did not serve: timeout, refused, reset, no_route, tls, not_http or too_large."""


@dataclass(frozen=True)
class Naptr:
    """One NAPTR record, as text."""

    order: int
    preference: int
    flags: str
    service: str
    regexp: str
    replacement: str


@dataclass(frozen=True)
class NaptrAnswer:
    """The NAPTR records of a name in the order they apply, their life in seconds, and the message they came in."""

    records: tuple[Naptr, ...]
    ttl: int
    raw: bytes


@dataclass(frozen=True)
class Answer:
    """What a server answered: status, headers by lower-case name, the body, and the address it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str
