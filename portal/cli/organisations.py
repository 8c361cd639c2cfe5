"""`portal organisations`: import organisations from a register, and list them."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy import select

from portal.opened import open_installation
from portal.services import imports, register_file
from portal.services.imports import Outcome
from portal.services.register_file import BadFile
from portal.store.models import Connection, Organisation
from portal.texts import text

LANGUAGE = "en"
MOST_SHOWN = 50


@click.group()
def command() -> None:
    """Import and list organisations.

    \b
    Example:
      portal organisations import register.csv
      portal organisations list --json
    """


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be imported and store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Add the organisations of FILE, a CSV file, and the stage each has reached.

    The header is kind,scb_code,name,county_code,county,org_number,stage with comma or semicolon between; kind is
    kommun, region, myndighet or other; stage is started, qa, connected or empty. All lines are imported or none,
    and what is already known is never changed.

    \b
    Example:
      portal organisations import register.csv --dry-run
      portal organisations import register.csv
    """
    home = open_installation()
    try:
        outcome = imports.import_register(home, register_file.load(file), dry_run=dry_run)
    except BadFile as error:
        _refuse(error, as_json)
    except OSError as error:
        raise click.ClickException(
            f"{file} cannot be read: {error.strerror}. Check its permissions."
        ) from error
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **imports.as_json(outcome)}, ensure_ascii=False, indent=2))
        return
    for warning in outcome.warnings:
        click.echo(_line(warning), err=True)
    click.echo(_told(outcome))
    if dry_run:
        click.echo(text("imports.trial", LANGUAGE))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(as_json: bool) -> None:
    """List all organisations in the order of their names.

    \b
    Example:
      portal organisations list --json
    """
    with open_installation().read() as session:
        rows = session.execute(
            select(Organisation, Connection.stage)
            .outerjoin(Connection, Connection.organisation_id == Organisation.id)
            .order_by(Organisation.sort_key, Organisation.id)
        ).all()
    found = [
        {
            "id": organisation.id,
            "name": organisation.name,
            "part": organisation.part,
            "kind": organisation.kind,
            "county": organisation.county_code,
            "scb_code": organisation.scb_code,
            "org_number": organisation.org_number,
            "stage": stage,
        }
        for organisation, stage in rows
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        click.echo(f"{row['name']}  {row['kind']}  {row['stage'] or '-'}")
    if not found:
        click.echo("There are no organisations yet. Add them with: portal organisations import FILE.csv")


def _refuse(error: BadFile, as_json: bool) -> NoReturn:
    """Say what is wrong, line by line, and end with exit code 1."""
    if as_json:
        problems = [{**imports.told(found), "text": _text(found)} for found in error.problems]
        click.echo(json.dumps({"imported": False, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        for found in error.problems[:MOST_SHOWN]:
            click.echo(_line(found), err=True)
        left = len(error.problems) - MOST_SHOWN
        if left > 0:
            click.echo(text("imports.more", LANGUAGE, n=left), err=True)
        lines = len({found.line for found in error.problems})
        click.echo(text("imports.refused", LANGUAGE, n=lines), err=True)
    sys.exit(1)


def _told(outcome: Outcome) -> str:
    if not outcome.organisations and not outcome.connections:
        return text("imports.nothing", LANGUAGE)
    stages = ", ".join(f"{number} {stage}" for stage, number in sorted(outcome.connections.items())) or "0"
    return text(
        "imports.done",
        LANGUAGE,
        organisations=outcome.organisations,
        known=outcome.organisations_known,
        connections=outcome.connections.total(),
        stages=stages,
        kept=outcome.connections_kept,
    )


def _text(problem: register_file.Problem) -> str:
    return text(f"imports.problem.{problem.code}", LANGUAGE, **problem.params)


def _line(problem: register_file.Problem) -> str:
    return text("imports.line", LANGUAGE, line=problem.line, text=_text(problem))
