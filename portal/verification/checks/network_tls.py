"""Checks 11 and 12: the published addresses answer, and speak TLS as they should."""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.outside import NameFault, Refused, Unreachable
from portal.verification import certificates as read
from portal.verification.notebook import Notebook
from portal.verification.registry import check
from portal.verification.tls import VERSIONS, Handshake, shake
from portal.verification.trail import Place, Trail

SHAKE_SECONDS = 4.0
CONNECT_SECONDS = 5.0
_OLD, _GOOD = ("TLS 1.0", "TLS 1.1"), ("TLS 1.2", "TLS 1.3")


@check("11")
def network(trail: Trail, note: Notebook) -> None:
    """NET-01 and NET-02: every address of every published place is public, and takes a connection."""
    for place in trail.places():
        _connect(note, trail, place, _resolved(trail, note, place))


def _resolved(trail: Trail, note: Notebook, place: Place) -> tuple[str, ...]:
    host = place.host
    try:
        found = trail.egress.resolve(host)
    except Refused as refused:
        address = str(refused.params.get("address", host))
        note.judged(address.encode())
        if refused.code == "loopback" and trail.pack.loopback:
            raise note.undefined(
                "NET-01", "loopback_off", actual=address, host=host, address=address
            ) from refused
        raise note.failed("NET-01", "forbidden", actual=address, host=host, address=address) from refused
    except NameFault as fault:
        if fault.passing:
            raise note.undefined(
                "NET-01", "name_service", again=True, actual=fault.code, host=host
            ) from fault
        raise note.failed("NET-01", "no_address", actual=fault.code, host=host) from fault
    note.judged("\n".join(found).encode())
    note.passed("NET-01", host=host, addresses=", ".join(found))
    return found


def _connect(note: Notebook, trail: Trail, place: Place, addresses: tuple[str, ...]) -> None:
    opened, no_route = [], []
    seconds = CONNECT_SECONDS if len(addresses) < 3 else 2 * CONNECT_SECONDS / len(addresses)
    for address in addresses:
        where = {"address": address, "port": place.port, "host": place.host, "seconds": round(seconds)}
        try:
            trail.egress.open(place.host, place.port, address, seconds).close()
        except Unreachable as fault:
            if fault.code == "no_route":
                no_route.append(address)
            else:
                note.failed(
                    "NET-02", fault.code, expected=f"{address}:{place.port}", actual=fault.code, **where
                )
        else:
            opened.append(f"{address}:{place.port}")
    if no_route and not opened and not note.has("failed"):
        values = {"address": no_route[0], "port": place.port, "host": place.host}
        raise note.undefined("NET-02", "no_route", again=True, actual="no_route", **values)
    if opened and not note.has("failed"):
        note.passed("NET-02", opened=", ".join(opened), host=place.host)
        note.measured(f"{place.host}:{place.port}", opened)


@check("12")
def tls(trail: Trail, note: Notebook) -> None:
    """TLS-01 to TLS-03 for every published place."""
    for place in trail.places():
        attempts = _attempts(trail, note, place)
        if _versions(note, place, attempts):
            sent = next(attempts[version].sent for version in _best(attempts))
            for one in sent:
                note.judged(one.public_bytes(Encoding.DER))
            _certificate(trail, note, place, sent)


def _attempts(trail: Trail, note: Notebook, place: Place) -> dict[str, Handshake]:
    """One handshake per version, the new ones first. A server that never answers is asked no more."""
    found: dict[str, Handshake] = {}
    for version in (*reversed(_GOOD), *_OLD):
        try:
            sock = trail.egress.open(place.host, place.port)
        except Unreachable as fault:
            raise note.undefined("TLS-01", "gone", again=True, actual=fault.code, host=place.host) from fault
        found[version] = shake(sock, place.host, version, SHAKE_SECONDS)
        if found[version].end == "timeout" and not _best(found):
            seconds = round(SHAKE_SECONDS)
            raise note.failed("TLS-01", "silent", actual="timeout", host=place.host, seconds=seconds)
    return found


def _best(attempts: dict[str, Handshake]) -> list[str]:
    return [version for version in reversed(VERSIONS) if version in attempts and attempts[version].accepted]


