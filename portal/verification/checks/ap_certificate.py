"""Check 10: the access point's certificate as it is published in the SMP."""

import hashlib
import re
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from portal.outside import EgressError
from portal.verification import certificates as read
from portal.verification.notebook import Notebook
from portal.verification.registry import check
from portal.verification.trail import Trail

WARN_DAYS = (7, 30, 60, 90)
KEY_BITS = 3072
CRL_BYTES = 10_000_000
CRL_SECONDS = 4.0
_HASHES = frozenset({"sha256", "sha384", "sha512"})


@check("10")
def ap_certificate(trail: Trail, note: Notebook) -> None:
    """CRT-01 to CRT-06, and CRT-07 when a certificate was left with the test object."""
    text = trail.endpoints()[0].certificate
    note.judged(text.encode())
    try:
        found = read.parse_base64(text)
    except read.CertificateFault as fault:
        raise note.failed("CRT-01", fault.code, expected="X.509, base64 DER", actual=fault.code) from fault
    if found.version is not x509.Version.v3:
        raise note.failed("CRT-01", "version", expected="v3", actual=found.version.name)
    note.judged(found.public_bytes(Encoding.DER))
    name = read.common_name(found.subject)
    note.passed("CRT-01", name=name)
    now = trail.clock()
    _validity(note, found, name, now)
    _key(note, found, name)
    path = _issuer(trail, note, found, name, now)
    _name(trail, note, name)
    _uploaded(trail, note, found)
    if path:
        _revocation(trail, note, found, path[1] if len(path) > 1 else path[0], now)
    note.measured(trail.pack.environment, f"CN={name}, {found.not_valid_after_utc.date().isoformat()}")


def _validity(note: Notebook, found: x509.Certificate, name: str, now: datetime) -> None:
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    days = (ends - now).days
    values = {
        "name": name,
        "ended_at": ends.isoformat(),
        "begins_at": begins.isoformat(),
        "days": max(days, 0),
    }
    period = f"{begins.date().isoformat()} – {ends.date().isoformat()}"
    today = now.date().isoformat()
    if now >= ends:
        note.failed("CRT-02", "expired", expected=f"> {today}", actual=ends, **values)
    elif now < begins:
        note.failed("CRT-02", "early", expected=f"< {today}", actual=begins, **values)
    elif limit := next((limit for limit in WARN_DAYS if days < limit), None):
        note.warning("CRT-02", "soon", expected=f"≥ {WARN_DAYS[-1]}", actual=period, limit=limit, **values)
    else:
        note.passed("CRT-02", **values)


def _issuer(
    trail: Trail, note: Notebook, found: x509.Certificate, name: str, now: datetime
) -> list[x509.Certificate] | None:
    environment = trail.pack.environment
    anchors = read.many(trail.pack.anchors.get("ap", ()))
    issuer = read.common_name(found.issuer)
    if not anchors:
        note.undefined("CRT-03", "no_anchors", actual=issuer, environment=environment)
        return None
    path = read.chain(found, [], anchors, now)
    if path is not None:
        note.passed("CRT-03", issuer=issuer, environment=environment)
        return path
    if note.has("failed", "CRT-05") and found.issuer in [anchor.subject for anchor in anchors]:
        # No path is built over a key or an algorithm that is too weak; that has been said already.
        return None
    other = read.environment_of(found, [], trail.pack.others, "ap", now)
    note.failed(
        "CRT-03",
        "environment" if other else "unknown",
        expected=[read.common_name(anchor.subject) for anchor in anchors],
        actual=issuer,
        name=name,
        issuer=issuer,
        environment=environment,
        other=other or "",
    )
    return None


def _name(trail: Trail, note: Notebook, name: str) -> None:
    names = trail.pack.identifiers
    if re.fullmatch(names.ap_name_pattern, name):
        note.passed("CRT-04", name=name)
    else:
        example = names.ap_name_example
        note.warning("CRT-04", expected=example, actual=name, name=name, example=example)


