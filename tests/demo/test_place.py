"""Where a demo may be made: nowhere that somebody else's work may be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.demo import place
from portal.demo.place import NotForDemo
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import migrate
from tests.conftest import empty_postgres
from tests.demo.conftest import Demo


def portal(data_dir: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "portal", *args],
        env={**kept, "PORTAL_DATA_DIR": str(data_dir), **more},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_empty_or_missing_folder_is_free(tmp_path: Path) -> None:
    assert place.state(Settings(data_dir=tmp_path)) == place.EMPTY
    assert place.state(Settings(data_dir=tmp_path / "none")) == place.EMPTY
    (tmp_path / "packs").mkdir()
    (tmp_path / "reference").mkdir()
    assert place.state(Settings(data_dir=tmp_path)) == place.EMPTY


def test_an_installation_is_left_alone(home: Installation) -> None:
    with pytest.raises(NotForDemo, match="not made by"):
        place.state(home.settings)


def test_files_of_an_installation_without_its_database_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "audit.key").write_text("x")
    with pytest.raises(NotForDemo, match=r"audit\.key"):
        place.state(Settings(data_dir=tmp_path))


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "anslut.sqlite3").write_bytes(b"this is no database at all, but somebody's notes" * 20)
    with pytest.raises(NotForDemo, match="cannot be read"):
        place.state(Settings(data_dir=tmp_path))


@pytest.mark.postgres
def test_a_postgres_database_is_free_only_when_empty(postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=postgres_url)
    with pytest.raises(NotForDemo, match="not made by"):
        place.state(settings)
    empty_postgres(postgres_url)
    assert place.state(settings) == place.EMPTY


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "192.0.2.1:8000", "[::]:8000", "example.se:8000"])
def test_it_listens_on_loopback_only(tmp_path: Path, bind: str) -> None:
    with pytest.raises(NotForDemo, match="loopback"):
        place.state(Settings(data_dir=tmp_path, bind=bind))


def test_an_interrupted_demo_is_made_anew(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    place.begin(settings)
    migrate.upgrade(settings.database)
    assert place.state(settings) == place.EMPTY
    assert not (tmp_path / "anslut.sqlite3").exists()


def test_an_installation_made_after_an_interrupted_demo_is_left_alone(home: Installation) -> None:
    place.begin(home.settings)
    with pytest.raises(NotForDemo, match="interrupted"):
        place.state(home.settings)
    assert (home.settings.data_dir / "anslut.sqlite3").exists()


@pytest.mark.slow
def test_the_command_refuses_what_is_not_a_demo(home: Installation, tmp_path: Path) -> None:
    refused = portal(home.settings.data_dir, "demo", "--seed-only")
    assert refused.returncode == 1
    assert "was not made by `portal demo`" in refused.stderr
    wide = portal(tmp_path / "new", "demo", "--bind", "0.0.0.0:8000")
    assert wide.returncode == 1
    assert "loopback" in wide.stderr
    assert not (tmp_path / "new").exists()
    wrong = portal(tmp_path / "new", "demo", "--bind", "nonsense")
    assert wrong.returncode == 1
    assert "127.0.0.1:8000" in wrong.stderr


@pytest.mark.slow
def test_a_demo_that_is_there_is_kept(demo: Demo, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(demo.home.settings.data_dir, folder)
    before = (folder / "audit.heads").read_bytes()
    again = portal(folder, "demo", "--seed-only")
    assert again.returncode == 0, again.stderr
    assert "is kept" in again.stdout
    assert (folder / "audit.heads").read_bytes() == before
