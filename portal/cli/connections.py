"""`portal connections`: list all connections with step and stage."""

import json

import click
from sqlalchemy import select

from portal.opened import open_installation
from portal.store.models import Connection, Organisation


@click.group()
def command() -> None:
    """List connections.

    \b
    Example:
      portal connections list --json
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(as_json: bool) -> None:
    """List all connections by reference: organisation, step and stage.

    \b
    Example:
      portal connections list
    """
    with open_installation().read() as session:
        rows = session.execute(
            select(Connection, Organisation.name)
            .join(Organisation, Organisation.id == Connection.organisation_id)
            .order_by(Connection.created_at, Connection.reference)
        ).all()
    found = [
        {
            "id": connection.id,
            "reference": connection.reference,
            "organisation": name,
            "organisation_id": connection.organisation_id,
            "journey": connection.journey,
            "origin": connection.origin,
            "step": connection.step,
            "stage": connection.stage,
            "turn": connection.turn,
        }
        for connection, name in rows
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        click.echo(f"{row['reference']}  {row['organisation']}  {row['step']}  {row['stage']}")
    if not found:
        click.echo("There are no connections yet. Import some with: portal organisations import FILE.csv")
