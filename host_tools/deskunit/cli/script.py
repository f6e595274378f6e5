"""`deskunit script`: the group of all that is done with script libraries and packs, a module a command."""

import click

from deskunit.cli.late import LateGroup
from deskunit.cli.options import word

COMMANDS = {
    "init": ("script_init", "init"),
    "check": ("script_check", "check"),
    "build": ("script_build", "build"),
    "preview": ("script_preview", "preview"),
    "push": ("script_push", "push"),
    "use": ("script_use", "use"),
}


@click.group(cls=LateGroup, table=COMMANDS, help=word("script_help"))
def script() -> None:
    """Replaced by the user's language above."""
