"""Engines and sessions: writes begin IMMEDIATE on SQLite, reads cannot write on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection as SAConnection
from sqlalchemy.orm import Session, sessionmaker

BUSY_MILLISECONDS = 5000
# In `session.info` of sessions that may change what they read, and so read it locked.
WRITES = "writes"


class Database:
    """One database of an installation, with an engine for writing and one that can only read."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.writer = self._engine(read_only=False)
        self.reader = self._engine(read_only=True)
        self._write = sessionmaker(self.writer, expire_on_commit=False, info={WRITES: True})
        self._read = sessionmaker(self.reader, autoflush=False)
        self.writes = 0
        """How many write transactions have ended, whichever way: by it a reader knows that it may be behind."""

    def _engine(self, *, read_only: bool) -> Engine:
        if self.is_sqlite:
            engine = create_engine(self.url)
            event.listen(engine, "connect", _sqlite_reader if read_only else _sqlite_writer)
            event.listen(engine, "begin", _begin_plain if read_only else _begin_immediate)
            return engine
        options = {"postgresql_readonly": True} if read_only else {}
        return create_engine(self.url, pool_pre_ping=True, execution_options=options)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one write transaction; commits when the block ends, rolls back when it raises."""
        try:
            with self._write.begin() as session:
                yield session
        finally:
            self.writes += 1

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot change it."""
        with self._read() as session:
            yield session

    def reading(self) -> Session:
        """A read session that the caller closes."""
        return self._read()

    def dispose(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def _pragmas(dbapi: Any, *lines: str) -> None:
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for line in (f"busy_timeout={BUSY_MILLISECONDS}", "foreign_keys=ON", *lines):
        cursor.execute(f"PRAGMA {line}")
    cursor.close()


def _sqlite_writer(dbapi: Any, _record: Any) -> None:
    _pragmas(dbapi, "journal_mode=WAL", "synchronous=FULL")


def _sqlite_reader(dbapi: Any, _record: Any) -> None:
    _pragmas(dbapi, "query_only=ON")


def _begin_immediate(connection: SAConnection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_plain(connection: SAConnection) -> None:
    connection.exec_driver_sql("BEGIN")
