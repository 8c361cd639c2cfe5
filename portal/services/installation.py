"""The running installation and its units of work: state, event, mail and job in one commit, or none."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.settings import Settings
from portal.store import events as chain
from portal.store.database import Database
from portal.store.models import Federation, Letter
from workflows.events import Event

SWEDEN = ZoneInfo("Europe/Stockholm")
Clock = Callable[[], datetime]
Enqueue = Callable[[Session, str, str, tuple[Any, ...]], None]


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def _no_queue(_session: Session, _workflow: str, _workflow_id: str, _args: tuple[Any, ...]) -> None:
    """Without a queue the jobs wait as rows, and the worker's sweep finds them."""


@dataclass
class Installation:
    """One installation: its settings, database, clock and the way jobs are put in the queue."""

    settings: Settings
    database: Database
    clock: Clock = now
    enqueue: Enqueue = _no_queue
    _key: bytes | None = None

    @property
    def key_file(self) -> Path:
        return self.settings.data_dir / "audit.key"

    @property
    def heads_file(self) -> Path:
        return self.settings.data_dir / "audit.heads"

    @property
    def key(self) -> bytes:
        """The key of the event chain, made on first use in a file that only its owner can read."""
        if self._key is None:
            self._key = _read_or_make(self.key_file)
        return self._key

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.database.read() as session:
            yield session

    @contextmanager
    def write(self, actor: str | None = None, at: datetime | None = None) -> Iterator["Work"]:
        """A unit of work by a person (or by the portal itself, None), at this moment or, for history, another."""
        with self.database.write() as session:
            work = Work(self, session, actor, at or self.clock())
            yield work
        if work.heads:
            _append_heads(self.heads_file, work.heads)


@dataclass
class Work:
    """One write transaction: what is recorded and mailed here is stored with the change, or not at all."""

    installation: Installation
    session: Session
    actor: str | None
    now: datetime
    heads: list[chain.Head] = field(default_factory=list)
    _rule_book: str | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(SWEDEN).date()

    @property
    def rule_book(self) -> str:
        if self._rule_book is None:
            self._rule_book = self.session.scalar(select(Federation.rule_book)) or "-"
        return self._rule_book

    def record(
        self, happened: Event, *, organisation: str | None = None, connection: str | None = None
    ) -> None:
        """Store the event in the chain."""
        head = chain.append(
            self.session,
            self.installation.key,
            happened,
            at=self.now,
            rule_book=self.rule_book,
            actor=self.actor,
            organisation=organisation,
            connection=connection,
        )
        self.heads.append(head)

    def mail(self, address: str, subject: str, body: str, person: str | None = None) -> None:
        """Put a letter in the outbox."""
        self.session.add(
            Letter(person_id=person, address=address, subject=subject, body=body, created_at=self.now)
        )

    def start(self, workflow: str, workflow_id: str, *args: Any) -> None:
        """Put a durable job in the queue; the same id twice is one job."""
        self.installation.enqueue(self.session, workflow, workflow_id, args)


def _read_or_make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text("ascii").strip())
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return bytes.fromhex(path.read_text("ascii").strip())


def _append_heads(path: Path, heads: list[chain.Head]) -> None:
    with path.open("a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.writelines(f"{head.seq} {head.hash}\n" for head in heads)
