"""Reading a certificate that somebody pasted: one PEM certificate and nothing else, and never a private key."""

import hashlib
import re
import warnings
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from workflows.errors import Invalid, Reason

MAX_CHARACTERS = 20_000
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----")


@dataclass(frozen=True)
class ReadCertificate:
    """A certificate in canonical PEM with the facts that pages show."""

    pem: str
    sha256: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


def read(text: str, field: str = "pem") -> ReadCertificate:
    """The certificate in the text. Raises Invalid when it is not exactly one, or when a private key is with it."""
    if "PRIVATE KEY" in text.upper():
        raise Invalid({field: Reason("private_key")})
    if len(text) > MAX_CHARACTERS:
        raise Invalid({field: Reason("pem_long", {"max": MAX_CHARACTERS})})
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) > 1:
        raise Invalid({field: Reason("pem_many", {"n": len(blocks)})})
    if not blocks or blocks[0].group(1) != "CERTIFICATE":
        kind = blocks[0].group(1).lower() if blocks else ""
        raise Invalid({field: Reason("pem_other", {"kind": kind}) if kind else Reason("pem_form")})
    return _parse(blocks[0].group(0), field)


def _parse(block: str, field: str) -> ReadCertificate:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            found = x509.load_pem_x509_certificate(block.encode("ascii"))
            subject, issuer = found.subject.rfc4514_string(), found.issuer.rfc4514_string()
            der = found.public_bytes(Encoding.DER)
        except (ValueError, TypeError) as error:
            raise Invalid({field: Reason("pem_damaged")}) from error
        return ReadCertificate(
            pem=found.public_bytes(Encoding.PEM).decode("ascii"),
            sha256=hashlib.sha256(der).hexdigest(),
            subject=subject[:500],
            issuer=issuer[:500],
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
        )
