"""The verification suite against the reference organisation: each fault is noticed by the check it is meant for."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from checklists import load
from portal.reference.addresses import HEALTHY
from portal.reference.faults import FAULTS, NAMES
from portal.reference.published import Fault
from portal.settings import Settings
from portal.verification import pack, runner, trail
from portal.verification.model import CheckResult, Target

Results = Mapping[str, CheckResult]

# What a check becomes when it does not fail outright.
UNDEFINED = {"dns-timeout", "dns-servfail", "smp-500", "hanging", "slow-drip"}
WARNING = {"certificate-expires-soon"}
AT_ONCE = 6


@pytest.fixture(scope="module")
def results(reference) -> dict[str, Results]:
    """The results of a run per participant; runs go side by side and do not wait as long as real ones."""
    demo, suite = pack.load(reference.packs_dir, "demo"), load.suite("0.1")
    settings = Settings(data_dir=reference.data_dir, allow_loopback=True)

    def run(participant: str) -> Results:
        found: dict[str, CheckResult] = {}
        runner.execute(
            Target(participant, "demo"),
            demo,
            suite,
            runner.plan(suite),
            {},
            lambda result: found.__setitem__(result.check, result),
            lambda: False,
            settings,
        )
        return found

    participants = [HEALTHY, *(fault.participant for fault in FAULTS)]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(AT_ONCE) as pool:
        patch.setattr(trail, "SMP_SECONDS", 1.5)
        patch.setattr(runner, "PAUSES", ())
        return dict(zip(participants, pool.map(run, participants), strict=True))


def test_the_healthy_participant_passes_every_check(results):
    assert {number: result.outcome for number, result in results[HEALTHY].items()} == dict.fromkeys(
        ("01", "02", "03", "04", "05", "06", "08", "10", "11", "12"), "passed"
    )


def test_every_outcome_that_is_named_here_is_of_a_fault():
    assert set(NAMES) >= UNDEFINED | WARNING


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_shows_where_it_should(results, fault: Fault):
    found = results[fault.participant]
    shown = {
        number: result for number, result in found.items() if result.outcome not in ("passed", "skipped")
    }
    assert tuple(sorted(shown)) == fault.checks
    outcome = "undefined" if fault.name in UNDEFINED else "warning" if fault.name in WARNING else "failed"
    assert {result.outcome for result in shown.values()} == {outcome}
    assert {result.fault_owner for result in shown.values()} == {fault.fault_owner}
    skipped = [result for result in found.values() if result.outcome == "skipped"]
    assert all(result.caused_by in fault.checks for result in skipped)
    assert set(found) == set(results[HEALTHY])
