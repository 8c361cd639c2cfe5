"""`portal doctor` names what is wrong and the next thing to do; `portal catalogue check` says file and line."""

import json
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

import workflows
from portal import checkup
from portal.cli import main
from portal.services import workers
from portal.services.installation import Installation
from portal.settings import Settings
from tests.conftest import Clock, make_cast


def portal(data_dir: Path, *args: str, **env: str) -> Result:
    return CliRunner(env={"PORTAL_DATA_DIR": str(data_dir), **env}).invoke(main, list(args))


def states(home: Installation, **changes: object) -> dict[str, checkup.Finding]:
    settings = home.settings.model_copy(update=changes)
    return {finding.name: finding for finding in checkup.examine(settings)}


@pytest.fixture
def sound(home: Installation, clock: Clock) -> Installation:
    """An installation with events and a worker that beats now."""
    make_cast(home)
    clock.at = datetime.now(UTC)
    workers.beat(home, "one")
    return home


def test_a_sound_installation_has_no_error(sound: Installation) -> None:
    outcome = portal(sound.settings.data_dir, "doctor", "--json")
    assert outcome.exit_code == 0, outcome.output
    told = json.loads(outcome.output)
    assert told["ok"] is True
    found = {finding["name"]: finding["state"] for finding in told["findings"]}
    sure = (
        "python",
        "workflows",
        "data folder",
        "keys",
        "database",
        "migrations",
        "sqlite",
        "worker",
        "port",
    )
    assert {name: found[name] for name in sure} == dict.fromkeys(sure, "ok")


def test_every_finding_that_is_not_well_says_what_to_do(sound: Installation) -> None:
    for finding in checkup.examine(sound.settings):
        assert bool(finding.todo) == (finding.state != checkup.OK), finding


def test_a_key_that_others_can_read_is_an_error(sound: Installation) -> None:
    sound.key_file.chmod(0o644)
    outcome = portal(sound.settings.data_dir, "doctor")
    assert outcome.exit_code == 1
    assert f"chmod 600 {sound.key_file}" in outcome.output


def test_a_missing_key_is_an_error(sound: Installation) -> None:
    sound.key_file.unlink()
    assert states(sound)["keys"].state == checkup.ERROR


def test_a_database_behind_is_an_error(sound: Installation) -> None:
    with sound.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    found = states(sound)
    assert found["migrations"].state == checkup.ERROR
    assert "portal init" in found["migrations"].todo


def test_no_installation_is_an_error_and_no_crash(tmp_path: Path) -> None:
    outcome = portal(tmp_path / "nothing", "doctor")
    assert outcome.exit_code == 1
    assert "portal init" in outcome.output
    assert not (tmp_path / "nothing").exists()


def test_an_unreachable_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    url = "postgresql://anslut@127.0.0.1:9/anslut"
    outcome = portal(tmp_path / "data", "doctor", PORTAL_DATABASE_URL=url)
    assert outcome.exit_code == 1
    assert "PORTAL_DATABASE_URL" in outcome.output


def test_a_silent_worker_is_worth_a_look(sound: Installation, clock: Clock) -> None:
    clock.forward(seconds=-60)
    workers.beat(sound, "one")
    assert states(sound)["worker"].state == checkup.WARN
    workers.leave(sound, "one")
    assert states(sound)["worker"].said == "No worker is running"


def test_a_mail_server_that_does_not_answer_is_an_error(sound: Installation) -> None:
    assert states(sound, smtp_host="127.0.0.1", smtp_port=9)["mail"].state == checkup.ERROR


def test_another_package_named_workflows_is_an_error(
    sound: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workflows, "__file__", str(tmp_path / "workflows" / "__init__.py"))
    assert states(sound)["workflows"].state == checkup.ERROR


def test_a_port_in_use_is_told(sound: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        assert "something answers" in states(sound, bind=bind)["port"].said


def test_the_shipped_catalogues_are_in_order(tmp_path: Path) -> None:
    outcome = portal(tmp_path, "catalogue", "check", "--json")
    assert outcome.exit_code == 0, outcome.output
    told = json.loads(outcome.output)
    assert told["ok"] is True
    assert "declaration-sdk" in {row["id"] for row in told["catalogues"]}


def test_a_catalogue_with_an_error_is_named_by_file_and_line(tmp_path: Path) -> None:
    shipped = Path(workflows.__file__ or "").parents[1] / "checklists" / "catalogues" / "order-1.yaml"
    file = tmp_path / "order.yaml"
    shutil.copyfile(shipped, file)
    assert portal(tmp_path, "catalogue", "check", str(file)).exit_code == 0
    lines = file.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("version"))
    lines[at] = "version: []"
    file.write_text("\n".join(lines), "utf-8")
    outcome = portal(tmp_path, "catalogue", "check", str(file))
    assert outcome.exit_code == 1
    assert f"{file}:{at + 1}:" in outcome.output


def test_settings_are_those_of_the_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `portal serve` hands to its children is what they read back."""
    from portal.supervise import environment

    chosen = Settings(
        data_dir=tmp_path, bind="127.0.0.1:8123", threads=3, allow_loopback=True, smtp_tls=False
    )
    for name, value in environment(chosen).items():
        monkeypatch.setenv(name, value)
    assert Settings() == chosen
