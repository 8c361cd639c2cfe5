"""Migrations from code: where the scripts lie, upgrading to the newest, and which one a database is at."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.store.database import Database


def scripts() -> Path:
    """The folder of migrations: the packaged copy, or the one in the checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "_migrations"
    return packaged if packaged.is_dir() else package.parent / "migrations"


def config(url: str) -> Config:
    result = Config()
    result.set_main_option("script_location", str(scripts()))
    result.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return result


def upgrade(url: str) -> None:
    """Bring the database to the newest migration."""
    command.upgrade(config(url), "head")


def current(database: Database) -> str | None:
    """The migration that the database is at, or None for an empty one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return ScriptDirectory.from_config(config("sqlite://")).get_current_head()


def known() -> frozenset[str]:
    """Every migration that this version of the program has."""
    return frozenset(
        row.revision for row in ScriptDirectory.from_config(config("sqlite://")).walk_revisions()
    )
