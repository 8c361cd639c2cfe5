"""`portal demo`: make a demo federation once, and serve it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from portal import queue, supervise
from portal.demo import cast, place, seed
from portal.settings import Settings

DEFAULT_DIR = Path("data/demo")


@click.command()
@click.option("--seed-only", is_flag=True, help="Make the demo and end without serving it.")
@click.option("--bind", metavar="ADDRESS", help="Loopback address and port instead of PORTAL_BIND.")
def command(seed_only: bool, bind: str | None) -> None:
    """Make a demo federation with 18 months of history in PORTAL_DATA_DIR (data/demo), and serve it.

    A demo that is already there is kept and served. Anyone who reaches a demo can enter it as any of its persons,
    so it listens on loopback only. Remove the folder to begin anew.

    \b
    Example:
      portal demo
      portal demo --bind 127.0.0.1:8080
      PORTAL_DATA_DIR=/tmp/demo portal demo --seed-only
    """
    settings = _settings(bind)
    try:
        found = place.state(settings)
        if not seed_only:
            supervise.check_port(settings)
        if found == place.DEMO:
            click.echo(f"There is a demo in {settings.data_dir}; it is kept as it is.")
        else:
            _make(settings)
        if seed_only:
            click.echo("Serve it with: portal demo")
            return
        queue.prepare(settings)
        supervise.serve(settings, demo=True, reference=True, say=lambda line: _say(settings, line))
    except (place.NotForDemo, supervise.CannotServe) as error:
        raise click.ClickException(str(error)) from error


def _settings(bind: str | None) -> Settings:
    settings = Settings()
    changes: dict[str, object] = {"allow_loopback": True}
    if "PORTAL_DATA_DIR" not in os.environ:
        changes["data_dir"] = DEFAULT_DIR.absolute()
    if bind is not None:
        changes["bind"] = bind
    try:
        chosen = settings.model_copy(update=changes)
        _ = chosen.port
    except (ValueError, IndexError) as error:
        raise click.ClickException(
            f"{bind} is not an address with a port. Write it as 127.0.0.1:8000."
        ) from error
    return chosen


def _make(settings: Settings) -> None:
    click.echo(f"Making a demo federation in {settings.data_dir} …")
    place.begin(settings)
    stories = seed.seed(settings, datetime.now(UTC), click.echo)
    place.finish(settings)
    click.echo(f"{len(stories)} organisations with 18 months of history are ready.")


def _say(settings: Settings, line: str) -> None:
    click.echo(line)
    if line == f"Anslut: {settings.address}":
        contact = next(name for role, name in cast.PERSONS if role == "contact")
        click.echo(
            f"Open {settings.address} and enter as {contact}, {cast.READY.name}, who is about to order the "
            f"connection. The owner's people are under {cast.OWNER}. End with Ctrl-C."
        )
