"""The demo federation's keys and certificates: made at the first start, kept on disk, renewed in time."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.reference import recipes
from portal.reference.recipes import AUTHORITIES, AUTHORITY_BITS, ISSUER, KEYS, LEAVES, ORGANISATION
from portal.reference.recipes import Authority, Leaf

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
        keys[authority.name] = _key(folder, authority.name, AUTHORITY_BITS)
        issuer = authority.issuer or authority.name
        certificates[authority.name] = _kept(
            folder / f"{authority.name}.pem",
            lambda found, own=authority, by=issuer: _still_serves(
                found, keys[own.name], certificates.get(by, found), now
            ),
            lambda own=authority, by=issuer: _authority(own, keys[own.name], certificates.get(by), keys[by], now),
        )
    for leaf in LEAVES:
        if leaf.key not in keys:
            keys[leaf.key] = _key(folder, leaf.key, KEYS[leaf.key])
        certificates[leaf.name] = _kept(
            folder / f"{leaf.name}.pem",
            lambda found, own=leaf: _still_fits(found, own, keys[own.key], certificates[own.issuer], now),
            lambda own=leaf: issue(own, keys[own.key], certificates[own.issuer], keys[own.issuer], now),
        )
    return Pki(folder, keys, certificates)


def issue(
    leaf: Leaf, key: rsa.RSAPrivateKey, issuer: x509.Certificate, issuer_key: rsa.RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """An end certificate as the recipe says, signed with SHA-256."""
    builder = _begun(_name(leaf.common_name, ORGANISATION), issuer.subject, key, issuer_key)
    builder = (
        builder.not_valid_before(now + timedelta(days=leaf.starts))
        .not_valid_after(now + timedelta(days=leaf.ends))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(leaf.use), critical=True)
    )
    if leaf.hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in leaf.hosts])
        builder = builder.add_extension(names, critical=False)
    if leaf.use == "server":
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def revocation_list(pki: Pki, place: str, now: datetime) -> bytes:
    """The fresh revocation list of a place in `recipes.REVOCATION`, DER, valid for a week."""
    signer, revoked = recipes.REVOCATION[place]
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(pki.certificates[signer].subject)
        .last_update(now - timedelta(minutes=5))
        .next_update(now + timedelta(days=7))
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(pki.keys[signer].public_key()), critical=False
        )
    )
    for name in revoked:
        certificate = pki.certificates[name]
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(certificate.not_valid_before_utc + timedelta(hours=1))
            .add_extension(x509.CRLReason(x509.ReasonFlags.cessation_of_operation), critical=False)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(pki.keys[signer], hashes.SHA256()).public_bytes(serialization.Encoding.DER)


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
        found = serialization.load_pem_private_key(path.read_bytes(), None)
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


def _kept(
    path: Path, fits: Callable[[x509.Certificate], bool], make: Callable[[], x509.Certificate]
) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        found = None
    if found is not None and fits(found):
        return found
    made = make()
    write_private(path, made.public_bytes(PEM))
    return made


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _still_serves(
    found: x509.Certificate, key: rsa.RSAPrivateKey, issuer: x509.Certificate, now: datetime
) -> bool:
    ages = found.not_valid_before_utc <= now and now + timedelta(days=2 * recipes.LIFE) < found.not_valid_after_utc
    return ages and found.public_key() == key.public_key() and _signed_by(found, issuer)


def _still_fits(
    found: x509.Certificate, leaf: Leaf, key: rsa.RSAPrivateKey, issuer: x509.Certificate, now: datetime
) -> bool:
    issued = found.not_valid_before_utc - timedelta(days=leaf.starts)
    young = issued - timedelta(days=1) <= now < issued + timedelta(days=leaf.kept)
    return young and found.public_key() == key.public_key() and _signed_by(found, issuer)


def _authority(
    own: Authority,
    key: rsa.RSAPrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: rsa.RSAPrivateKey,
    now: datetime,
) -> x509.Certificate:
    subject = _name(own.common_name, ISSUER)
    return (
        _begun(subject, issuer.subject if issuer else subject, key, issuer_key)
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + timedelta(days=7300))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else None), critical=True)
        .add_extension(_key_usage("authority"), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, issuer_key: rsa.RSAPrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _key_usage(use: str) -> x509.KeyUsage:
    signs, encrypts, issues = use != "encryption", use in ("encryption", "access-point", "server"), use == "authority"
    return x509.KeyUsage(
        digital_signature=signs and not issues,
        content_commitment=False,
        key_encipherment=encrypts,
        data_encipherment=use == "access-point",
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def today() -> datetime:
    """Now, in whole seconds, as certificates have it."""
    return datetime.now(UTC).replace(microsecond=0)
