"""Where a demo may be made: an empty place, never a database that somebody else's work may be in."""

from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from portal.settings import Settings
from portal.store import migrate
from portal.store.database import Database
from portal.store.models import Federation

EMPTY, DEMO = "empty", "demo"
UNFINISHED = "demo.unfinished"
# What the reference organisation and the profile packs may have left before the demo was made.
HARMLESS = frozenset({"packs", "reference"})


class NotForDemo(Exception):
    """The place is not the demo's; the message says what to do instead."""


def state(settings: Settings) -> str:
    """EMPTY or DEMO. Raises NotForDemo for anything that `portal demo` did not make, or cannot reach."""
    if not settings.loopback_only:
        raise NotForDemo(
            f"A demo can be entered by anyone, and PORTAL_BIND is {settings.bind}. "
            "It only listens on loopback: use --bind 127.0.0.1:8000."
        )
    if (settings.data_dir / UNFINISHED).exists():
        _remove_unfinished(settings)
    if _nothing_there(settings):
        return EMPTY
    database = Database(settings.database)
    try:
        return _state_of(database, settings)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
        raise NotForDemo(
            f"The database cannot be read: {reason}. Check PORTAL_DATABASE_URL, or leave it out."
        ) from error
    finally:
        database.dispose()


def begin(settings: Settings) -> None:
    """Note that a demo is being made here, so that one that was interrupted can be told from a whole one."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.data_dir / UNFINISHED).touch()


def finish(settings: Settings) -> None:
    """The demo is whole."""
    (settings.data_dir / UNFINISHED).unlink(missing_ok=True)


def _nothing_there(settings: Settings) -> bool:
    """True when no database and none of an installation's files are there."""
    if settings.database_url:
        return False
    there = {found.name for found in settings.data_dir.iterdir()} if settings.data_dir.is_dir() else set()
    if not there - HARMLESS:
        return True
    if not _file(settings).exists():
        raise NotForDemo(
            f"{settings.data_dir} holds files that no demo made: {', '.join(sorted(there - HARMLESS)[:3])}. "
            "Choose an empty folder: PORTAL_DATA_DIR=data/demo portal demo."
        )
    return False


def _state_of(database: Database, settings: Settings) -> str:
    tables = set(inspect(database.reader).get_table_names())
    if not tables:
        return EMPTY
    demo = False
    if "federation" in tables and migrate.current(database) == migrate.newest():
        demo = _marked(database) is True
    elif migrate.current(database) is not None:
        raise NotForDemo(
            f"The database in {settings.data_dir} was made by another version of Anslut. A demo is not migrated: "
            "remove the folder, or choose another with PORTAL_DATA_DIR."
        )
    if not demo:
        raise NotForDemo(
            f"The database {database.writer.url.render_as_string(hide_password=True)} was not made by "
            "`portal demo`, so nothing was done. Choose an empty folder: PORTAL_DATA_DIR=data/demo portal demo."
        )
    return DEMO


def _marked(database: Database) -> bool | None:
    """Whether the federation is a demo; None when there is none."""
    with database.read() as session:
        federation = session.get(Federation, 1)
    return None if federation is None else federation.demo


def _remove_unfinished(settings: Settings) -> None:
    """Take away a demo whose making was interrupted; only a SQLite database in the demo's own folder."""
    if settings.database_url:
        raise NotForDemo(
            "The making of the demo was interrupted, and half of it is in the database. Empty the database and "
            f"remove {settings.data_dir / UNFINISHED}, then run `portal demo` again."
        )
    file = _file(settings)
    if file.exists() and _someone_elses(settings):
        raise NotForDemo(
            f"An installation was made in {settings.data_dir} after a demo was interrupted there. Nothing was done. "
            "Choose an empty folder: PORTAL_DATA_DIR=data/demo portal demo."
        )
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm", "audit.key", "audit.heads", UNFINISHED):
        (settings.data_dir / name).unlink(missing_ok=True)


def _someone_elses(settings: Settings) -> bool:
    database = Database(settings.database)
    try:
        return "federation" in inspect(database.reader).get_table_names() and _marked(database) is False
    finally:
        database.dispose()


def _file(settings: Settings) -> Path:
    return Path(settings.database.removeprefix("sqlite:///"))