def _versions(note: Notebook, place: Place, attempts: dict[str, Handshake]) -> bool:
    """TLS-01; False when there is no handshake at all to read a certificate from."""
    taken = sorted(_best(attempts))
    if not taken:
        detail = next((found.detail for found in attempts.values() if found.detail), "–")
        note.failed("TLS-01", "none", expected=", ".join(_GOOD), actual=detail, host=place.host)
        return False
    old = [version for version in taken if version in _OLD]
    values = {"host": place.host, "versions": ", ".join(old or taken)}
    if old:
        note.failed("TLS-01", "old", expected=", ".join(_GOOD), actual=taken, **values)
    elif not set(taken) & set(_GOOD):
        note.failed("TLS-01", "none", expected=", ".join(_GOOD), actual=taken, **values)
    else:
        note.passed("TLS-01", **values)
        note.measured(", ".join(_GOOD), taken)
    return True


def _certificate(trail: Trail, note: Notebook, place: Place, sent: tuple[x509.Certificate, ...]) -> None:
    leaf, now = sent[0], trail.clock()
    _validity(note, place, leaf, now)
    _name(note, place, leaf)
    _chain(trail, note, leaf, sent[1:], now)
    if not note.about("TLS-02"):
        note.passed("TLS-02", host=place.host, issuer=read.common_name(leaf.issuer))


def _validity(note: Notebook, place: Place, leaf: x509.Certificate, now: datetime) -> None:
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    values = {"host": place.host, "ended_at": ends.isoformat(), "begins_at": begins.isoformat()}
    if now >= ends:
        note.failed("TLS-02", "expired", expected=f"> {now.date().isoformat()}", actual=ends, **values)
    elif now < begins:
        note.failed("TLS-02", "early", expected=f"< {now.date().isoformat()}", actual=begins, **values)


def _name(note: Notebook, place: Place, leaf: x509.Certificate) -> None:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = extension.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    common = read.common_name(leaf.subject)
    if matches(place.host, names):
        return
    if not names and matches(place.host, [common]):
        note.warning(
            "TLS-02", "common_name", expected="subjectAltName", actual=f"CN={common}", host=place.host
        )
        return
    shown = ", ".join(names) or common
    note.failed("TLS-02", "name", expected=place.host, actual=shown, host=place.host, names=shown)


def matches(host: str, names: Iterable[str]) -> bool:
    """True when one of the names is the host, or a wildcard for exactly its first label (RFC 6125)."""
    wanted = host.rstrip(".").lower()
    parent = wanted.partition(".")[2]
    return any(
        name.rstrip(".").lower() == wanted
        or (name.startswith("*.") and "." in parent and name[2:].lower() == parent)
        for name in names
    )


def _chain(
    trail: Trail, note: Notebook, leaf: x509.Certificate, sent: tuple[x509.Certificate, ...], now: datetime
) -> None:
    """TLS-02 for the issuer, TLS-03 for what the server left out."""
    environment, issuer = trail.pack.environment, read.common_name(leaf.issuer)
    anchors = read.many(trail.pack.anchors.get("tls", ()))
    if not anchors:
        note.undefined("TLS-02", "no_anchors", actual=issuer, environment=environment)
        return
    roots = [read.common_name(found.subject) for found in anchors]
    path = read.whole_chain(leaf, [*sent, *anchors], anchors, now)
    if path is not None:
        _left_out(note, path, sent)
        return
    other = read.environment_of(leaf, sent, trail.pack.others, "tls", now)
    values = {"issuer": issuer, "environment": environment, "other": other or ""}
    if other:
        note.failed("TLS-02", "environment", expected=roots, actual=issuer, **values)
    elif not sent and not read.self_issued(leaf):
        note.failed("TLS-03", "missing", expected=issuer, actual="–", missing=issuer)
    else:
        note.failed("TLS-02", "issuer", expected=roots, actual=issuer, **values)


def _left_out(note: Notebook, path: list[x509.Certificate], sent: tuple[x509.Certificate, ...]) -> None:
    """Everything between the leaf and a self-issued root has to be sent."""
    between = [found for found in path[1:] if not read.self_issued(found)]
    missing = [read.common_name(found.subject) for found in between if found not in sent]
    if missing:
        names = [read.common_name(found.subject) for found in sent]
        note.failed("TLS-03", "missing", expected=missing, actual=names or "–", missing=", ".join(missing))
    else:
        note.passed("TLS-03", sent=len(sent) + 1)
