"""The faults that the reference organisation can show: what is published, and which check should notice.

Add a fault by adding one row to `lookup_faults` or `endpoint_faults`; the servers publish what the row's `Published` says and know no fault by
name. `checks` are the checks of suite-sdk 0.1 that do not pass because of the fault itself (those that are skipped
after it are left out), and `fault_owner` is the code the suite should name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from portal.reference import addresses as at
from portal.reference.endpoint_faults import in_certificates, in_connections, in_metadata
from portal.reference.lookup_faults import in_names, in_smp_answers
from portal.reference.published import Fault, Published

FAULTS: tuple[Fault, ...] = (
    *in_names(),
    *in_smp_answers(),
    *in_metadata(),
    *in_certificates(),
    *in_connections(),
)
NAMES: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in FAULTS})


def participants(shown: Fault | None) -> dict[str, Published]:
    """Every participant that is published; the healthy one shows `shown` when it is given."""
    published = {fault.participant: fault.published for fault in FAULTS}
    published[at.HEALTHY] = shown.published if shown else Published()
    return published
