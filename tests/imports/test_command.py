"""`portal organisations` and `portal connections` as a person runs them: real processes on a real file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.services.installation import Installation

pytestmark = pytest.mark.slow
GOOD = "kind;scb_code;name;county_code;county;org_number;stage\r\nkommun;0114;Upplands Väsby;01;;;qa\r\n"


def portal(data_dir: Path, *args: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-c", "from portal.cli import main; main()", *args],
        env={**kept, "PORTAL_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def data_dir(home: Installation) -> Path:
    return home.settings.data_dir


def test_import_and_list(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    trial = portal(data_dir, "organisations", "import", str(file), "--dry-run", "--json")
    assert trial.returncode == 0, trial.stderr
    assert json.loads(trial.stdout)["dry_run"] is True
    assert json.loads(portal(data_dir, "connections", "list", "--json").stdout) == []

    done = portal(data_dir, "organisations", "import", str(file))
    assert done.returncode == 0, done.stderr
    assert "1 new organisations" in done.stdout
    assert "1 qa" in done.stdout

    [connection] = json.loads(portal(data_dir, "connections", "list", "--json").stdout)
    assert connection["organisation"] == "Upplands Väsby"
    assert (connection["step"], connection["stage"], connection["origin"]) == (
        "application",
        "qa",
        "imported",
    )
    assert connection["reference"].startswith("A-")
    listed = json.loads(portal(data_dir, "organisations", "list", "--json").stdout)
    assert [row["name"] for row in listed] == ["Federationsmyndigheten", "Upplands Väsby"]

    again = portal(data_dir, "organisations", "import", str(file))
    assert "Nothing changed" in again.stdout


def test_bad_lines_are_told_and_end_in_an_error(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(GOOD + "stad;0115;Vallentuna;01;;;qa\r\n", "utf-8")
    refused = portal(data_dir, "organisations", "import", str(file))
    assert refused.returncode == 1
    assert "Line 3: The kind “stad” is unknown" in refused.stderr
    assert "Nothing was imported" in refused.stderr
    assert "Traceback" not in refused.stderr
    as_json = portal(data_dir, "organisations", "import", str(file), "--json")
    assert as_json.returncode == 1
    [problem] = json.loads(as_json.stdout)["problems"]
    assert (problem["line"], problem["code"], problem["value"]) == (3, "kind", "stad")
    assert json.loads(portal(data_dir, "connections", "list", "--json").stdout) == []


def test_endless_input_is_refused_at_once(data_dir: Path) -> None:
    refused = portal(data_dir, "organisations", "import", "/dev/zero")
    assert refused.returncode == 1
    assert "larger than" in refused.stderr


def test_without_an_installation_the_error_says_what_to_run(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(GOOD, "utf-8")
    refused = portal(tmp_path / "empty", "organisations", "import", str(file))
    assert refused.returncode == 1
    assert "portal init" in refused.stderr
