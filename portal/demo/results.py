"""What the robot answered when it was run against the reference organisation, to make the demo's history of.

`recorded.json` is written by `python -m tests.demo.record`; a test compares it with the robot of today.
"""

import json
import re
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from portal.verification.model import CheckResult

HEALTHY = ""
_DAY = re.compile(r"(?<![0-9])20[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])", re.ASCII)
_PARTICIPANT = re.compile(r"0203:[a-z0-9.-]+\.anslut\.example", re.ASCII)


@cache
def recording() -> dict[str, Any]:
    """`recorded_on` (ISO date), `suite` (version), and `runs`: result bodies by fault, the empty name is healthy."""
    found: dict[str, Any] = json.loads((resources.files(__package__) / "recorded.json").read_text("utf-8"))
    return found


def of(fault: str | None, participant: str, on: date) -> list[CheckResult]:
    """The results of a run with this fault against the participant on that day, in the order of the suite.

    Days in the results, such as the last day of a certificate, stand as far from the day of the run as they did.
    """
    moved = on - date.fromisoformat(recording()["recorded_on"])
    text = json.dumps(recording()["runs"][fault or HEALTHY], ensure_ascii=False)
    text = _DAY.sub(lambda day: _moved(day.group(), moved), _PARTICIPANT.sub(participant, text))
    return [CheckResult.from_body(body) for body in json.loads(text)]


def _moved(day: str, by: timedelta) -> str:
    return (date.fromisoformat(day) + by).isoformat()
