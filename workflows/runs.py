"""What a finished verification run does to the step of tests: which move of the table it leads to, if any."""

from workflows.status import OPEN, Status

PASSED = frozenset({"passed", "warning"})
THEIR_OWN = frozenset({"organisation", "operator"})


def move_after(outcome: str, fault_owner: str | None, tests: Status) -> str | None:
    """The name of the move that the portal makes: `pass`, `reopen` or none.

    A fault of the federation or of the portal never takes back tests that an organisation has passed.
    """
    if outcome in PASSED and tests in OPEN:
        return "pass"
    if outcome == "failed" and fault_owner in THEIR_OWN and tests is Status.DONE:
        return "reopen"
    return None
