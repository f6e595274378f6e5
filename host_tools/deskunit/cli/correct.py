"""`deskunit correct`: the group of all that a supervisor says over the log."""

import click

from deskunit.cli.late import LateGroup
from deskunit.cli.options import word

COMMANDS = {
    "state": ("correct_make", "state"),
    "reason": ("correct_make", "reason"),
    "agent": ("correct_make", "agent"),
    "list": ("correct_show", "list_corrections"),
    "show": ("correct_show", "show"),
    "withdraw": ("correct_make", "withdraw"),
}


@click.group(cls=LateGroup, table=COMMANDS, help=word("correct_help"))
def correct() -> None:
    """Replaced by the user's language above."""
