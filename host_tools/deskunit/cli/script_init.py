"""`deskunit script init`: a copy of the library that comes with deskunit, to start from."""

from pathlib import Path

import click

from deskunit.cli.help import Command
from deskunit.cli.options import say, word
from deskunit.cli.script_library import shown


@click.command(cls=Command, help=word("script_init_help"))
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    from deskunit.scripts.library import DEFAULT, copy_library

    copy_library(DEFAULT, folder)
    say("script_copied", folder=shown(folder))
