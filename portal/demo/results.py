"""What the robot answered when it was run against the reference organisation, to make the demo's history of.

`recorded.json` is written by `python -m tests.demo.record`, and a test compares it with the suite and the robot.
"""

import json
from functools import cache
from importlib import resources

from portal.verification.model import CheckResult

HEALTHY = ""


@cache
def recorded() -> dict[str, list[CheckResult]]:
    """The results of each recorded run by the fault it was made against; the empty name is the healthy one."""
    text = (resources.files(__package__) / "recorded.json").read_text("utf-8")
    return {
        fault: [CheckResult.from_body(body) for body in bodies] for fault, bodies in json.loads(text).items()
    }


def of(fault: str | None) -> list[CheckResult]:
    """The results of a run against a participant with this fault, in the order of the suite."""
    return recorded()[fault or HEALTHY]
