"""OASIS SMP 1.0: the addresses to ask and the answers in plain values. Own assertions stand in for the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

NAMESPACE = "http://docs.oasis-open.org/bdxr/ns/SMP/2016/05"
_NS = f"{{{NAMESPACE}}}"


class SmpFault(Exception):
    """An answer is not built as OASIS SMP 1.0 says; `element` is what is missing, double or wrong."""

    def __init__(self, element: str, actual: str = "") -> None:
        super().__init__(element)
        self.element = element
        self.actual = actual


@dataclass(frozen=True)
class Identifier:
    """A scheme and a value."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}::{self.value}"


@dataclass(frozen=True)
class ServiceGroup:
    """A participant and the addresses of what is published for it, as written."""

    participant: Identifier
    references: tuple[str, ...]


@dataclass(frozen=True)
class Endpoint:
    """One endpoint; times are None when they are not given."""

    transport_profile: str
    uri: str
    certificate: str
    activation: datetime | None
    expiration: datetime | None
    description: str
    contact: str


@dataclass(frozen=True)
class Process:
    """A process with its endpoints."""

    identifier: Identifier
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True)
class Metadata:
    """What is published for one participant and document type."""

    participant: Identifier
    document: Identifier
    processes: tuple[Process, ...]


def group_url(base: str, participant: Identifier) -> str:
    """The address of a service group; everything in the identifier is escaped (clause 3.4.2)."""
    return f"{base}/{quote(str(participant), safe='')}"


def document_of(reference: str, base: str, participant: Identifier) -> str | None:
    """The document identifier (`scheme::value`) that a reference leads to; None unless it lies below the base."""
    try:
        here, there = urlsplit(base), urlsplit(reference)
        same = _origin(here) == _origin(there) and not there.query and not there.fragment
    except ValueError:
        return None
    prefix = f"{here.path.rstrip('/')}/"
    if not same or not there.path.startswith(prefix):
        return None
    parts = there.path.removeprefix(prefix).split("/")
    if len(parts) != 3 or parts[1] != "services" or unquote(parts[0]).lower() != str(participant).lower():
        return None
    return unquote(parts[2])


def _origin(parts: Any) -> tuple[str, str | None, int, bool]:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname, port, "@" in parts.netloc


def service_group(root: Any) -> ServiceGroup:
    """The service group in an answer. Raises SmpFault."""
    _named(root, "ServiceGroup")
    collection = _one(root, "ServiceMetadataReferenceCollection")
    references = tuple(
        str(found.get("href", "")) for found in _children(collection, "ServiceMetadataReference")
    )
    if "" in references:
        raise SmpFault("ServiceMetadataReference/@href")
    return ServiceGroup(_identifier(_one(root, "ParticipantIdentifier")), references)


def metadata(root: Any) -> Metadata:
    """The metadata in a signed answer whose signature has been verified. Raises SmpFault."""
    _named(root, "SignedServiceMetadata")
    information = _one(_one(root, "ServiceMetadata"), "ServiceInformation")
    processes = tuple(_process(found) for found in _children(_one(information, "ProcessList"), "Process"))
    if not processes:
        raise SmpFault("Process")
    return Metadata(
        participant=_identifier(_one(information, "ParticipantIdentifier")),
        document=_identifier(_one(information, "DocumentIdentifier")),
        processes=processes,
    )


def _process(node: Any) -> Process:
    endpoints = tuple(_endpoint(found) for found in _children(_one(node, "ServiceEndpointList"), "Endpoint"))
    if not endpoints:
        raise SmpFault("Endpoint")
    return Process(_identifier(_one(node, "ProcessIdentifier")), endpoints)


def _endpoint(node: Any) -> Endpoint:
    return Endpoint(
        transport_profile=str(node.get("transportProfile", "")),
        uri=_text(_one(node, "EndpointURI")),
        certificate=_text(_one(node, "Certificate")),
        activation=_time(node, "ServiceActivationDate"),
        expiration=_time(node, "ServiceExpirationDate"),
        description=_optional(node, "ServiceDescription"),
        contact=_optional(node, "TechnicalContactUrl"),
    )


def _time(node: Any, name: str) -> datetime | None:
    written = _optional(node, name)
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise SmpFault(name, written[:80]) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _identifier(node: Any) -> Identifier:
    found = Identifier(str(node.get("scheme", "")), _text(node))
    if not found.value:
        raise SmpFault(_local(node))
    return found


def _named(root: Any, name: str) -> None:
    if root.tag != f"{_NS}{name}":
        raise SmpFault(name, str(root.tag)[:200])


def _children(node: Any, name: str) -> Iterator[Any]:
    yield from node.iterchildren(f"{_NS}{name}")


def _one(node: Any, name: str) -> Any:
    found = list(_children(node, name))
    if len(found) != 1:
        raise SmpFault(name, str(len(found)))
    return found[0]


def _optional(node: Any, name: str) -> str:
    found = next(_children(node, name), None)
    return _text(found) if found is not None else ""


def _text(node: Any) -> str:
    return "".join(node.itertext()).strip()


def _local(node: Any) -> str:
    return str(node.tag).rsplit("}", 1)[-1]
