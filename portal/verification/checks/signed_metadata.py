"""Checks 06 and 08: the metadata is signed as it must be, and says what the environment asks for."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

from portal.addresses import literal, numeric
from portal.outside import EgressError
from portal.verification import certificates, signature, smp, xml
from portal.verification.checks.metadata import unreachable
from portal.verification.notebook import Notebook
from portal.verification.registry import check
from portal.verification.trail import Trail

Fault = tuple[str, str, str, str, dict[str, str]]


@check("06")
def signed(trail: Trail, note: Notebook) -> None:
    """SMP-05 to SMP-07 for each published type; each signer is in its time and chains to the environment's anchors."""
    kinds = trail.kinds()
    if not kinds:
        raise note.skip("05")
    signers = [_signed(trail, note, kind) for kind in kinds]
    for finding in ("SMP-05", "SMP-06", "SMP-07"):
        note.passed(finding)
    for signer in dict.fromkeys(signers):
        _trusted(trail, note, signer)
    note.measured("RSA-SHA256, C14N 1.0", f"CN={certificates.common_name(signers[0].subject)}")


def _signed(trail: Trail, note: Notebook, kind: str) -> x509.Certificate:
    try:
        answer = trail.metadata_answer(kind)
    except EgressError as fault:
        raise unreachable(note, "SMP-05", fault) from fault
    note.judged(answer.body)
    if answer.status >= 500:
        raise note.undefined(
            "SMP-05", "server", again=True, expected="HTTP 200", actual=f"HTTP {answer.status}"
        )
    if answer.status != 200:
        raise note.failed("SMP-05", "status", expected="HTTP 200", actual=f"HTTP {answer.status}")
    try:
        _, signer = trail.signed(kind)
        trail.metadata(kind)
    except xml.XmlFault as fault:
        raise note.failed("SMP-05", "xml", expected="XML", actual=fault.code, line=fault.line) from fault
    except smp.SmpFault as fault:
        raise note.failed(
            "SMP-05", "structure", expected=fault.element, actual=fault.actual, element=fault.element
        ) from fault
    except signature.FormFault as fault:
        raise note.failed(
            "SMP-06", "form", expected=fault.expected, actual=fault.actual, part=fault.part
        ) from fault
    except signature.WrongSignature as fault:
        raise note.failed("SMP-07", "wrong") from fault
    return signer


def _trusted(trail: Trail, note: Notebook, signer: x509.Certificate) -> None:
    """SMP-08 as far as the chain; revocation of the signer belongs to check 07 of a later suite."""
    anchors = certificates.many(trail.pack.anchors.get("smp", ()))
    name = certificates.common_name(signer.subject)
    now = trail.clock()
    if not anchors:
        raise note.undefined("SMP-08", "no_anchors", actual=f"CN={name}", environment=trail.pack.environment)
    if certificates.chain(signer, [], anchors, now) is None:
        other = certificates.environment_of(signer, [], trail.pack.others, "smp", now)
        case = "environment" if other else "unknown"
        raise note.failed(
            "SMP-08",
            case,
            expected=[certificates.common_name(found.subject) for found in anchors],
            actual=certificates.common_name(signer.issuer),
            name=name,
            environment=trail.pack.environment,
            other=other or "",
        )
    _in_its_time(note, signer, name, now)
    note.passed("SMP-08", name=name)


def _in_its_time(note: Notebook, signer: x509.Certificate, name: str, now: datetime) -> None:
    """The chain alone says nothing of today: whoever finds an old key could sign with it."""
    begins, ends = signer.not_valid_before_utc, signer.not_valid_after_utc
    today = now.date().isoformat()
    if now >= ends:
        raise note.failed(
            "SMP-08", "expired", expected=f"> {today}", actual=ends, name=name, ended_at=ends.isoformat()
        )
    if now < begins:
        raise note.failed(
            "SMP-08", "early", expected=f"< {today}", actual=begins, name=name, begins_at=begins.isoformat()
        )


@check("08")
def content(trail: Trail, note: Notebook) -> None:
    """SMP-09 to SMP-13 for each published type; then CFG-04, that this address may be tried at all."""
    kinds = trail.kinds()
    for kind in kinds:
        note.judged(trail.metadata_answer(kind).body)
    faults = {(found[0], found[1], found[3]): found for kind in kinds for found in _faults(trail, kind)}
    for finding, case, expected, actual, params in faults.values():
        note.failed(finding, case, expected=expected, actual=actual, **params)
    faulty = {finding for finding, _, _ in faults}
    for finding in sorted(_looked_at(faulty) - faulty):
        note.passed(finding)
    if ("SMP-09", "participant") in {found[:2] for found in faults}:
        note.failed("CFG-04", "unpublished", participant=trail.target.participant)
    if not faulty:
        _described(trail, note)
        _permitted(trail, note)


