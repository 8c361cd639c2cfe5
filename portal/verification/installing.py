"""Installing trust anchors: reads a folder of CA certificates into the data folder, by environment and purpose."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.verification.certificates import CertificateFault, common_name, parse_file, pem
from portal.verification.pack import NEVER_RUN, SHIPPED, PackError

RECORD = "installed.json"
# How the federation's own folders are named, and what we call the same things.
_PURPOSES = {
    "certifikatskedja_accesspunkt": "ap",
    "certifikatskedja_smp": "smp",
    "certifikatskedja_mtls": "tls",
    "certifikatskedjor_o2o": "o2o",
}
_ENVIRONMENTS = {"prod": "production", "test": "open-test", "opentest": "open-test"}
_SUFFIXES = frozenset({".cer", ".crt", ".der", ".pem"})
_MAX_BYTES = 100_000


@dataclass(frozen=True)
class Anchor:
    """One CA certificate: what it is for, whose it is, where it was read, and its SHA-256 over DER."""

    purpose: str
    name: str
    file: str
    sha256: str
    pem: str


@dataclass(frozen=True)
class Installed:
    """What an installation did, per environment: the anchors added and those that were there already."""

    environment: str
    added: tuple[Anchor, ...]
    unchanged: tuple[Anchor, ...]


def install(packs_dir: Path, folder: Path, environment: str | None = None) -> tuple[Installed, ...]:
    """Install the CA certificates below a folder, for one environment or for every one that it holds.

    Everything is read before anything is written. Raises PackError, and then nothing has been installed.
    """
    found = _sources(folder, environment)
    read = {name: tuple(_anchors(source)) for name, source in found.items()}
    return tuple(_write(packs_dir, name, anchors) for name, anchors in read.items())


def installed(packs_dir: Path) -> dict[str, list[dict[str, str]]]:
    """What has been installed, by environment: purpose, name, file and sha256 of each anchor."""
    return {path.parent.name: _record(path) for path in sorted(packs_dir.glob(f"*/{RECORD}"))}


def _sources(folder: Path, environment: str | None) -> dict[str, Path]:
    if not folder.is_dir():
        raise PackError(f"{folder} is not a folder. Name the one that holds Certifikatskedja_Accesspunkt.")
    for place in (folder, folder / "certificates"):
        if _purposes(place):
            return {_environment(environment or place.name): place}
        below = (
            {part.name: part for part in sorted(place.iterdir()) if _purposes(part)} if place.is_dir() else {}
        )
        named = {_environment(name): part for name, part in below.items()}
        if environment is not None and named:
            if environment not in named:
                raise PackError(f"{place} holds {', '.join(named)}, not {environment}.")
            return {environment: named[environment]}
        if named:
            return named
    raise PackError(
        f"{folder} holds no certificate chains. Expected folders such as Certifikatskedja_Accesspunkt, _SMP, _mTLS."
    )


def _environment(name: str) -> str:
    found = _ENVIRONMENTS.get(name.lower(), name.lower())
    known = (*SHIPPED, *NEVER_RUN)
    if found not in known:
        raise PackError(f"{name} is not an environment. Add --environment with one of: {', '.join(known)}.")
    return found


def _purposes(folder: Path) -> dict[Path, str]:
    if not folder.is_dir():
        return {}
    parts = {part: _PURPOSES.get(part.name.lower()) for part in sorted(folder.iterdir()) if part.is_dir()}
    return {part: purpose for part, purpose in parts.items() if purpose is not None}


def _anchors(source: Path) -> Iterator[Anchor]:
    for part, purpose in _purposes(source).items():
        for path in sorted(part.iterdir()):
            if path.is_file() and path.suffix.lower() in _SUFFIXES:
                yield _anchor(path, purpose)


def _anchor(path: Path, purpose: str) -> Anchor:
    if path.stat().st_size > _MAX_BYTES:
        raise PackError(f"{path} is too large for a certificate. Nothing was installed.")
    try:
        found = parse_file(path.read_bytes())
    except CertificateFault as fault:
        if fault.code == "private_key":
            raise PackError(f"{path} holds a private key. Nothing was installed; remove the key.") from fault
        raise PackError(f"{path} is not one certificate ({fault.code}). Nothing was installed.") from fault
    if not _authority(found):
        raise PackError(f"{path} is not a CA certificate. Nothing was installed; remove the file.")
    der = found.public_bytes(Encoding.DER)
    return Anchor(purpose, common_name(found.subject), path.name, hashlib.sha256(der).hexdigest(), pem(found))


def _authority(found: x509.Certificate) -> bool:
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _write(packs_dir: Path, environment: str, anchors: tuple[Anchor, ...]) -> Installed:
    folder = packs_dir / environment
    record = _record(folder / RECORD)
    known = {(entry["purpose"], entry["sha256"]) for entry in record}
    added = []
    for anchor in anchors:
        place = folder / anchor.purpose / f"{_file_name(anchor)}.pem"
        if (anchor.purpose, anchor.sha256) in known and place.is_file():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(anchor.pem, "ascii")
        added.append(anchor)
    entries = {(entry["purpose"], entry["sha256"]): entry for entry in record}
    for anchor in added:
        entries[anchor.purpose, anchor.sha256] = {
            "purpose": anchor.purpose,
            "name": anchor.name,
            "file": anchor.file,
            "sha256": anchor.sha256,
        }
    if added:
        body = json.dumps(
            sorted(entries.values(), key=lambda entry: (entry["purpose"], entry["file"])), indent=2
        )
        (folder / RECORD).write_text(body + "\n", "utf-8")
    return Installed(environment, tuple(added), tuple(one for one in anchors if one not in added))


def _record(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    try:
        found: list[dict[str, str]] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise PackError(f"{path} is damaged. Remove it and install again.") from error
    return found


def _file_name(anchor: Anchor) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", anchor.name.lower()).strip("-")
    return f"{plain[:60]}-{anchor.sha256[:12]}"
