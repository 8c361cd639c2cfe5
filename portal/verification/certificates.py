"""X.509: reading certificates and revocation lists as others write them, building chains, naming whose they are."""

import base64
import binascii
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import (
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

_ARMOUR = "-----BEGIN"


class CertificateFault(Exception):
    """A text is not one certificate; `code` is empty, armour, many, base64, damaged or private_key."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_base64(text: str) -> x509.Certificate:
    """The certificate in base64 of its DER form, as XML carries it. White space is fine, PEM armour is not."""
    if "PRIVATE KEY" in text.upper():
        raise CertificateFault("private_key")
    if _ARMOUR in text:
        raise CertificateFault("many" if text.count(_ARMOUR) > 1 else "armour")
    packed = re.sub(r"\s+", "", text)
    if not packed:
        raise CertificateFault("empty")
    try:
        der = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CertificateFault("base64") from error
    return parse_der(der)


def parse_der(der: bytes) -> x509.Certificate:
    """The certificate in DER bytes; CertificateFault `damaged` when they are something else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            found = x509.load_der_x509_certificate(der)
            # Reading these early turns a half-broken certificate into an answer instead of a crash later.
            _ = found.subject, found.issuer, found.extensions, found.not_valid_after_utc, found.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
            raise CertificateFault("damaged") from error
    return found


def parse_file(raw: bytes) -> x509.Certificate:
    """The one certificate in a file, PEM or DER. Raises CertificateFault, for a private key too."""
    if b"PRIVATE KEY" in raw.upper():
        raise CertificateFault("private_key")
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", raw, re.DOTALL)
    if len(blocks) > 1:
        raise CertificateFault("many")
    if blocks:
        return parse_base64(blocks[0].decode("ascii", "replace"))
    return parse_der(raw)


def many(pems: Iterable[str]) -> list[x509.Certificate]:
    """The certificates in PEM texts of our own."""
    return [parse_file(pem.encode("ascii")) for pem in pems]


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def common_name(name: x509.Name) -> str:
    """The CN of a name, or the whole name where there is none; printable and at most 200 characters."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    written = str(found[0].value) if found else name.rfc4514_string()
    return "".join(char if char.isprintable() else "?" for char in written)[:200]


def self_issued(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer


def chain(
    leaf: x509.Certificate,
    sent: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate] | None:
    """The path from the leaf to an anchor, leaf first; None when there is none.

    A leaf that is not valid now is judged as of a time when it was, so that "expired" and "from elsewhere" stay
    two different findings.
    """
    if not anchors:
        return None
    moment = min(max(at, leaf.not_valid_before_utc), leaf.not_valid_after_utc - timedelta(seconds=1))
    builder = PolicyBuilder().store(Store(list(anchors))).time(moment.replace(tzinfo=None)).max_chain_depth(4)
    policies = builder.extension_policies(
        # The default for end entities wants a subject alternative name, which access-point certificates lack.
        ee_policy=ExtensionPolicy.permit_all(),
        ca_policy=ExtensionPolicy.webpki_defaults_ca(),
    )
    try:
        return list(policies.build_client_verifier().verify(leaf, list(sent)).chain)
    except (VerificationError, ValueError, UnsupportedAlgorithm):
        return None


def whole_chain(
    leaf: x509.Certificate,
    known: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate] | None:
    """The longest path to an anchor: up to a self-issued one when there is such a path, else to any anchor."""
    roots = [found for found in anchors if self_issued(found)]
    others = [found for found in known if not self_issued(found)]
    return chain(leaf, others, roots, at) or chain(leaf, others, anchors, at)


def environment_of(
    leaf: x509.Certificate,
    sent: Sequence[x509.Certificate],
    others: Mapping[str, Mapping[str, tuple[str, ...]]],
    purpose: str,
    at: datetime,
) -> str | None:
    """The other environment whose anchors the certificate chains to, if any."""
    for name, anchors in others.items():
        if chain(leaf, sent, many(anchors.get(purpose, ())), at):
            return name
    return None


def revocation_list(raw: bytes) -> x509.CertificateRevocationList | None:
    """The revocation list in a file, DER or PEM; None when it is something else."""
    try:
        if raw.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_crl(raw)
        return x509.load_der_x509_crl(raw)
    except (ValueError, UnsupportedAlgorithm):
        return None


def signed_by(listed: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """True when the list is signed with the issuer's key."""
    key = issuer.public_key()
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)):
        return False
    try:
        return listed.is_signature_valid(key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
