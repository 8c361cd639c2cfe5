"""`portal worker`: one process that makes verification runs and sends letters."""

import os
import signal
import sys
import threading

import click

from portal import jobs, logs
from portal.opened import open_installation


@click.command()
def command() -> None:
    """Work until told to stop: make the runs that wait, take over those of dead workers, send letters.

    `portal serve` runs one. On PostgreSQL, start as many as wanted, on as many machines as wanted; each needs the
    same audit.key and packs in its data folder.

    \b
    Example:
      PORTAL_DATABASE_URL=postgresql://anslut@db/anslut portal worker
    """
    logs.configure()
    home = open_installation()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    jobs.work(home, stopping, lambda: click.echo("The worker is ready."))
    sys.stdout.flush()
    # A check that hangs may hold a thread; what it was doing is done again by the next worker.
    os._exit(0)
