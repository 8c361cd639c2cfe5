"""A copy taken while somebody writes is put back whole, and a damaged one is refused before anything changes."""

import gzip
import io
import json
import os
import stat
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from portal import backups, restoring
from portal.cli import main
from portal.services import workers
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import events
from portal.store.database import Database
from portal.store.models import StoredEvent
from tests.conftest import Clock, installation, make_cast
from workflows.events import FlowSaved

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def portal(data_dir: Path, *args: str) -> Result:
    return CliRunner(env={"PORTAL_DATA_DIR": str(data_dir)}).invoke(main, list(args))


def count(data_dir: Path) -> int:
    database = Database(f"sqlite:///{data_dir / 'anslut.sqlite3'}")
    with database.read() as session:
        found = session.scalars(select(func.count()).select_from(StoredEvent)).one()
    database.dispose()
    return found


@pytest.fixture
def copy(home: Installation, tmp_path: Path) -> Path:
    """A copy of an installation with events, a letter, a profile and a cookie key."""
    make_cast(home)
    data = home.settings.data_dir
    (data / "packs" / "qa" / "ap").mkdir(parents=True)
    (data / "packs" / "qa" / "ap" / "ca.pem").write_text("a certificate")
    (data / "mail").mkdir()
    (data / "mail" / "one.eml").write_text("a letter")
    (data / "cookie.key").write_text("secret")
    (data / "cookie.key").chmod(0o600)
    target = tmp_path / "copy.tar.gz"
    backups.make(home, target, NOW)
    return target


def test_a_copy_taken_while_somebody_writes_is_whole(home: Installation, tmp_path: Path) -> None:
    people = make_cast(home)
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            with home.write(people.contact) as work:
                work.record(FlowSaved(f"flow-{len(written)}"), connection=people.connection)
            written.append(1)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    copies = []
    try:
        for number in range(5):
            before = len(written)
            copies.append(tmp_path / f"copy-{number}.tar.gz")
            backups.make(home, copies[-1], NOW)
            while len(written) == before:
                stop.wait(0.01)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for number, made in enumerate(copies):
        fresh = tmp_path / f"fresh-{number}"
        outcome = portal(fresh, "restore", str(made))
        assert outcome.exit_code == 0, outcome.output
        assert portal(fresh, "audit", "verify").exit_code == 0
        assert 0 < count(fresh) <= count(home.settings.data_dir)


