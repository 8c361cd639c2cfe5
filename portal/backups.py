"""Copies of a whole installation: taken while it serves, and put back only when every hash and the chain hold."""

import fcntl
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from portal import __version__
from portal.opened import database_file
from portal.services import workers
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import events, migrate
from portal.store.database import Database

MANIFEST = "manifest.json"
DATABASE = "database/anslut.sqlite3"
DATA = "data"
FORMAT = 1


class CannotRestore(Exception):
    """The copy cannot be put back; the message says why and what to do, and nothing has been changed."""


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
    first, so that it never tells of an event that the copied database lacks. Raises FileExistsError.
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


def restore(
    archive: Path, settings: Settings, *, replace: bool, at: datetime
) -> tuple[Manifest, Path | None]:
    """Put a copy back as the data folder; the manifest, and where the replaced folder lies now.

    Everything is unpacked and checked beside the data folder first. Raises CannotRestore.
    """
    data_dir = settings.data_dir
    occupied = data_dir.is_dir() and any(data_dir.iterdir())
    if occupied and not replace:
        raise CannotRestore(
            f"{data_dir} is not empty. Restore into another folder with PORTAL_DATA_DIR, or add --replace: the "
            "folder is then kept under another name."
        )
    if occupied:
        _must_be_still(settings)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir.parent) as folder:
        manifest = _unpack(archive, Path(folder))
        if manifest.database == "sqlite" and database_file(settings) != data_dir / "anslut.sqlite3":
            raise CannotRestore(
                "The copy holds a SQLite database and PORTAL_DATABASE_URL names another place. Restore without "
                "PORTAL_DATABASE_URL."
            )
        fresh = Path(folder) / DATA
        fresh.mkdir(mode=0o700, exist_ok=True)
        if manifest.database == "sqlite":
            shutil.move(Path(folder) / DATABASE, fresh / "anslut.sqlite3")
            _must_be_whole(fresh)
        aside = _put_aside(data_dir, at) if occupied else None
        if data_dir.is_dir():
            data_dir.rmdir()
        fresh.replace(data_dir)
    return manifest, aside


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
        and not any(part.startswith(".") for part in path.relative_to(settings.data_dir).parts)
        and not path.name.endswith(".tar.gz")
    ]
    yield from sorted(chosen, key=lambda path: path.name != "audit.heads")


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


def _unpack(archive: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            manifest = _manifest(tar)
            seen = {MANIFEST}
            for member in tar:
                if member.name != MANIFEST:
                    _unpack_one(tar, member, manifest, folder)
                    seen.add(member.name)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, OSError) as error:
        raise CannotRestore(
            f"{archive} cannot be read as a copy of Anslut: {error}. Take another copy."
        ) from error
    lacking = sorted(set(manifest.files) - seen)
    if lacking:
        raise CannotRestore(f"{lacking[0]} is missing in the copy, so it is not whole. Take another copy.")
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    file = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    if file is None:
        raise CannotRestore(
            "The file is not a copy made by `portal backup`: it does not begin with a manifest."
        )
    try:
        manifest = Manifest(**json.load(file))
    except (ValueError, TypeError) as error:
        raise CannotRestore("The manifest of the copy cannot be read. Take another copy.") from error
    if manifest.format != FORMAT or (manifest.migration and manifest.migration not in migrate.known()):
        raise CannotRestore(
            f"The copy was made by Anslut {manifest.version}, which is newer than this one ({__version__}). Install "
            "that version and restore again."
        )
    return manifest


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, manifest: Manifest, folder: Path) -> None:
    name = PurePosixPath(member.name)
    file = tar.extractfile(member) if member.isreg() else None
    inside = name.parts[:1] == (DATA,) or member.name == DATABASE
    if file is None or not inside or name.is_absolute() or ".." in name.parts:
        raise CannotRestore(f"The copy holds {member.name}, which no copy of ours does. It is left alone.")
    target = folder / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, member.mode & 0o777), "wb") as out:
        if _copy(file, out) != manifest.files.get(member.name):
            raise CannotRestore(
                f"{member.name} differs from its hash: the copy is damaged. Take another copy."
            )


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(1 << 20):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


@contextmanager
def _opened(folder: Path) -> Iterator[Installation]:
    settings = Settings(data_dir=folder, database_url="")
    database = Database(settings.database)
    try:
        yield Installation(settings, database)
    finally:
        database.dispose()


def _must_be_whole(folder: Path) -> None:
    if not (folder / "audit.key").is_file():
        raise CannotRestore("The copy lacks the key of the event chain. Take another copy.")
    with _opened(folder) as home, home.read() as session:
        found = next(events.breaks(session, home.key, home.heads_file), None)
    if found is not None:
        raise CannotRestore(
            f"The chain of events in the copy does not hold ({found.kind} at event {found.seq}): somebody has touched "
            "it. Restore an older copy."
        )


def _must_be_still(settings: Settings) -> None:
    file = database_file(settings)
    if file is None or not file.exists():
        return
    with _opened(settings.data_dir) as home:
        if migrate.current(home.database) is not None and workers.alive(home):
            raise CannotRestore("The installation is being served. Stop `portal serve` first, then restore.")


def _put_aside(data_dir: Path, at: datetime) -> Path:
    aside = data_dir.with_name(f"{data_dir.name}.before-{at:%Y%m%d-%H%M%S}")
    data_dir.rename(aside)
    return aside
