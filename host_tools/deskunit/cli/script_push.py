"""`deskunit script push`: script packs to the units, by way of the running logger."""

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.errors import DeskunitError

if TYPE_CHECKING:
    from deskunit.cli.push_progress import Row
    from deskunit.packs import Pack

WAIT_S = 600
SYNONYMS = {"zh-Hans": "zh"}


@click.command(cls=Command, help=word("script_push_help"))
@click.argument("source", required=False, type=click.Path(path_type=Path), metavar="[FOLDER|PACK]")
@click.option("--unit", "units", multiple=True, metavar="UID|SEAT", help=word("opt_push_unit"))
@click.option("--lang", "languages", multiple=True, metavar="LANG", help=word("opt_push_lang"))
@click.option("--large/--no-large", default=True, help=word("opt_push_large"))
@click.option("--wait", "wait_s", default=WAIT_S, type=click.IntRange(1, 86_400), metavar="S",
              help=word("opt_push_wait"))  # fmt: skip
@json_option
@data_option
def push(
    source: Path | None,
    units: tuple[str, ...],
    languages: tuple[str, ...],
    large: bool,
    wait_s: int,
    as_json: bool,
    data_dir: Path,
) -> None:
    from deskunit import control
    from deskunit.cli.push_progress import follow

    chosen = [SYNONYMS.get(one, one) for one in languages]
    pack = _from_file(source, chosen) if source is not None and not source.is_dir() else None
    targets = control.call(data_dir, "push_targets", units=units)["units"]
    if pack is not None:
        plan = [(pack, [one["uid"] for one in targets])]
    else:
        plan = _from_library(source, chosen, large, targets, data_dir)
    pushes = [(_handed_over(one, uids, data_dir), one) for one, uids in plan]
    rows = follow(data_dir, pushes, wait_s)
    if as_json:
        print_json([one.as_json() for one in rows])
    else:
        _print(rows)
    if any(one.error for one in rows):
        sys.exit(1)


def _from_file(file: Path, languages: Sequence[str]) -> "Pack":
    from deskunit.packs import read_pack

    pack = read_pack(file)
    if languages and pack.language not in languages:
        wanted = " ".join(languages)
        raise DeskunitError(
            "push_other_language", exit_code=2, file=file, found=pack.language, wanted=wanted
        )
    return pack


def _from_library(
    folder: Path | None,
    languages: Sequence[str],
    large: bool,
    targets: Sequence[dict[str, Any]],
    data_dir: Path,
) -> list[tuple["Pack", list[str]]]:
    """Each unit gets the language that its screen speaks, or all that were asked for."""
    from deskunit.cli.script_build import packs_of_folder
    from deskunit.packs import checked_pack

    wanted = list(dict.fromkeys(languages or [one["language"] for one in targets]))
    names = _names(data_dir, wanted)
    made = packs_of_folder(folder, data_dir, wanted, large=large, extra_text=names)
    return [
        (
            checked_pack(made[f"{language}.pack"], f"{language}.pack"),
            [one["uid"] for one in targets if languages or one["language"] == language],
        )
        for language in wanted
    ]


def _names(data_dir: Path, languages: Sequence[str]) -> str:
    """The characters of the agents' names. One that the font lacks must not keep a library from its units."""
    from deskunit import agents
    from deskunit.scripts.font import SMALL, large_font, small_font

    fonts = [large_font(), *(small_font(one) for one in languages if one in SMALL)]
    names = "".join(agent.name for agent in agents.load(data_dir / "agents.csv"))
    lacking = [
        char
        for char in dict.fromkeys(names)
        if char.isprintable() and any(font.find_glyph(char) is None for font in fonts)
    ]
    if lacking:
        say("push_no_glyph", characters=" ".join(lacking))
    return "".join(char for char in names if char not in lacking)


def _handed_over(pack: "Pack", uids: Sequence[str], data_dir: Path) -> int:
    """Give the logger a pack by way of a file; it has read it when it answers."""
    from deskunit import control
    from deskunit.cli.pushing import FOLDER

    file = data_dir / FOLDER / f"{pack.language}-{pack.crc}-{os.getpid()}.pack"
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(pack.data)
        return int(control.call(data_dir, "push_pack", file=file.name, units=uids)["push"])
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=file, why=error.strerror) from error
    finally:
        with contextlib.suppress(OSError):
            file.unlink()


def _print(rows: Sequence["Row"]) -> None:
    for one in rows:
        name, version = one.pack.language, one.pack.version or "–"
        if one.error is None:
            size = one.pack.size // 1000
            say("push_done", unit=one.name, name=name, version=version, size=size)
        else:
            say("push_failed", unit=one.name, name=name, why=one.error.sentence())
