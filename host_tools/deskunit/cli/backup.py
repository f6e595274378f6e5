"""`deskunit backup`: a consistent copy of the log, also while the logger runs."""

from dataclasses import asdict
from pathlib import Path

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, force_option, json_option, print_json, say, word


@click.command(cls=Command, help=word("backup_help"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@force_option
@json_option
@data_option
def backup(file: Path, force: bool, as_json: bool, data_dir: Path) -> None:
    from deskunit.store import back_up

    done = back_up(data_dir, file.expanduser().absolute(), force=force)
    if as_json:
        print_json({**asdict(done), "file": str(done.file)})
        return
    say(
        "backed_up",
        file=done.file,
        events=done.rows.get("event", 0),
        gaps=done.rows.get("gap", 0),
        intervals=done.rows.get("interval", 0),
        size=done.size_bytes,
        sha256=done.sha256,
    )
