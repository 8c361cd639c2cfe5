"""`portal user`: invite people from the command line, and list who there is."""

import json

import click
from sqlalchemy import select

from portal.opened import open_installation
from portal.services import invitations
from portal.services.installation import Installation
from portal.store import people
from portal.store.models import Organisation
from portal.texts import text
from workflows.access import ROLES_OF_PART, Role
from workflows.errors import Invalid, NotFound


@click.group()
def command() -> None:
    """People of the installation.

    \b
    Example:
      portal user add anna.berg@kommun.se --name "Anna Berg" --organisation "Exempelstads kommun" --role contact
    """


@command.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--organisation", required=True, help="Name, organisation number or id of the organisation.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="The role.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add(email: str, name: str, organisation: str, role: str, as_json: bool) -> None:
    """Invite a person to a role; prints the one-use link, which a letter carries as well.

    \b
    Example:
      portal user add lena.ek@myndigheten.se --name "Lena Ek" --organisation Federationsmyndigheten --role owner_admin
    """
    home = open_installation()
    found = _organisation(home, organisation)
    offered = [offer.value for offer in ROLES_OF_PART[found.part]]
    if role not in offered:
        raise click.ClickException(f"{found.name} has no role {role}. Choose one of: {', '.join(offered)}.")
    try:
        link = invitations.invite(home, None, found.id, email, name, role)
    except Invalid as error:
        reasons = (text(f"reason.{reason.code}", "en", **reason.params) for reason in error.errors.values())
        raise click.ClickException(" ".join(reasons)) from error
    if as_json:
        click.echo(json.dumps({"email": email, "organisation": found.id, "role": role, "link": link}))
    else:
        click.echo(
            f"{name} is invited to {found.name} as {role}. The link works once, for 14 days:\n\n  {link}"
        )


@command.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Let a person who has lost password, or phone and recovery codes, set them anew; prints a one-use link.

    Make sure that it is the right person who asks: the old password and app stop working at once.

    \b
    Example:
      portal user reset anna.berg@kommun.se
    """
    try:
        link = invitations.reset(open_installation(), email)
    except NotFound as error:
        raise click.ClickException(
            f"Nobody with the e-mail {email} is a member of an organisation. Invite with `portal user add`."
        ) from error
    click.echo(f"{email} is signed out everywhere. This link works once, for 24 hours:\n\n  {link}")


@command.command("list")
@click.option("--organisation", required=True, help="Name, organisation number or id of the organisation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(organisation: str, as_json: bool) -> None:
    """List the members of an organisation with their roles.

    \b
    Example:
      portal user list --organisation "Exempelstads kommun" --json
    """
    home = open_installation()
    found = _organisation(home, organisation)
    with home.read() as session:
        rows = [
            {"person": person.id, "name": person.name, "email": person.email, "role": membership.role}
            for membership, person in people.of_organisation(session, found.id)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['role']:<16} {row['name']}  {row['email']}")
    if not rows:
        click.echo(f"{found.name} has no members. Invite one with `portal user add`.")


def _organisation(home: Installation, wanted: str) -> Organisation:
    with home.read() as session:
        number = wanted.replace("-", "")
        rows = session.scalars(
            select(Organisation).where(
                (Organisation.id == wanted)
                | (Organisation.org_number == number)
                | (Organisation.name == wanted)
            )
        ).all()
    if len(rows) == 1:
        return rows[0]
    if rows:
        choices = ", ".join(f"{row.id} ({row.kind})" for row in rows)
        raise click.ClickException(
            f"Several organisations are called {wanted}. Give the id of one: {choices}."
        )
    raise click.ClickException(
        f"There is no organisation {wanted}. See them with `portal organisations list`, or add them with "
        "`portal organisations import`."
    )
