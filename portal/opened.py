"""Opening the installation from the command line, with errors that say what to do next."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from portal.services.installation import Enqueue, Installation
from portal.settings import Settings
from portal.store import migrate
from portal.store.database import Database
from portal.store.models import Federation


def open_installation(settings: Settings | None = None, *, enqueue: Enqueue | None = None) -> Installation:
    """The installation that the settings name, migrated and with its federation.

    Raises click.ClickException with the next thing to do when the database is missing, unreachable, not migrated,
    newer than this program, or without a federation.
    """
    settings = settings or Settings()
    file = database_file(settings)
    if file is not None and not file.exists():
        raise click.ClickException(
            f"There is no installation in {settings.data_dir}. Run `portal init`, "
            "or point PORTAL_DATA_DIR at the folder that has one."
        )
    database = Database(settings.database)
    try:
        _check_migrated(database)
        with database.read() as session:
            if session.get(Federation, 1) is None:
                raise click.ClickException("The database has no federation yet. Run `portal init`.")
    except SQLAlchemyError as error:
        database.dispose()
        raise click.ClickException(
            f"The database cannot be read: {_first_line(error)}. Check PORTAL_DATABASE_URL and PORTAL_DATA_DIR, "
            "and that the database server is running."
        ) from error
    except click.ClickException:
        database.dispose()
        raise
    opened = Installation(settings, database)
    if enqueue is not None:
        opened.enqueue = enqueue
    return opened


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for another kind."""
    prefix = "sqlite:///"
    return Path(settings.database.removeprefix(prefix)) if settings.database.startswith(prefix) else None


def _check_migrated(database: Database) -> None:
    at, newest = migrate.current(database), migrate.newest()
    if at == newest:
        return
    if at is None:
        raise click.ClickException("The database is empty. Run `portal init`.")
    if at not in migrate.known():
        raise click.ClickException(
            f"The database is at migration {at}, which this version of Anslut does not know: it was used with a "
            "newer version. Install that version or a later one."
        )
    raise click.ClickException(
        f"The database is at migration {at} and this version of Anslut needs {newest}. "
        "Take a copy with `portal backup`, then run `portal init`, which migrates and keeps everything."
    )


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0].rstrip(".")
