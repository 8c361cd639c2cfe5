"""Migrations go up, down and up again on both databases, lose nothing, and lead to exactly the models."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from portal import queue
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import migrate
from portal.store.models import Base, Letter
from tests.conftest import empty_postgres, make_cast

REBUILD = '''
"""rebuild a table that others point at"""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation", recreate="always") as table:
        table.add_column(sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("organisation", recreate="always") as table:
        table.drop_column("note")
'''


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    url = request.getfixturevalue("postgres_url")
    empty_postgres(url)
    yield url


def counts(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        there = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
        rows = {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in there
        }
    engine.dispose()
    return rows


def test_the_head_is_pinned() -> None:
    """Two branches that each add a migration meet here, and not in somebody's database."""
    pinned = (migrate.scripts() / "HEAD").read_text("ascii").strip()
    assert pinned == migrate.newest(), "write the newest revision in migrations/HEAD"


def test_the_migrations_are_one_numbered_line() -> None:
    scripts = list(ScriptDirectory.from_config(migrate.config("sqlite://")).walk_revisions())
    names = sorted(path.name for path in (migrate.scripts() / "versions").glob("*.py"))
    assert [script.revision for script in reversed(scripts)] == [
        f"{n:04}" for n in range(1, len(scripts) + 1)
    ]
    assert len(names) == len(scripts)
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in names), names


def test_the_migrations_lead_to_the_models(empty_url: str, tmp_path: Path) -> None:
    """Autogenerate finds nothing to do, also when the job engine's tables lie in the same database."""
    migrate.upgrade(empty_url)
    queue.prepare(Settings(data_dir=tmp_path, database_url=empty_url))
    command.check(migrate.config(empty_url))


def test_down_to_nothing_and_up_again(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    command.downgrade(migrate.config(empty_url), "base")
    assert counts(empty_url) == {}
    migrate.upgrade(empty_url)
    assert set(counts(empty_url)) == set(Base.metadata.tables)


def test_the_last_migration_keeps_the_rows(either_home: Installation) -> None:
    make_cast(either_home)
    with either_home.write() as work:
        work.mail("anna@exempel.se", "Ämne", "Text")
    url = either_home.settings.database
    either_home.database.dispose()
    before = counts(url)
    command.downgrade(migrate.config(url), "-1")
    left = counts(url)
    assert left == {name: rows for name, rows in before.items() if name in left}
    migrate.upgrade(url)
    assert counts(url) == before
    with either_home.read() as session:
        assert session.query(Letter).one().subject == "Ämne"


def test_rebuilding_a_table_keeps_those_that_point_at_it(home: Installation, tmp_path: Path) -> None:
    """SQLite drops the table that it rebuilds, which with foreign keys on takes the children or fails."""
    make_cast(home)
    url = home.settings.database
    home.database.dispose()
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.scripts(), scripts)
    (scripts / "versions" / "9999_rebuild.py").write_text(REBUILD.format(head=migrate.newest()))
    config = _config(url, scripts)
    before = counts(url)
    assert before["membership"] > 0
    assert before["connection"] == 2
    command.upgrade(config, "head")
    assert counts(url) == before
    command.downgrade(config, "-1")
    assert counts(url) == before


def test_a_migration_that_leaves_orphans_is_refused(home: Installation, tmp_path: Path) -> None:
    make_cast(home)
    home.database.dispose()
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.scripts(), scripts)
    body = REBUILD.format(head=migrate.newest()).replace(
        'table.add_column(sa.Column("note", sa.Text(), nullable=True))',
        "pass\n    op.execute('DELETE FROM person')",
    )
    (scripts / "versions" / "9999_orphans.py").write_text(body)
    with pytest.raises(RuntimeError, match="point nowhere"):
        command.upgrade(_config(home.settings.database, scripts), "head")


def _config(url: str, scripts: Path) -> Config:
    config = migrate.config(url)
    config.set_main_option("script_location", str(scripts))
    return config
