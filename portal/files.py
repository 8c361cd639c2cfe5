"""The store of files: each lies under the SHA-256 of its content, arrives whole or not at all, and never changes."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 256 * 1024
GRACE_SECONDS = 3600.0


class TooLarge(Exception):
    """More bytes came than a file may hold."""


@dataclass(frozen=True)
class Received:
    """A file that has arrived and lies beside the store until it is kept; `size` is bytes."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class FileStore:
    """The files of one installation below `folder`: `sha256/ab/ab12…`, and `.incoming` for what is not kept yet."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the file of that hash lies. Only a row of evidence may lead here, never an address."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.folder / "sha256" / sha256[:2] / sha256

    def lacking(self, known: Collection[str]) -> list[str]:
        """Which of these hashes have no file here, in order."""
        return [sha256 for sha256 in sorted(known) if not self.path(sha256).is_file()]

    @contextmanager
    def receive(self, source: IO[bytes], most: int) -> Iterator[Received]:
        """Take the bytes in, at most that many, to look at before they are kept; gone afterwards unless kept.

        Raises TooLarge. Memory holds one chunk at a time.
        """
        incoming = self.folder / ".incoming"
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                digest, size = hashlib.sha256(), 0
                while chunk := source.read(CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise TooLarge
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            yield Received(path, digest.hexdigest(), size)
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def keep(self, received: Received) -> Iterator[None]:
        """Put the file in its place and hold off the sweep until the row that leads to it is committed."""
        with self._lock(fcntl.LOCK_SH):
            target = self.path(received.sha256)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.is_file() and target.stat().st_size == received.size:
                os.utime(target)
            else:
                received.path.replace(target)
            _sync(target.parent)
            _sync(target.parent.parent)
            yield

    def sweep(self, known: Collection[str], grace: float = GRACE_SECONDS) -> int:
        """Remove files that no row leads to and remains of uploads that broke off; how many.

        What is younger than `grace` seconds stays, for the sake of other machines that share the folder.
        """
        if not self.folder.is_dir():
            return 0
        old, removed = time.time() - grace, 0
        for path in [*self.folder.glob("sha256/??/*"), *self.folder.glob(".incoming/*")]:
            if path.name not in known and path.is_file() and path.stat().st_mtime < old:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Hold off what wants to be kept while it is found out which files are known."""
        with self._lock(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, kind)
            yield


def _sync(folder: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
