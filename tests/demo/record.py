"""Record what the robot answers against the reference organisation, for the demo's history: `python -m tests.demo.record`.

It listens on the reference organisation's usual ports, since the results tell them.
"""

import json
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from checklists import load
from portal.demo.cast import PLAYERS
from portal.demo.ordering import HEALTHY
from portal.demo.testing import FIRST_FAULT
from portal.reference.addresses import DEFAULT_PORTS, ENVIRONMENT, Ports
from portal.reference.faults import NAMES
from portal.reference.serve import serving
from portal.settings import Settings
from portal.verification import pack, runner
from portal.verification.model import CheckResult, Target


def faults() -> list[str]:
    """The faults that the demo's history speaks of."""
    return sorted({FIRST_FAULT} | {player.fault for player in PLAYERS if player.fault})


def run(participant: str, settings: Settings) -> list[CheckResult]:
    """The results of the suite against a participant that is being served, in the order of the suite."""
    suite = load.suite()
    found: list[CheckResult] = []
    target = Target(participant, ENVIRONMENT)
    profile = pack.load(settings.packs_dir, ENVIRONMENT)
    runner.execute(target, profile, suite, runner.plan(suite), {}, found.append, lambda: False, settings)
    return sorted(found, key=lambda result: result.check)


def runs(folder: Path, ports: Ports, names: Iterable[str]) -> dict[str, list[CheckResult]]:
    """A run against the healthy participant (the empty name) and one against each of the faults."""
    settings = Settings(data_dir=folder, allow_loopback=True)
    with serving(folder, ports):
        made = {"": run(HEALTHY, settings)}
        return made | {name: run(NAMES[name].participant, settings) for name in names}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = runs(Path(folder), DEFAULT_PORTS, faults())
    body = {
        "recorded_on": datetime.now(UTC).date().isoformat(),
        "suite": load.suite().version,
        "runs": {name: [result.to_body() for result in results] for name, results in made.items()},
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    Path(str(resources.files("portal.demo") / "recorded.json")).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
