"""How Alembic runs here: on SQLite with foreign keys off while tables are rebuilt and checked afterwards."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, event, pool

from portal.store.models import Base
from portal.store.models.base import UTCDateTime

OURS = frozenset(Base.metadata.tables)


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    # The job engine keeps tables of its own in the same database.
    return type_ != "table" or name in OURS


def render_item(type_: str, item: Any, _autogen: Any) -> Any:
    if type_ == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or ""
    engine = create_engine(url, poolclass=pool.NullPool)
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        event.listen(engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA journal_mode=WAL"))
    with engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        else:
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=include_name,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if sqlite else []
            if broken:
                raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
    engine.dispose()


run()
