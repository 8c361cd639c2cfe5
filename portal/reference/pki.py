"""The demo federation's keys and certificates: made at the first start, kept on disk, renewed in time."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.reference import recipes
from portal.reference.issuing import issue, issue_authority
from portal.reference.recipes import AUTHORITIES, AUTHORITY_BITS, KEYS, LEAVES, Leaf

PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Pki:
    """Every key and certificate, by the names of `portal.reference.recipes`."""

    folder: Path
    keys: Mapping[str, rsa.RSAPrivateKey]
    certificates: Mapping[str, x509.Certificate]

    def chain(self, *names: str) -> bytes:
        """The named certificates as PEM, in that order."""
        return b"".join(self.certificates[name].public_bytes(PEM) for name in names)

    def key_file(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def key_pem(self, name: str) -> bytes:
        return _key_pem(self.keys[name])


def open_pki(folder: Path, now: datetime) -> Pki:
    """The PKI in `folder` (made mode 0700, keys 0600), with what is missing, broken or too old made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys: dict[str, rsa.RSAPrivateKey] = {}
    certificates: dict[str, x509.Certificate] = {}
    for authority in AUTHORITIES:
        key = keys[authority.name] = _key(folder, authority.name, AUTHORITY_BITS)
        issuer = certificates.get(authority.issuer or "")
        found = _certificate(folder, authority.name)
        if found is None or not _still_serves(found, key, issuer or found, now):
            found = issue_authority(authority, key, issuer, keys[authority.issuer or authority.name], now)
            write_private(folder / f"{authority.name}.pem", found.public_bytes(PEM))
        certificates[authority.name] = found
    for leaf in LEAVES:
        key = keys.get(leaf.key) or _key(folder, leaf.key, KEYS[leaf.key])
        keys[leaf.key] = key
        found = _certificate(folder, leaf.name)
        if found is None or not _still_fits(found, leaf, key, certificates[leaf.issuer], now):
            found = issue(leaf, key, certificates[leaf.issuer], keys[leaf.issuer], now)
            write_private(folder / f"{leaf.name}.pem", found.public_bytes(PEM))
        certificates[leaf.name] = found
    return Pki(folder, keys, certificates)


def write_private(path: Path, content: bytes) -> None:
    """Writes a file of mode 0600 in one move, so that a stopped start leaves no half file behind."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    half.replace(path)


def _key(folder: Path, name: str, bits: int) -> rsa.RSAPrivateKey:
    path = folder / f"{name}.key"
    try:
        # Written by us and checked against its certificate: the arithmetic would take most of a start.
        found = serialization.load_pem_private_key(
            path.read_bytes(), None, unsafe_skip_rsa_key_validation=True
        )
    except (FileNotFoundError, ValueError):
        found = None
    if isinstance(found, rsa.RSAPrivateKey) and found.key_size == bits:
        path.chmod(0o600)
        return found
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    write_private(path, _key_pem(made))
    return made


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _certificate(folder: Path, name: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _still_serves(
    found: x509.Certificate, key: rsa.RSAPrivateKey, issuer: x509.Certificate, now: datetime
) -> bool:
    ages = (
        found.not_valid_before_utc <= now
        and now + timedelta(days=2 * recipes.LIFE) < found.not_valid_after_utc
    )
    return ages and found.public_key() == key.public_key() and _signed_by(found, issuer)


def _still_fits(
    found: x509.Certificate, leaf: Leaf, key: rsa.RSAPrivateKey, issuer: x509.Certificate, now: datetime
) -> bool:
    issued = found.not_valid_before_utc - timedelta(days=leaf.starts)
    young = issued - timedelta(days=1) <= now < issued + timedelta(days=leaf.kept)
    return young and found.public_key() == key.public_key() and _signed_by(found, issuer)


def today() -> datetime:
    """Now, in whole seconds, as certificates have it."""
    return datetime.now(UTC).replace(microsecond=0)
