"""Checks 04 and 05: what the SMP answers about the participant, and which document types it publishes."""

from portal.outside import Answer, EgressError, Refused, Unreachable
from portal.verification import smp, xml
from portal.verification.notebook import Notebook
from portal.verification.registry import check
from portal.verification.trail import KINDS, Trail

_XML_TYPES = ("text/xml", "application/xml")
# What a server did wrong, as opposed to what the way to it did.
_SERVER_FAULTS = frozenset({"too_large", "not_http"})


@check("04")
def service_group(trail: Trail, note: Notebook) -> None:
    """SMP-01 to SMP-03: HTTP, structure, and the right participant."""
    try:
        answer = trail.group_answer()
    except EgressError as fault:
        raise unreachable(note, "SMP-01", fault) from fault
    note.judged(answer.body)
    http(trail, note, answer)
    try:
        group = trail.group()
    except xml.XmlFault as fault:
        raise note.failed("SMP-02", "xml", expected="XML", actual=fault.code, line=fault.line) from fault
    except smp.SmpFault as fault:
        raise note.failed(
            "SMP-02", "structure", expected=fault.element, actual=fault.actual, element=fault.element
        ) from fault
    note.passed("SMP-02")
    if not trail.same_participant(group.participant):
        raise note.failed(
            "SMP-03",
            "participant",
            expected=trail.participant,
            actual=group.participant,
            asked=trail.target.participant,
            answered=group.participant.value,
        )
    _below(trail, note, group)
    note.measured(trail.participant, group.participant)


def _below(trail: Trail, note: Notebook, group: smp.ServiceGroup) -> None:
    base = trail.base()
    outside = [found for found in group.references if smp.document_of(found, base, trail.participant) is None]
    if outside:
        raise note.failed("SMP-03", "outside", expected=base, actual=outside[0], url=outside[0], base=base)
    note.passed("SMP-03", participant=trail.target.participant)


def unreachable(note: Notebook, finding: str, fault: EgressError) -> Exception:
    """The SMP did not serve: its own doing fails, everything on the way there is undefined."""
    if isinstance(fault, Refused):
        return note.failed(finding, "refused_by_us", actual=str(fault), reason=fault.code)
    if isinstance(fault, Unreachable) and fault.code in _SERVER_FAULTS:
        return note.failed(finding, fault.code, expected="HTTP 200", actual=fault.code)
    return note.undefined(finding, "unreachable", again=True, expected="HTTP 200", actual=fault.code)


def http(trail: Trail, note: Notebook, answer: Answer) -> None:
    """SMP-01 on one answer: the status, then the type of content."""
    status = answer.status
    if status == 404:
        raise note.failed(
            "SMP-01", "unknown", expected="HTTP 200", actual="HTTP 404", participant=trail.target.participant
        )
    if 300 <= status < 400:
        raise note.failed("SMP-01", "redirect", expected="HTTP 200", actual=f"HTTP {status}", status=status)
    if status >= 500:
        raise note.undefined(
            "SMP-01", "server", again=True, expected="HTTP 200", actual=f"HTTP {status}", status=status
        )
    if status != 200:
        raise note.failed("SMP-01", "status", expected="HTTP 200", actual=f"HTTP {status}", status=status)
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _XML_TYPES:
        raise note.failed("SMP-01", "type", expected="text/xml", actual=kind or "–", type=kind or "–")
    if kind != "text/xml":
        note.warning("SMP-01", "application_xml", expected="text/xml", actual=kind)
    else:
        note.passed("SMP-01", status=status)


@check("05")
def document_types(trail: Trail, note: Notebook) -> None:
    """SMP-04: both the message and the receipt are published."""
    published = trail.documents()
    note.judged("\n".join(sorted(published)).encode())
    for kind in KINDS:
        wanted = trail.document(kind)
        if wanted in published:
            continue
        near = _nearest(wanted, published)
        note.failed(
            "SMP-04",
            f"{kind}_near" if near else kind,
            expected=wanted,
            actual=near or ", ".join(published) or "–",
            type=trail.pack.identifiers.documents[kind],
            near=near,
            participant=trail.target.participant,
        )
    if not note.has("failed"):
        note.passed("SMP-04")
        note.measured([trail.document(kind) for kind in KINDS], sorted(published))


def _nearest(wanted: str, published: dict[str, str]) -> str:
    """A published type that is the wanted one in another version or transport model."""
    stem = wanted.split("##", 1)[0]
    return next((found for found in published if found.split("##", 1)[0].lower() == stem.lower()), "")
