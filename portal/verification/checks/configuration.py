"""Check 01: what was asked for can be asked, before anything is sent."""

from portal.verification.notebook import Notebook
from portal.verification.registry import check
from portal.verification.trail import Trail
from workflows.identifiers import participant_id

# The name is hashed in lower case, so capitals mislead the reader but not the look-up.
_ONLY_WARNS = frozenset({"participant_upper"})


@check("01")
def configuration(trail: Trail, note: Notebook) -> None:
    """CFG-01 to CFG-03: environment, participant id, inputs. No network."""
    target, pack = trail.target, trail.pack
    if target.environment != pack.environment:
        raise note.failed(
            "CFG-01", "environment", expected=pack.environment, actual=target.environment, pack=pack.id
        )
    note.passed("CFG-01", environment=pack.environment, pack=pack.id, version=pack.version)
    if not target.participant:
        raise note.failed("CFG-03", "participant")
    note.judged(target.participant.encode())
    for reason in participant_id(target.participant):
        write = note.warning if reason.code in _ONLY_WARNS else note.failed
        write(
            "CFG-02",
            reason.code,
            expected="0203:<domän>, 0007:<orgnr>, 0088:<GLN>",
            actual=target.participant,
            value=target.participant,
        )
    if not note.has("failed") and not note.has("warning"):
        note.passed("CFG-02", value=target.participant)
    note.passed("CFG-03")
    note.measured(pack.environment, f"{target.participant}, {pack.id} {pack.version}")
