"""The command line explains itself: every command has an example, and reading commands speak JSON."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from portal.cli import main

PROMISED = {
    "init", "serve", "worker", "demo", "user", "organisations", "connections", "profile", "audit", "backup",
    "restore", "doctor", "catalogue", "reference", "verify",
}  # fmt: skip
READING = {
    "audit verify",
    "doctor",
    "catalogue check",
    "organisations list",
    "connections list",
    "reference faults",
    "verify",
}


def commands(group: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, groups too."""
    yield " ".join(path), group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))


ALL = dict(commands())


@pytest.mark.parametrize("name", sorted(ALL))
def test_help_has_an_example(name: str) -> None:
    outcome = CliRunner().invoke(main, [*name.split(), "--help"])
    assert outcome.exit_code == 0, outcome.output
    assert "Example:" in outcome.output, f"add an example to the help of portal {name}"
    assert f"portal {name}".strip() in outcome.output.split("Example:")[1]


def test_the_promised_commands_are_there() -> None:
    assert set(ALL) >= PROMISED, f"missing: {sorted(PROMISED - set(ALL))}"


@pytest.mark.parametrize("name", sorted(READING & set(ALL)))
def test_reading_commands_speak_json(name: str) -> None:
    assert any("--json" in option.opts for option in ALL[name].params)
