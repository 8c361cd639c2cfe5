"""`portal restore`: put a copy back, after every hash and the chain of events have been checked."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portal import restoring
from portal.settings import Settings


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put aside what the data folder holds now, under another name.")
def command(file: Path, replace: bool) -> None:
    """Put back the copy FILE, made by `portal backup`, as the data folder.

    Everything is checked first: the hash of each file, and the chain of events. Stop the portal before replacing.

    \b
    Example:
      PORTAL_DATA_DIR=/srv/anslut portal restore /srv/backup/anslut.tar.gz
      portal restore --replace anslut-20261124-101500.tar.gz
    """
    settings = Settings()
    try:
        manifest, aside = restoring.restore(file, settings, replace=replace, at=datetime.now(UTC))
    except restoring.CannotRestore as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Restored the copy of {manifest.made_at} into {settings.data_dir}: {len(manifest.files)} files."
    )
    if aside is not None:
        click.echo(f"What was there before lies in {aside}.")
    if manifest.database == "postgresql":
        click.echo(
            "The database is not in the copy. Restore it with: pg_restore --dbname=DATABASE anslut.dump"
        )
    click.echo("Next: `portal audit verify`, then `portal serve`.")
