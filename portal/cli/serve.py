"""`portal serve`: web, worker and, in a demo, the reference organisation, under one command."""

import click

from portal import queue, supervise
from portal.opened import open_installation
from portal.settings import Settings
from portal.store.connections import federation


@click.command()
@click.option(
    "--demo-reference/--no-demo-reference",
    default=None,
    help="Run the reference organisation too; a demo does so unless told not to.",
)
def command(demo_reference: bool | None) -> None:
    """Serve the portal until Ctrl-C: the web server and the worker, restarted when they die.

    A demo also runs the reference organisation on loopback, which runs can be made against. Behind a reverse proxy,
    set PORTAL_BASE_URL and PORTAL_PROXIES.

    \b
    Example:
      portal serve
      PORTAL_BIND=127.0.0.1:8080 portal serve
    """
    settings = Settings()
    home = open_installation(settings)
    with home.read() as session:
        demo = federation(session).demo
    home.database.dispose()
    queue.prepare(settings)
    reference = demo if demo_reference is None else demo_reference
    try:
        supervise.serve(settings, demo=demo, reference=reference, say=click.echo)
    except supervise.CannotServe as error:
        raise click.ClickException(str(error)) from error
