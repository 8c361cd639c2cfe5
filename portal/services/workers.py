"""Workers say that they are alive; one that has been silent too long is taken for dead."""

from datetime import timedelta

from sqlalchemy import delete, select

from portal.services.installation import Installation
from portal.store.models import Worker

SILENT = timedelta(seconds=20)
FORGOTTEN = timedelta(days=7)


def beat(home: Installation, executor: str) -> None:
    """Say that this worker is alive; its first beat makes its row."""
    with home.write() as work:
        row = work.session.get(Worker, executor)
        if row is None:
            work.session.add(Worker(executor=executor, started_at=work.now, beat_at=work.now))
        else:
            row.beat_at = work.now


def leave(home: Installation, executor: str) -> None:
    """Take the worker off the list, so that its work is taken over at once."""
    with home.write() as work:
        work.session.execute(delete(Worker).where(Worker.executor == executor))


def alive(home: Installation) -> frozenset[str]:
    """The workers that have been heard of lately."""
    with home.read() as session:
        since = home.clock() - SILENT
        return frozenset(session.scalars(select(Worker.executor).where(Worker.beat_at >= since)))


def forget(home: Installation) -> None:
    """Remove the rows of workers that died long ago."""
    with home.read() as session:
        old = select(Worker.executor).where(Worker.beat_at < home.clock() - FORGOTTEN)
        found = list(session.scalars(old))
    if found:
        with home.write() as work:
            work.session.execute(delete(Worker).where(Worker.executor.in_(found)))
