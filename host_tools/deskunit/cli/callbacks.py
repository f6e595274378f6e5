"""`deskunit callbacks`: the group of all that is done with promised return calls."""

import click

from deskunit.cli.late import LateGroup
from deskunit.cli.options import word

COMMANDS = {
    "list": ("callbacks_show", "list_callbacks"),
    "show": ("callbacks_show", "show"),
    "add": ("callbacks_details", "add"),
    "edit": ("callbacks_details", "edit"),
    "attempt": ("callbacks_life", "attempt"),
    "close": ("callbacks_life", "close"),
    "void": ("callbacks_life", "void"),
    "assign": ("callbacks_life", "assign"),
    "forget": ("callbacks_life", "forget"),
    "export": ("exporting", "callbacks"),
    "measures": ("callbacks_out", "measures"),
}


@click.group(cls=LateGroup, table=COMMANDS, help=word("callbacks_help"))
def callbacks() -> None:
    """Replaced by the user's language above."""
