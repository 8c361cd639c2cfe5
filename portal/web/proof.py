"""What the automatic verification says of a requirement: the checks that prove it, as they went in the latest run."""

from dataclasses import dataclass

from checklists import load
from checklists.schema import Requirement
from portal.services.cases import Case
from portal.store import runs, testbed
from portal.store.models import Run
from portal.web.language import language
from portal.web.viewer import read


@dataclass(frozen=True)
class Proof:
    """One check by its title; `outcome` is None while no finished run holds it."""

    title: str
    outcome: str | None


def of(case: Case, requirement: Requirement) -> tuple[Run | None, list[Proof]]:
    """The latest finished run and the requirement's checks; no run and no proofs where no check proves it."""
    if not requirement.checks or "run.see" not in case.actions:
        return None, []
    session = read()
    run = testbed.latest_finished_run(session, case.connection.id)
    results = runs.results(session, run.id) if run else {}
    suite = load.suite(run.suite_version if run else None)
    found = []
    for check in suite.checks:
        if check.number in requirement.checks:
            result = results.get(check.number)
            found.append(Proof(check.title.get(language()), result.outcome if result else None))
    return run, found
