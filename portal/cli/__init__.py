"""The command line: each module with a `command` is a command of `portal`, so that one is added in one place."""

import importlib
import pkgutil

import click

from portal import __version__


class Commands(click.Group):
    """Finds the commands in this package and imports only the one that is asked for."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__))

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(_context):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").command
        return command


@click.command(cls=Commands)
@click.version_option(__version__, prog_name="Anslut")
def main() -> None:
    """Anslut: the portal through which organisations join a trust federation.

    \b
    Example:
      portal demo          makes a demo federation and serves it
      portal init          makes an installation and prints the first person's link
    """
