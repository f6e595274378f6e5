"""`deskunit rebuild`: the state rows derived anew from the events, while no logger runs."""

from dataclasses import asdict
from pathlib import Path

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word


@click.command(cls=Command, help=word("rebuild_help"))
@json_option
@data_option
def rebuild(as_json: bool, data_dir: Path) -> None:
    from deskunit.errors import DeskunitError
    from deskunit.exports.progress import terminal_progress
    from deskunit.store import FILE_NAME, open_store

    if not (data_dir / FILE_NAME).exists():
        raise DeskunitError("data_missing", folder=data_dir)
    with (
        open_store(data_dir, write=True) as store,
        terminal_progress(word("rebuilding")) as progress,
    ):
        done = store.rebuild_all(progress)
    if as_json:
        print_json(asdict(done))
        return
    say("rebuilt", units=done.units, events=done.events, intervals=done.intervals)
    if done.changed or done.dropped:
        say("rebuilt_differing", changed=done.changed, dropped=done.dropped)
    else:
        say("rebuilt_same")
