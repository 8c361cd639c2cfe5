"""`portal profile`: the trust anchors of the environments."""

import json
from pathlib import Path
from typing import Any

import click

from portal.settings import Settings
from portal.verification import installing, pack


@click.group()
def command() -> None:
    """Install and list the CA certificates that verifications trust.

    \b
    Example:
      portal profile install ../shared/sdk-material/certificates/qa
      portal profile list
    """


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--environment", help="Environment of the folder, when its name does not say.")
def install(folder: Path, environment: str | None) -> None:
    """Install the CA certificates in FOLDER. Installing again changes nothing.

    FOLDER holds Certifikatskedja_Accesspunkt, _SMP, _mTLS and Certifikatskedjor_O2O, or one folder per
    environment with those. Anchors of production are kept only so that its certificates can be named.

    \b
    Example:
      portal profile install ../shared/sdk-material/certificates/qa
    """
    try:
        done = installing.install(Settings().packs_dir, folder, environment)
    except pack.PackError as error:
        raise click.ClickException(str(error)) from error
    for result in done:
        if not result.added:
            click.echo(f"{result.environment}: unchanged, {len(result.unchanged)} certificates")
            continue
        click.echo(f"{result.environment}: {len(result.added)} added, {len(result.unchanged)} unchanged")
        for anchor in result.added:
            click.echo(f"  {anchor.purpose:4} {anchor.name}  sha256 {anchor.sha256}")
        if result.environment in pack.NEVER_RUN:
            click.echo(
                "  Runs are never made against this environment; its certificates are only recognised."
            )


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine readable.")
def list_installed(as_json: bool) -> None:
    """List profile packs with the CA certificates that are installed.

    \b
    Example:
      portal profile list --json
    """
    packs_dir = Settings().packs_dir
    try:
        found = _packs(packs_dir)
    except pack.PackError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for entry in found:
        click.echo(
            f"{entry['environment']}: {entry['id'] or 'anchors only'} {entry['version'] or ''}".rstrip()
        )
        for anchor in entry["anchors"]:
            click.echo(f"  {anchor['purpose']:4} {anchor['name']}  sha256 {anchor['sha256']}")


def _packs(packs_dir: Path) -> list[dict[str, Any]]:
    installed = installing.installed(packs_dir)
    runnable = pack.environments(packs_dir)
    packs = {name: pack.load(packs_dir, name) for name in runnable}
    return [
        {
            "environment": name,
            "id": packs[name].id if name in packs else None,
            "version": packs[name].version if name in packs else None,
            "zone": packs[name].zone if name in packs else None,
            "runs": name in packs,
            "anchors": installed.get(name, []),
        }
        for name in dict.fromkeys([*runnable, *installed])
    ]
