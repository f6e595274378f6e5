"""`deskunit capture` records the bytes of a port; `deskunit replay` reads such a file again."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit.cli.help import Command
from deskunit.cli.options import (
    chosen_dir,
    data_option,
    force_option,
    json_option,
    print_json,
    say,
    word,
)
from deskunit.cli.running import ending

if TYPE_CHECKING:
    from deskunit.captures.reading import Capture
    from deskunit.captures.replaying import Replayed

file_argument = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")


@click.command(cls=Command, help=word("capture_help"))
@file_argument
@click.option("--port", "address", metavar="PORT", help=word("opt_capture_port"))
@click.option("--seconds", type=click.FloatRange(0.1), metavar="N", help=word("opt_seconds"))
@force_option
@data_option
def capture(
    file: Path, address: str | None, seconds: float | None, force: bool, data_dir: Path
) -> None:
    from deskunit.captures import recording

    recording.check_target(file, force=force)
    source = recording.choose(data_dir, address)
    with ExitStack() as stack:
        pieces = stack.enter_context(closing(recording.listen(source, data_dir)))
        first = next(pieces)  # the port is there, or the refusal leaves no file behind
        tape = stack.enter_context(recording.tape(file, source, force=force))
        key = "capturing_logger" if source.from_logger else "capturing_alone"
        say(key, port=source.address, file=file)
        if seconds is None:
            say("stop_how")
        with ending(None):
            tape.take(first)
            recording.run(pieces, tape, seconds)
    said = {"file": file, "received": tape.received, "sent": tape.sent, "seconds": tape.seconds}
    say("captured", **said)


@click.command(cls=Command, help=word("replay_help"))
@file_argument
@click.option("--print", "is_print", is_flag=True, help=word("opt_replay_print"))
@click.option("--into", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              callback=chosen_dir, help=word("opt_into"))  # fmt: skip
@click.option("--add", is_flag=True, help=word("opt_add"))
@click.option("--uid", metavar="UID", help=word("opt_replay_uid"))
@json_option
def replay(
    file: Path, is_print: bool, folder: Path | None, add: bool, uid: str | None, as_json: bool
) -> None:
    from deskunit.captures.reading import Capture

    if is_print and folder is not None:
        raise click.UsageError(word("print_or_into"))
    found = Capture(file)
    if folder is None:
        _print(found, as_json)
        return
    done = _replay(found, folder, add, uid)
    if as_json:
        print_json(_figures(done))
    else:
        say("replayed", **_figures(done), folder=folder)
        if done.cut_off:
            say("capture_cut_off")


def _print(found: "Capture", as_json: bool) -> None:
    from deskunit.captures.decoding import items
    from deskunit.captures.printing import as_json_line, printed
    from deskunit.captures.survey import Survey

    survey = Survey()
    for item in items(found.chunks()):
        survey.take(item)
        if as_json:
            click.echo(as_json_line(item))
        else:
            click.echo(printed(item, word))
    counts = survey.counts
    say("printed", frames=counts.frames, sent=counts.sent, bad=counts.bad, text=counts.text)
    if found.cut_off:
        say("capture_cut_off")


def _replay(found: "Capture", folder: Path, add: bool, uid: str | None) -> "Replayed":
    from deskunit.captures.decoding import items
    from deskunit.captures.replaying import replay as feed
    from deskunit.captures.survey import checked_uid, survey
    from deskunit.cli.desk import open_log
    from deskunit.errors import DeskunitError
    from deskunit.store import FILE_NAME, open_store

    if (folder / FILE_NAME).exists() and not add:
        raise DeskunitError("replay_into_log", exit_code=2, folder=folder)
    # a malformed file is refused here, before anything is made
    surveyed = survey(items(found.chunks()), checked_uid(uid or found.header.uid))
    if not surveyed.counts.frames:
        raise DeskunitError("capture_no_frame", file=found.file)
    with open_store(folder, write=True) as store, closing(open_log(folder)):
        return feed(found, surveyed, store)


def _figures(done: "Replayed") -> dict[str, Any]:
    counts = done.counts
    return {
        "frames": counts.frames, "sent": counts.sent, "bad": counts.bad, "text": counts.text,
        "events": done.events, "gaps": done.gaps, "quarantined": done.quarantined,
    }  # fmt: skip