def _key(note: Notebook, found: x509.Certificate, name: str) -> None:
    key = found.public_key()
    hashed = found.signature_hash_algorithm.name if found.signature_hash_algorithm else "–"
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < KEY_BITS:
            note.failed(
                "CRT-05",
                "short",
                expected=f"RSA ≥ {KEY_BITS}",
                actual=f"RSA {key.key_size}",
                bits=key.key_size,
            )
    elif isinstance(key, ec.EllipticCurvePublicKey):
        note.warning("CRT-05", "ec", expected="RSA", actual=f"ECC {key.curve.name}")
    else:
        note.failed("CRT-05", "kind", expected="RSA", actual=type(key).__name__)
    if hashed not in _HASHES:
        note.failed("CRT-05", "hash", expected="SHA-256", actual=hashed, hash=hashed)
    if not _usable(found, rsa_key=isinstance(key, rsa.RSAPublicKey)):
        note.failed("CRT-05", "usage", expected="digitalSignature, keyEncipherment", actual=_usages(found))
    if not note.about("CRT-05"):
        note.passed("CRT-05", name=name)


def _usage(found: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return found.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _usable(found: x509.Certificate, *, rsa_key: bool) -> bool:
    usage = _usage(found)
    if usage is None:
        return False
    return usage.digital_signature and (usage.key_encipherment or usage.data_encipherment or not rsa_key)


def _usages(found: x509.Certificate) -> str:
    usage = _usage(found)
    if usage is None:
        return "–"
    named = ("digital_signature", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign")
    return ", ".join(name for name in named if getattr(usage, name)) or "–"


def _uploaded(trail: Trail, note: Notebook, found: x509.Certificate) -> None:
    """CRT-07: the certificate that the organisation left is the published one."""
    left = trail.target.certificates.get("ap")
    if not left:
        return
    try:
        own = read.parse_file(left.encode("utf-8", "replace"))
    except read.CertificateFault:
        note.warning("CRT-07", "unreadable")
        return
    if own == found:
        note.passed("CRT-07")
        return
    note.warning(
        "CRT-07",
        "differs",
        expected=_fingerprint(own),
        actual=_fingerprint(found),
        left=read.common_name(own.subject),
        published=read.common_name(found.subject),
    )


def _fingerprint(found: x509.Certificate) -> str:
    return hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest()


def _revocation(
    trail: Trail, note: Notebook, found: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> None:
    """CRT-06, by the list at the place that the pack names; never at one that the certificate names."""
    name = read.common_name(issuer.subject)
    url = trail.pack.crl.get("ap")
    if url is None:
        raise note.undefined("CRT-06", "no_place", environment=trail.pack.environment)
    try:
        answer = trail.egress.get(url, max_bytes=CRL_BYTES, seconds=CRL_SECONDS)
    except EgressError as fault:
        raise note.undefined(
            "CRT-06", "unreachable", again=True, expected=url, actual=fault.code, url=url
        ) from fault
    note.judged(answer.body)
    listed = read.revocation_list(answer.body) if answer.status == 200 else None
    if listed is None:
        raise note.undefined(
            "CRT-06", "damaged", again=True, expected="CRL", actual=f"HTTP {answer.status}", url=url
        )
    if listed.issuer != issuer.subject:
        other = read.common_name(listed.issuer)
        raise note.undefined(
            "CRT-06", "other_issuer", expected=name, actual=other, issuer=name, other=other, url=url
        )
    if not read.signed_by(listed, issuer):
        raise note.undefined("CRT-06", "signature", expected=name, actual="–", issuer=name, url=url)
    ends = listed.next_update_utc
    if ends is None or ends <= now:
        at = ends.isoformat() if ends else listed.last_update_utc.isoformat()
        raise note.undefined(
            "CRT-06", "stale", again=True, expected=f"> {now.isoformat()}", actual=at, ended_at=at, url=url
        )
    revoked = listed.get_revoked_certificate_by_serial_number(found.serial_number)
    if revoked is not None:
        at = revoked.revocation_date_utc.isoformat()
        raise note.failed("CRT-06", "revoked", expected="–", actual=at, revoked_at=at, issuer=name)
    note.passed("CRT-06", issuer=name)
