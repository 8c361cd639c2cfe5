"""Workers say that they are alive; one that is known to have died, or has been silent too long, is taken for dead."""

import os
import platform
import secrets
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select

from portal.services.installation import Installation
from portal.store.models import Worker

SILENT = timedelta(seconds=15)
FORGOTTEN = timedelta(days=7)


def own_name() -> str:
    """A name for this process that no other worker has: machine, process and a random part."""
    return f"{_machine()}/{os.getpid()}/{secrets.token_hex(3)}"


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
    """The workers that have been heard of lately, without those of this machine that no longer run."""
    with home.read() as session:
        since = home.clock() - SILENT
        heard = session.scalars(select(Worker.executor).where(Worker.beat_at >= since))
        return frozenset(executor for executor in heard if not _has_died(executor))


def forget(home: Installation) -> None:
    """Remove the rows of workers that died long ago."""
    with home.read() as session:
        old = select(Worker.executor).where(Worker.beat_at < home.clock() - FORGOTTEN)
        found = list(session.scalars(old))
    if found:
        with home.write() as work:
            work.session.execute(delete(Worker).where(Worker.executor.in_(found)))


def _machine() -> str:
    """The host and its space of process numbers, which containers on one host do not share."""
    space = Path("/proc/self/ns/pid")
    number = space.stat().st_ino if space.exists() else 0
    return f"{platform.node()[:30]}.{number}"


def _has_died(executor: str) -> bool:
    machine, _, rest = executor.partition("/")
    pid = rest.partition("/")[0]
    if machine != _machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
