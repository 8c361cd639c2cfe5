"""`portal init`: make an installation and print the first administrator's link, or say what exists already."""

import sys

import click
from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError

from portal.opened import database_file, open_installation
from portal.services import catalogues, founding, invitations
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import migrate
from portal.store.database import Database
from portal.store.models import Federation
from portal.texts import text
from workflows.errors import Invalid

DEFAULTS = {
    "federation_name": "Säker digital kommunikation",
    "short_name": "SDK",
    "owner_name": "Federationsägaren",
    "rule_book": "SDK 1.5",
}


@click.command()
@click.option("--federation-name", help="Name of the federation.")
@click.option("--short-name", help="Its short name, shown beside the portal's.")
@click.option("--owner-name", help="Name of the organisation that owns the federation.")
@click.option("--rule-book", help="Rule book and version that decisions refer to.")
@click.option("--email", help="E-mail of the first administrator.")
@click.option("--name", help="Name of the first administrator.")
def command(**given: str | None) -> None:
    """Make an installation: folder, database, catalogues, federation and its first administrator.

    Asks for what is not given. Run again it migrates the database, keeps everything, and says what exists.

    \b
    Example:
      portal init --owner-name "Federationsmyndigheten" --email lena.ek@myndigheten.se --name "Lena Ek"
    """
    settings = Settings()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _migrate(settings)
    home = Installation(settings, Database(settings.database))
    with home.read() as session:
        federation = session.scalars(select(Federation)).one_or_none()
    link = _again(home, federation, given) if federation else _first(home, given)
    if link:
        click.echo("\nThe first administrator opens this link within 24 hours. It works once:\n")
        click.echo(f"  {link}\n")
        click.echo("Then serve the portal with `portal serve`.")


def _migrate(settings: Settings) -> None:
    try:
        migrate.upgrade(settings.database)
    except SQLAlchemyError as error:
        raise click.ClickException(
            f"The database cannot be made: {str(error).splitlines()[0]}. Check PORTAL_DATABASE_URL, and that the "
            "database server is running and lets this user make tables."
        ) from error
    file = database_file(settings)
    if file is not None:
        file.chmod(0o600)
    shown = make_url(settings.database).render_as_string(hide_password=True)
    click.echo(f"Database: {shown}, at migration {migrate.newest()}.")


def _first(home: Installation, given: dict[str, str | None]) -> str:
    words = {
        key: _asked(given[key], key, DEFAULTS.get(key))
        for key in ("federation_name", "short_name", "owner_name", "rule_book", "email", "name")
    }
    try:
        with home.write() as work:
            founding.found(
                work,
                name=words["federation_name"],
                short_name=words["short_name"],
                owner_name=words["owner_name"],
                rule_book=words["rule_book"],
            )
            link = invitations.first_link(work, words["email"], words["name"])
    except Invalid as error:
        raise _refused(error) from error
    click.echo(
        f"Federation: {words['federation_name']} ({words['short_name']}), owned by {words['owner_name']}."
    )
    return link


def _again(home: Installation, federation: Federation, given: dict[str, str | None]) -> str | None:
    with home.write() as work:
        added = catalogues.store_shipped(work)
        administrators = founding.administrators(work.session)
    open_installation(home.settings).database.dispose()
    click.echo(f"The federation {federation.name} ({federation.short_name}) exists already and is kept.")
    click.echo(f"Catalogues added: {added}. Administrators: {administrators}.")
    if administrators:
        click.echo("Serve it with `portal serve`. Invite people with `portal user add`.")
        return None
    click.echo("Nobody has accepted the first link yet, so here is a new one.")
    try:
        with home.write() as work:
            return invitations.first_link(
                work, _asked(given["email"], "email", None), _asked(given["name"], "name", None)
            )
    except Invalid as error:
        raise _refused(error) from error


def _asked(value: str | None, key: str, default: str | None) -> str:
    """The value given, else what is typed, else the default; without a terminal nobody can be asked."""
    if value and value.strip():
        return value.strip()
    if sys.stdin.isatty():
        question = {"email": "E-mail of the first administrator", "name": "Name of the first administrator"}
        return str(
            click.prompt(question.get(key, key.replace("_", " ").capitalize()), default=default)
        ).strip()
    if default is None:
        raise click.UsageError(
            f"Give --{key.replace('_', '-')}, for example: portal init --email ... --name ..."
        )
    return default


def _refused(error: Invalid) -> click.ClickException:
    sentences = [text(f"reason.{reason.code}", "en", **reason.params) for reason in error.errors.values()]
    return click.ClickException(" ".join(sentences))
