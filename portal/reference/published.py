"""What the world sees of one participant of the reference organisation, and what a fault is."""

from dataclasses import dataclass
from typing import Literal

from portal.reference import addresses as at

PROCESS = "bdx:noprocess"
PROCESS_SCHEME = "urn:fdc:digg.se:edelivery:process"
TRANSPORT_PROFILE = "digg-transport-as4-v1_0"


@dataclass(frozen=True)
class Published:
    """What the world sees of one participant; the defaults are healthy."""

    dns: Literal["naptr", "nxdomain", "silent", "servfail"] = "naptr"
    service: str = "Meta:SMP"
    regexp: str = "!.*!{url}!"
    smp_host: str = at.SMP_HOST
    smp: Literal["answers", "unknown", "error", "silent", "drip", "huge", "redirect"] = "answers"
    answers_for: str = ""  # empty: the participant that was asked for
    receipt_type: bool = True
    signature: Literal["sound", "tampered", "wrapped", "xpath"] = "sound"
    process: str = PROCESS
    process_scheme: str = PROCESS_SCHEME
    transport_profile: str = TRANSPORT_PROFILE
    endpoint_host: str = at.AP_HOST
    endpoint_port: int | None = None  # None: the port that the access point listens on
    endpoint_expired: bool = False
    certificate: str = "ap"  # a leaf of portal.reference.recipes


Owner = Literal["organisation", "operator", "federation", "portal"]


@dataclass(frozen=True)
class Fault:
    """One fault, its name in both languages, what shows it and who is to mend it."""

    name: str
    sv: str
    en: str
    checks: tuple[str, ...]
    fault_owner: Owner
    published: Published

    @property
    def participant(self) -> str:
        """The participant id under which this fault is always published."""
        return f"0203:{self.name}.fel.anslut.example"

    def to_body(self) -> dict[str, object]:
        """The fault in the shape of `portal reference faults --json`."""
        return {
            "name": self.name,
            "participant": self.participant,
            "checks": list(self.checks),
            "fault_owner": self.fault_owner,
        }
