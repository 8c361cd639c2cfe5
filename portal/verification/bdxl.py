"""From participant to SMP address: the BDXL name and what its NAPTR record may say (eDelivery BDXL 1.6)."""

import base64
import hashlib
import re

from portal.outside import Naptr

# Only the whole-string form is accepted, and it is never run as an expression.
_WHOLE = re.compile(r"!(?:\.\*|\^\.\*\$)!(https?://[^!\\\s]{1,500})!i?", re.IGNORECASE)


def name(participant: str, scheme: str, zone: str) -> str:
    """The DNS name of a participant: base32 of the SHA-256 of its id without scheme, in lower case."""
    digest = hashlib.sha256(participant.lower().encode()).digest()
    return f"{base64.b32encode(digest).decode().rstrip('=').lower()}.{scheme}.{zone}"


def url(record: Naptr) -> str | None:
    """The address in a record's expression, without a slash at its end; None when it has another form."""
    found = _WHOLE.fullmatch(record.regexp)
    return found.group(1).rstrip("/") if found else None
