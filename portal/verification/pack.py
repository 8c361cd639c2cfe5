"""Profile packs: every constant and trust anchor of an environment, as data with a source per value.

The package ships the constants; certificates are installed into the data folder and may be replaced there.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

PURPOSES = ("smp", "ap", "tls", "o2o")
SHIPPED = ("demo", "qa", "open-test")
NEVER_RUN = frozenset({"production"})
PORTS_FILE = "ports.json"
LOCAL_FILE = "local.yaml"


class PackError(ValueError):
    """A pack cannot be used; the message says what to do about it."""


class Identifiers(BaseModel):
    """The identifiers that metadata is compared with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    participant_scheme: str
    document_scheme: str
    message: str
    receipt: str
    process: str
    process_scheme: str
    transport_profiles: tuple[str, ...]
    naptr_service: str
    certpub_extension: str
    certpub_signing: str
    certpub_encryption: str
    ap_name_pattern: str
    ap_name_example: str

    @property
    def documents(self) -> dict[str, str]:
        """The two document types by kind: `message` and `receipt`."""
        return {"message": self.message, "receipt": self.receipt}


class Pack(BaseModel):
    """What a run needs to know of its environment.

    `resolver` is (address, port), or None for the machine's own; `anchors` are CA certificates (PEM) by purpose
    smp, ap, tls, o2o; `others` the same of other environments, only to name them; `sources` says where each
    value comes from, by dotted name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    environment: str
    version: str
    zone: str
    resolver: tuple[str, int] | None
    smp_ports: tuple[int, ...]
    as4_ports: tuple[int, ...]
    crl: Mapping[str, str]
    loopback: bool
    identifiers: Identifiers
    anchors: Mapping[str, tuple[str, ...]] = {}
    others: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    sources: Mapping[str, str] = {}

    @property
    def ports(self) -> frozenset[int]:
        """Every port that this environment may be reached at, revocation lists included."""
        crl = {urlsplit(url).port or 80 for url in self.crl.values()}
        return frozenset({*self.smp_ports, *self.as4_ports, *crl})


def environments(packs_dir: Path) -> list[str]:
    """The environments that runs may be made against; the demo's only where its folder exists."""
    return [name for name in SHIPPED if name != "demo" or (packs_dir / "demo").is_dir()]


def load(packs_dir: Path, environment: str) -> Pack:
    """The pack of an environment with the anchors that are installed; it may have none.

    Raises PackError for an environment that has no pack or is never run against.
    """
    if environment in NEVER_RUN or environment not in SHIPPED:
        known = ", ".join(SHIPPED)
        raise PackError(
            f"There is no profile pack to run against for {environment!r}. Choose one of: {known}."
        )
    values, sources = _values(packs_dir / environment, environment)
    folders = sorted(packs_dir.iterdir()) if packs_dir.is_dir() else []
    others = {
        found.name: _anchors(found) for found in folders if found.is_dir() and found.name != environment
    }
    try:
        return Pack(
            **values,
            anchors=_anchors(packs_dir / environment),
            others={name: found for name, found in others.items() if any(found.values())},
            sources=sources,
        )
    except ValidationError as error:
        raise PackError(f"The profile pack {environment} cannot be used: {error}") from error


def _values(folder: Path, environment: str) -> tuple[dict[str, Any], dict[str, str]]:
    shipped = _shipped(f"{environment}.yaml")
    values: dict[str, Any] = {name: shipped[name] for name in ("id", "environment", "version")}
    sources: dict[str, str] = {}
    local = _local(folder / LOCAL_FILE)
    identifiers: dict[str, Any] = {}
    for layer in (_shipped("sdk-identifiers.yaml"), shipped, local):
        for name, entry in layer.get("identifiers", {}).items():
            identifiers[name], sources[f"identifiers.{name}"] = _cited(entry, f"identifiers.{name}")
        for name, entry in layer.get("values", {}).items():
            values[name], sources[name] = _cited(entry, name)
    values["identifiers"] = identifiers
    if environment == "demo":
        _move_ports(values, folder / PORTS_FILE)
    return values, sources


def _cited(entry: Any, name: str) -> tuple[Any, str]:
    if not isinstance(entry, dict) or set(entry) != {"value", "source"} or not entry["source"]:
        raise PackError(f"{name}: write it as value: and source: in the profile pack.")
    return entry["value"], str(entry["source"])


@cache
def _shipped(name: str) -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load((resources.files(__package__) / "packs" / name).read_text("utf-8"))
    return body


def _local(path: Path) -> dict[str, Any]:
    """What the installation sets for itself, such as the zone of an environment."""
    if not path.is_file():
        return {}
    try:
        body = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise PackError(f"{path}: the file cannot be read as YAML: {error}") from error
    if not isinstance(body, dict) or not set(body) <= {"values", "identifiers"}:
        raise PackError(f"{path}: write values: or identifiers:, each name with value: and source:.")
    return body


def _move_ports(values: dict[str, Any], path: Path) -> None:
    """The reference organisation says here which ports it took instead of its usual ones."""
    if not path.is_file():
        return
    try:
        ports = {name: int(port) for name, port in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise PackError(f"{path}: start the reference organisation again; the file is damaged.") from error
    if "dns" in ports:
        values["resolver"] = (values["resolver"][0], ports["dns"])
    if "smp" in ports:
        values["smp_ports"] = (ports["smp"],)
    if "tls" in ports:
        values["as4_ports"] = (ports["tls"],)
    if "crl" in ports:
        values["crl"] = {name: _with_port(url, ports["crl"]) for name, url in values["crl"].items()}


def _with_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.hostname}:{port}"))


def _anchors(folder: Path) -> dict[str, tuple[str, ...]]:
    return {
        purpose: tuple(path.read_text("ascii") for path in sorted((folder / purpose).glob("*.pem")))
        for purpose in PURPOSES
    }
