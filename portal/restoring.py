"""Putting a copy back: only when every hash and the chain of events hold, and never over what is there."""

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from portal import __version__
from portal.backups import DATA, DATABASE, FORMAT, MANIFEST, Manifest
from portal.opened import database_file
from portal.services import workers
from portal.services.evidence import store_of
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import events, evidence, migrate
from portal.store.database import Database


class CannotRestore(Exception):
    """The copy cannot be put back; the message says why and what to do, and nothing has been changed."""


def restore(
    archive: Path, settings: Settings, *, replace: bool, at: datetime
) -> tuple[Manifest, Path | None]:
    """Put a copy back as the data folder; the manifest, and where the replaced folder lies now.

    Everything is unpacked and checked beside the data folder first. Raises CannotRestore.
    """
    data_dir = settings.data_dir
    occupied = data_dir.is_dir() and any(data_dir.iterdir())
    if occupied:
        _may_be_replaced(settings, replace)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir.parent) as folder:
        manifest, fresh = _checked(archive, Path(folder), settings)
        aside = _put_aside(data_dir, at) if occupied else None
        if data_dir.is_dir():
            data_dir.rmdir()
        fresh.replace(data_dir)
    return manifest, aside


def _may_be_replaced(settings: Settings, replace: bool) -> None:
    if not replace:
        raise CannotRestore(
            f"{settings.data_dir} is not empty. Restore into another folder with PORTAL_DATA_DIR, or add --replace: "
            "the folder is then kept under another name."
        )
    file = database_file(settings)
    if file is None or not file.exists():
        return
    with _opened(settings.data_dir) as home:
        if migrate.current(home.database) is not None and workers.alive(home):
            raise CannotRestore("The installation is being served. Stop `portal serve` first, then restore.")


def _checked(archive: Path, folder: Path, settings: Settings) -> tuple[Manifest, Path]:
    """The copy unpacked in the folder, whole, and the data folder that it holds."""
    manifest = _unpack(archive, folder)
    if manifest.database == "sqlite" and database_file(settings) != settings.data_dir / "anslut.sqlite3":
        raise CannotRestore(
            "The copy holds a SQLite database and PORTAL_DATABASE_URL names another place. Restore without "
            "PORTAL_DATABASE_URL."
        )
    fresh = folder / DATA
    fresh.mkdir(mode=0o700, exist_ok=True)
    if manifest.database == "sqlite":
        if DATABASE not in manifest.files:
            raise CannotRestore("The copy lacks its database. Take another copy.")
        shutil.move(folder / DATABASE, fresh / "anslut.sqlite3")
        _must_be_whole(fresh)
    return manifest, fresh


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
        lost = store_of(home.settings).lacking(evidence.known_files(session))
    if found is not None:
        raise CannotRestore(
            f"The chain of events in the copy does not hold ({found.kind} at event {found.seq}): somebody has touched "
            "it. Restore an older copy."
        )
    if lost:
        raise CannotRestore(
            f"The copy lacks {len(lost)} files of evidence, the first being {lost[0]}. Take another copy."
        )


def _put_aside(data_dir: Path, at: datetime) -> Path:
    aside = data_dir.with_name(f"{data_dir.name}.before-{at:%Y%m%d-%H%M%S}")
    data_dir.rename(aside)
    return aside
