"""`portal backup`: a copy of the whole installation in one file, taken while it serves."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portal import backups
from portal.opened import open_installation


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path | None) -> None:
    """Copy database, keys, heads, packs and mail into FILE, a .tar.gz; the portal may serve meanwhile.

    The copy holds the keys: keep it where only you can read it. With PostgreSQL the database itself is copied with
    pg_dump, and this command copies the rest.

    \b
    Example:
      portal backup
      portal backup /srv/backup/anslut.tar.gz
    """
    home = open_installation()
    now = datetime.now(UTC)
    target = (file or Path(f"anslut-{now:%Y%m%d-%H%M%S}.tar.gz")).absolute()
    try:
        manifest = backups.make(home, target, now)
    except FileExistsError as error:
        raise click.ClickException(
            f"{target} exists already. Choose another name, or remove it first."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"No copy was made: {error}. Check the folder and the free space."
        ) from error
    finally:
        home.database.dispose()
    click.echo(f"{target}: {len(manifest.files)} files, {target.stat().st_size // 1024} kB.")
    if manifest.database == "postgresql":
        click.echo(
            "The database is not in it. Copy it too: pg_dump --format=custom --file=anslut.dump DATABASE"
        )
    click.echo("It holds the keys of the installation: keep it where only you can read it.")
