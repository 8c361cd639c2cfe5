"""Copies of a whole installation in one file, taken while it serves."""

import fcntl
import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from portal import __version__
from portal.opened import database_file
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import migrate

MANIFEST = "manifest.json"
DATABASE = "database/anslut.sqlite3"
DATA = "data"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a copy holds: `files` maps each path in it to SHA-256; `database` is sqlite or postgresql."""

    format: int
    version: str
    made_at: str
    database: str
    migration: str | None
    files: dict[str, str]


def make(home: Installation, target: Path, at: datetime) -> Manifest:
    """Copy the installation into a new .tar.gz that only its owner can read, while it serves.

    The database is copied through SQLite's own backup; PostgreSQL's is left to pg_dump. The file of heads is read
    first, so that it never tells of an event that the copied database lacks, and the files of evidence last, so that
    none lacks that the copied database leads to. Raises FileExistsError.
    """
    source = database_file(home.settings)
    hashes: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        body = Path(folder) / "body.tar"
        with tarfile.open(body, "w") as tar:
            for path in _data_files(home.settings, {target}):
                name = f"{DATA}/{path.relative_to(home.settings.data_dir).as_posix()}"
                hashes[name] = _add(tar, name, _read(path), path.stat().st_mode & 0o777)
            if source is not None:
                copy = Path(folder) / "copy.sqlite3"
                _copy_database(source, copy)
                hashes[DATABASE] = _add_file(tar, DATABASE, copy)
            _add_evidence(tar, home.settings, hashes)
        kind = "sqlite" if source is not None else "postgresql"
        manifest = Manifest(
            FORMAT,
            __version__,
            at.isoformat(timespec="seconds"),
            kind,
            migrate.current(home.database),
            hashes,
        )
        _write(target, manifest, body)
    return manifest


def _data_files(settings: Settings, without: set[Path]) -> Iterator[Path]:
    """Every regular file of the data folder but the database's own, heads and keys first."""
    database = database_file(settings)
    own = (
        {database.with_name(database.name + end) for end in ("", "-wal", "-shm", "-journal")}
        if database
        else set()
    )
    skipped = own | {path.absolute() for path in without}
    found = [
        path for path in sorted(settings.data_dir.rglob("*")) if path.is_file() and not path.is_symlink()
    ]
    chosen = [
        path
        for path in found
        if path not in skipped
        and not path.is_relative_to(settings.files_dir)
        and not any(part.startswith(".") for part in path.relative_to(settings.data_dir).parts)
        and not path.name.endswith(".tar.gz")
    ]
    yield from sorted(chosen, key=lambda path: path.name != "audit.heads")


def _add_evidence(tar: tarfile.TarFile, settings: Settings, hashes: dict[str, str]) -> None:
    """Every stored file of evidence. One that the sweep removes meanwhile is one that nothing leads to."""
    for path in sorted(settings.files_dir.glob("sha256/??/*")):
        name = f"{DATA}/{path.relative_to(settings.data_dir).as_posix()}"
        try:
            hashes[name] = _add_file(tar, name, path)
        except FileNotFoundError:
            continue


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return file.read()


def _add(tar: tarfile.TarFile, name: str, body: bytes, mode: int) -> str:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(body), mode
    tar.addfile(info, io.BytesIO(body))
    return hashlib.sha256(body).hexdigest()


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """As `_add`, for a file that may be too large for memory and that nobody else writes."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        info = tarfile.TarInfo(name)
        info.size, info.mode = path.stat().st_size, 0o600
        tar.addfile(info, file)
    return sha256


def _copy_database(source: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as origin,
        closing(sqlite3.connect(copy)) as target,
    ):
        origin.backup(target)
        problems = target.execute("PRAGMA quick_check").fetchall()
    if problems != [("ok",)]:
        raise OSError(f"the copied database is damaged: {problems[0][0]}")


def _write(target: Path, manifest: Manifest, body: Path) -> None:
    """The copy as one file, its manifest first; complete under its name or not there at all."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
                _repack(packed, manifest, body)
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        target.unlink()
        raise


def _repack(packed: gzip.GzipFile, manifest: Manifest, body: Path) -> None:
    with tarfile.open(fileobj=packed, mode="w|") as tar, tarfile.open(body) as source:
        text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False, sort_keys=True).encode()
        _add(tar, MANIFEST, text, 0o600)
        for member in source:
            tar.addfile(member, source.extractfile(member))
