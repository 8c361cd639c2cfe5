"""Checks 02 and 03: from the participant's name in DNS to an SMP at a public address."""

from urllib.parse import urlsplit

from portal.outside import NameFault, Naptr, Refused
from portal.verification import bdxl
from portal.verification.notebook import Notebook
from portal.verification.registry import check
from portal.verification.trail import Trail


@check("02")
def naptr(trail: Trail, note: Notebook) -> None:
    """DNS-01 to DNS-03: the name, its record, and what the record says."""
    name = trail.name()
    note.passed("DNS-01", name=name, hashed=trail.target.participant.lower())
    try:
        answer = trail.naptr()
    except NameFault as fault:
        values = {"participant": trail.target.participant, "zone": trail.pack.zone, "name": name}
        if fault.passing:
            raise note.undefined("DNS-02", fault.code, again=True, expected=name, **values) from fault
        raise note.failed("DNS-02", "nxdomain", expected=name, actual=fault.code, **values) from fault
    note.judged(answer.raw)
    note.passed("DNS-02", name=name, ttl=answer.ttl)
    _content(trail, note, answer.records)


def _content(trail: Trail, note: Notebook, records: tuple[Naptr, ...]) -> None:
    service = trail.pack.identifiers.naptr_service
    ours = [record for record in records if record.service == service]
    if not ours:
        found = [record.service for record in records]
        raise note.failed("DNS-03", "service", expected=service, actual=found, service=", ".join(found))
    record = ours[0]
    if record.flags.upper() != "U":
        raise note.failed("DNS-03", "flags", expected="U", actual=record.flags, flags=record.flags)
    url = bdxl.url(record)
    if url is None:
        raise note.failed("DNS-03", "regexp", expected="!.*!<url>!", actual=record.regexp)
    port = _port(url)
    if port not in trail.pack.smp_ports:
        raise note.failed("DNS-03", "port", expected=trail.pack.smp_ports, actual=url, url=url)
    note.passed("DNS-03", url=url)
    note.measured(f"U, {service}, !.*!<url>!", f"{record.flags}, {record.service}, {record.regexp}")


def _port(url: str) -> int | None:
    try:
        parts = urlsplit(url)
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None


@check("03")
def smp_address(trail: Trail, note: Notebook) -> None:
    """DNS-04 and NET-01: every address of the SMP is a public one. Nothing is opened."""
    host = urlsplit(trail.base()).hostname or ""
    try:
        found = trail.egress.resolve(host)
    except Refused as refused:
        raise _refused(trail, note, host, refused) from refused
    except NameFault as fault:
        if fault.passing:
            raise note.undefined("DNS-04", "name_service", again=True, expected=host, host=host) from fault
        raise note.failed("DNS-04", "no_address", expected=host, actual=fault.code, host=host) from fault
    note.judged("\n".join(found).encode())
    note.passed("DNS-04", host=host, addresses=", ".join(found))
    note.passed("NET-01", host=host)
    note.measured(host, found)


def _refused(trail: Trail, note: Notebook, host: str, refused: Refused) -> Exception:
    address = str(refused.params.get("address", host))
    note.judged(address.encode())
    if refused.code == "loopback" and trail.pack.loopback:
        return note.undefined("NET-01", "loopback_off", actual=address, host=host, address=address)
    return note.failed("DNS-04", "forbidden", actual=address, host=host, address=address)