def _looked_at(faulty: set[str]) -> set[str]:
    """Without the right process there is no endpoint to judge, and without an endpoint no address."""
    if "SMP-10" in faulty:
        return {"SMP-09", "SMP-10"}
    if "SMP-11" in faulty:
        return {"SMP-09", "SMP-10", "SMP-11"}
    return {"SMP-09", "SMP-10", "SMP-11", "SMP-12", "SMP-13"}


def _described(trail: Trail, note: Notebook) -> None:
    if not all(found.contact and found.description for found in trail.endpoints()):
        note.warning("SMP-13", "contact", expected="TechnicalContactUrl, ServiceDescription", actual="–")


def _permitted(trail: Trail, note: Notebook) -> None:
    places = ", ".join(f"{place.host}:{place.port}" for place in trail.places())
    note.passed("CFG-04", place=places, participant=trail.target.participant)
    profiles = {found.transport_profile for found in trail.endpoints()}
    note.measured(
        [str(trail.process()), *trail.pack.identifiers.transport_profiles],
        [str(trail.process()), *sorted(profiles), places],
    )


def _faults(trail: Trail, kind: str) -> Iterator[Fault]:
    """Everything that is wrong with the metadata of one type."""
    found = trail.metadata(kind)
    wanted = trail.document(kind)
    if not trail.same_participant(found.participant):
        values = {"asked": trail.target.participant, "answered": found.participant.value}
        yield "SMP-09", "participant", str(trail.participant), str(found.participant), values
    if str(found.document) != wanted:
        yield "SMP-09", "document", wanted, str(found.document), {}
    processes = [process for process in found.processes if process.identifier == trail.process()]
    if len(processes) != 1 or len(found.processes) != 1:
        yield _process_fault(trail, found)
    for process in processes[:1]:
        yield from _endpoint_faults(trail, process)


def _process_fault(trail: Trail, found: smp.Metadata) -> Fault:
    wanted = str(trail.process())
    names = [str(process.identifier) for process in found.processes]
    values = {"found": ", ".join(names), "wanted": wanted}
    if any(name != wanted and name.lower() == wanted.lower() for name in names):
        return "SMP-10", "letters", wanted, ", ".join(names), values
    if wanted in names:
        return "SMP-10", "many", wanted, ", ".join(names), values
    return "SMP-10", "process", wanted, ", ".join(names), values


def _endpoint_faults(trail: Trail, process: smp.Process) -> Iterator[Fault]:
    profiles = trail.pack.identifiers.transport_profiles
    named = [endpoint.transport_profile for endpoint in process.endpoints]
    if len(set(named)) != len(named):
        yield "SMP-11", "double", "1", ", ".join(named), {"found": ", ".join(named)}
    ours = [endpoint for endpoint in process.endpoints if endpoint.transport_profile in profiles]
    if not ours:
        values = {"found": ", ".join(named), "wanted": " / ".join(profiles)}
        yield "SMP-11", "profile", ", ".join(profiles), ", ".join(named), values
    for endpoint in ours[:1]:
        yield from _address_faults(trail, endpoint.uri)
        yield from _date_faults(trail, endpoint)


def _address_faults(trail: Trail, uri: str) -> Iterator[Fault]:
    expected = f"https://<namn>:{trail.pack.as4_ports[0]}/…"
    values = {"uri": uri}
    try:
        parts = urlsplit(uri)
        port = parts.port or 443
    except ValueError:
        yield "SMP-12", "form", expected, uri, values
        return
    host = parts.hostname or ""
    if parts.scheme != "https":
        yield "SMP-12", "scheme", expected, uri, values
    elif "@" in parts.netloc or parts.fragment or not re.fullmatch(r"[a-z0-9.-]+", host):
        yield "SMP-12", "form", expected, uri, values
    elif literal(host) or numeric(host):
        yield "SMP-12", "literal", expected, uri, values
    elif port not in trail.pack.as4_ports:
        ports = ", ".join(map(str, trail.pack.as4_ports))
        yield "SMP-12", "port", ports, str(port), {"port": str(port), "ports": ports, **values}


def _date_faults(trail: Trail, endpoint: smp.Endpoint) -> Iterator[Fault]:
    now = trail.clock()
    if endpoint.expiration and endpoint.expiration <= now:
        at = endpoint.expiration.isoformat()
        yield "SMP-13", "expired", f"> {now.isoformat(timespec='seconds')}", at, {"ended_at": at}
    if endpoint.activation and endpoint.activation > now:
        at = endpoint.activation.isoformat()
        yield "SMP-13", "early", f"< {now.isoformat(timespec='seconds')}", at, {"begins_at": at}
