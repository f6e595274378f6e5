"""`deskunit script`: the group of all that is done with script libraries and packs, a module a command."""

import click

from deskunit.cli.late import LateGroup
from deskunit.cli.options import word

COMMANDS: dict[str, tuple[str, str]] = {}


@click.group(cls=LateGroup, table=COMMANDS, help=word("script_help"))
def script() -> None:
    """Replaced by the user's language above."""
