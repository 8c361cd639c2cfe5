"""`portal doctor`: look at everything the installation needs and say what to do next."""

import json
import sys
from dataclasses import asdict

import click

from portal import checkup
from portal.settings import Settings

MARKS = {checkup.OK: "ok   ", checkup.WARN: "warn ", checkup.ERROR: "ERROR"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Look at Python, data folder, keys, database, worker, mail, profiles and port; exit 1 when something is wrong.

    \b
    Example:
      portal doctor
      portal doctor --json
    """
    found = checkup.examine(Settings())
    well = all(finding.state != checkup.ERROR for finding in found)
    if as_json:
        rows = [asdict(finding) for finding in found]
        click.echo(json.dumps({"ok": well, "findings": rows}, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(f"{MARKS[finding.state]} {finding.name}: {finding.said}")
            if finding.todo:
                click.echo(f"      {finding.todo}")
    if not well:
        sys.exit(1)
