"""`portal catalogue`: check catalogues before they are used."""

import json
import sys
from pathlib import Path

import click

from checklists import load


@click.group()
def command() -> None:
    """Check catalogues: declarations, risks, forms, suites and task lists.

    \b
    Example:
      portal catalogue check
    """


@command.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check FILES, or the catalogues that Anslut ships; exit 1 and say file, line and what to write.

    \b
    Example:
      portal catalogue check
      portal catalogue check my-declaration.yaml --json
    """
    rows = [_checked(file) for file in files] if files else _shipped()
    wrong = [row for row in rows if row["errors"]]
    if as_json:
        click.echo(json.dumps({"ok": not wrong, "catalogues": rows}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo(_line(row))
    if wrong:
        sys.exit(1)


def _checked(file: Path) -> dict[str, object]:
    try:
        found = load.load(file)
    except load.CatalogueError as error:
        return {"file": str(file), "id": None, "version": None, "errors": str(error).splitlines()}
    return {"file": str(file), "id": found.id, "version": found.version, "errors": []}


def _shipped() -> list[dict[str, object]]:
    try:
        found = load.shipped()
    except load.CatalogueError as error:
        return [{"file": None, "id": None, "version": None, "errors": str(error).splitlines()}]
    return [{"file": None, "id": key, "version": version, "errors": []} for key, version in sorted(found)]


def _line(row: dict[str, object]) -> str:
    errors = row["errors"]
    if isinstance(errors, list) and errors:
        return "\n".join(str(error) for error in errors)
    place = f"{row['file']}: " if row["file"] else ""
    return f"{place}{row['id']} {row['version']}: in order."
