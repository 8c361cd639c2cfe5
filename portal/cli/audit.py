"""`portal audit`: find out whether somebody has touched the chain of events."""

import json
import sys

import click
from sqlalchemy import func, select

from portal.opened import open_installation
from portal.store import events
from portal.store.models import StoredEvent

MEANING = {
    "edited": "the event or its hash has been changed",
    "missing": "an event has been removed",
    "order": "the event does not follow the one before it: events have been moved, removed or replaced",
    "tail": "the last events have been cut off",
    "heads": "the event differs from what was noted when it was stored: the chain has been made again",
    "no_heads": "the file of heads is gone, so a cut tail could not be seen",
}


@click.group()
def command() -> None:
    """Check the chain of events.

    \b
    Example:
      portal audit verify
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def verify(as_json: bool) -> None:
    """Read every event and compare chain, key and file of heads; exit 1 and name each break.

    It finds an edited event, a removed one, a cut tail, a changed order and a chain that was made again.

    \b
    Example:
      portal audit verify --json
    """
    home = open_installation()
    with home.read() as session:
        found = list(events.breaks(session, home.key, home.heads_file))
        count = session.scalar(select(func.count()).select_from(StoredEvent)) or 0
        last = session.scalar(select(StoredEvent.hash).order_by(StoredEvent.seq.desc()).limit(1))
    if as_json:
        rows = [
            {"kind": broken.kind, "event": broken.seq, "meaning": MEANING[broken.kind]} for broken in found
        ]
        click.echo(json.dumps({"whole": not found, "events": count, "last": last, "breaks": rows}, indent=2))
    else:
        for broken in found:
            click.echo(f"Event {broken.seq}: {MEANING[broken.kind]} ({broken.kind}).")
        click.echo(f"The chain of {count} events is whole." if not found else _next(len(found)))
    if found:
        sys.exit(1)


def _next(breaks: int) -> str:
    return (
        f"The chain does not hold in {breaks} places. Keep the database and the data folder as they are for "
        "whoever investigates, and restore the last good copy elsewhere with `portal restore`."
    )