def test_everything_but_the_database_comes_along(copy: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    assert portal(fresh, "restore", str(copy)).exit_code == 0
    assert (fresh / "packs" / "qa" / "ap" / "ca.pem").read_text() == "a certificate"
    assert (fresh / "mail" / "one.eml").read_text() == "a letter"
    for key in ("audit.key", "cookie.key"):
        assert stat.S_IMODE((fresh / key).stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o700


def test_only_its_owner_reads_the_copy_and_no_other_is_overwritten(home: Installation, copy: Path) -> None:
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    body = copy.read_bytes()
    outcome = portal(home.settings.data_dir, "backup", str(copy))
    assert outcome.exit_code == 1
    assert "exists already" in outcome.output
    assert copy.read_bytes() == body


def test_a_folder_in_use_is_not_overwritten(home: Installation, copy: Path) -> None:
    before = count(home.settings.data_dir)
    outcome = portal(home.settings.data_dir, "restore", str(copy))
    assert outcome.exit_code == 1
    assert "--replace" in outcome.output
    assert count(home.settings.data_dir) == before


def test_replacing_keeps_what_was_there(home: Installation, copy: Path) -> None:
    with home.write() as work:
        work.record(FlowSaved("later"))
    home.database.dispose()
    data = home.settings.data_dir
    later = count(data)
    outcome = portal(data, "restore", "--replace", str(copy))
    assert outcome.exit_code == 0, outcome.output
    assert count(data) == later - 1
    (aside,) = data.parent.glob("data.before-*")
    assert count(aside) == later


def test_nothing_is_replaced_under_a_portal_that_serves(home: Installation, copy: Path, clock: Clock) -> None:
    clock.at = datetime.now(UTC)
    workers.beat(home, "one")
    outcome = portal(home.settings.data_dir, "restore", "--replace", str(copy))
    assert outcome.exit_code == 1
    assert "Stop `portal serve` first" in outcome.output


def remade(copy: Path, change: dict[str, bytes | None], extra: dict[str, bytes] | None = None) -> Path:
    """The copy again with other bytes for some members, or without them, under the same manifest."""
    target = copy.with_name("remade.tar.gz")
    with tarfile.open(copy) as source, tarfile.open(target, "w:gz") as tar:
        for member in source:
            file = source.extractfile(member)
            assert file is not None
            body = change.get(member.name, file.read())
            if body is not None:
                member.size = len(body)
                tar.addfile(member, io.BytesIO(body))
        for name, body in (extra or {}).items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return target


@pytest.mark.parametrize(
    ("change", "extra", "said"),
    [
        ({"data/mail/one.eml": b"another letter"}, {}, "differs from its hash"),
        ({"data/mail/one.eml": None}, {}, "is missing in the copy"),
        ({}, {"data/../../escaped": b"x"}, "no copy of ours does"),
        ({}, {"/etc/escaped": b"x"}, "no copy of ours does"),
        ({}, {"data/unlisted": b"x"}, "differs from its hash"),
        ({"manifest.json": None}, {}, "does not begin with a manifest"),
        ({"manifest.json": b"{}"}, {}, "manifest of the copy cannot be read"),
    ],
)
def test_a_damaged_copy_is_refused(
    copy: Path, tmp_path: Path, change: dict[str, bytes | None], extra: dict[str, bytes], said: str
) -> None:
    fresh = tmp_path / "fresh"
    outcome = portal(fresh, "restore", str(remade(copy, change, extra)))
    assert outcome.exit_code == 1
    assert said in outcome.output
    assert not fresh.exists()
    assert not (tmp_path / "escaped").exists()


def test_a_copy_of_a_newer_version_is_refused(copy: Path, tmp_path: Path) -> None:
    with tarfile.open(copy) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        manifest = json.load(file)
    newer = remade(copy, {"manifest.json": json.dumps(manifest | {"migration": "9999"}).encode()})
    outcome = portal(tmp_path / "fresh", "restore", str(newer))
    assert outcome.exit_code == 1
    assert "newer than this one" in outcome.output


@pytest.mark.parametrize(
    "body", [b"", b"not a copy", gzip.compress(b"not a tar file", mtime=0)], ids=["empty", "text", "packed"]
)
def test_a_file_that_is_no_copy_is_refused(tmp_path: Path, body: bytes) -> None:
    other = tmp_path / "other.tar.gz"
    other.write_bytes(body)
    outcome = portal(tmp_path / "fresh", "restore", str(other))
    assert outcome.exit_code == 1, outcome.output
    assert "Error:" in outcome.output


def test_a_copy_whose_chain_was_touched_is_refused(home: Installation, tmp_path: Path) -> None:
    make_cast(home)
    with home.database.write() as session:
        session.get_one(StoredEvent, 1).body = "{}"
    target = tmp_path / "touched.tar.gz"
    backups.make(home, target, NOW)
    outcome = portal(tmp_path / "fresh", "restore", str(target))
    assert outcome.exit_code == 1
    assert "edited at event 1" in outcome.output
    assert not (tmp_path / "fresh").exists()


@pytest.mark.postgres
def test_postgresql_is_left_to_its_own_tools(postgres_url: str, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "data").mkdir()
    home = installation(postgres_url, tmp_path / "data", clock)
    make_cast(home)
    env = {"PORTAL_DATA_DIR": str(home.settings.data_dir), "PORTAL_DATABASE_URL": postgres_url}
    target = tmp_path / "copy.tar.gz"
    outcome = CliRunner(env=env).invoke(main, ["backup", str(target)])
    home.database.dispose()
    assert outcome.exit_code == 0, outcome.output
    assert "pg_dump" in outcome.output
    with tarfile.open(target) as tar:
        assert "data/audit.key" in tar.getnames()
        assert backups.DATABASE not in tar.getnames()
    fresh = CliRunner(env=env | {"PORTAL_DATA_DIR": str(tmp_path / "fresh")}).invoke(
        main, ["restore", str(target)]
    )
    assert fresh.exit_code == 0, fresh.output
    assert "pg_restore" in fresh.output
    assert (tmp_path / "fresh" / "audit.key").is_file()


def test_heads_are_read_before_the_database(
    home: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event stored between the two would otherwise look like a cut tail in the copy."""
    make_cast(home)
    real = backups._copy_database

    def with_an_event_before(source: Path, copy: Path) -> None:
        with home.write() as work:
            work.record(FlowSaved("in between"))
        real(source, copy)

    monkeypatch.setattr(backups, "_copy_database", with_an_event_before)
    backups.make(home, tmp_path / "copy.tar.gz", NOW)
    settings = Settings(data_dir=tmp_path / "fresh")
    restoring.restore(tmp_path / "copy.tar.gz", settings, replace=False, at=NOW)
    with restoring._opened(settings.data_dir) as fresh, fresh.read() as session:
        assert list(events.breaks(session, fresh.key, fresh.heads_file)) == []
    assert not [name for name in os.listdir(tmp_path) if name.startswith((".backup", ".restore"))]
