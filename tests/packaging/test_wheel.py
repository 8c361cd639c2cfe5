"""The built package holds everything that running Anslut needs, and runs without the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SAY_WHAT_IS_THERE = """
from pathlib import Path
import checklists.load, portal.app, portal.store.migrate, portal.texts
here = Path(portal.app.__file__).parent
assert "site" in str(here), here
assert portal.app.templates_folder() == here / "_templates", portal.app.templates_folder()
assert portal.store.migrate.scripts() == here / "_migrations"
assert portal.store.migrate.newest()
assert len(checklists.load.shipped()) > 5
assert portal.texts.text("layout.skip", "sv")
from portal.settings import Settings
from portal.services.installation import Installation
from portal.store.database import Database
settings = Settings()
settings.data_dir.mkdir()
portal.store.migrate.upgrade(settings.database)
from portal.app import create_app
app = create_app(installation=Installation(settings, Database(settings.database)))
print(len(list(app.url_map.iter_rules())))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "PORTAL_DATA_DIR": str(tmp_path / "data")}
    ran = subprocess.run(
        [sys.executable, "-c", SAY_WHAT_IS_THERE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 40


@pytest.mark.slow
@pytest.mark.parametrize(
    "wanted",
    [
        "checklists/catalogues/declaration-sdk-1.yaml",
        "portal/_templates/layout.html",
        "portal/_migrations/env.py",
        "portal/static/css/anslut.css",
        "portal/texts/sv/journey.yaml",
        "portal/verification/packs/demo.yaml",
        "portal/reports/fonts/SourceSans3-Regular.ttf",
        "workflows/event_texts/sv.toml",
    ],
)
def test_the_wheel_holds(wheel: Path, wanted: str) -> None:
    with zipfile.ZipFile(wheel) as packed:
        assert wanted in packed.namelist()
