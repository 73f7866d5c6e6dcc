"""The commands of `mutagrad`, each found in its own module when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from mutagrad.requirements import EXTRAS, missing

PLACES = {"demo": "mutagrad.demo.command", "run": "mutagrad.bookkeeping.command"}


class Commands(click.Group):
    """A group whose commands are imported when they are needed; one whose extra is missing says what to install."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return sorted(PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in PLACES:
            return None
        reason = missing(cmd_name)
        if reason is None:
            return getattr(import_module(PLACES[cmd_name]), cmd_name)

        def refuse() -> None:
            raise click.ClickException(reason)

        return click.Command(cmd_name, callback=refuse, help=f"Needs pip install 'mutagrad[{cmd_name}]'.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def command_line() -> None:
    """PyTorch-shaped tensors and gradients in which in-place operations are first-class."""


assert EXTRAS.keys() == PLACES.keys()
