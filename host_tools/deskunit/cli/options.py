"""What the commands share: their words, the data folder, JSON on request."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from deskunit import words

Command = TypeVar("Command", bound=Callable[..., Any])


def word(key: str, **values: object) -> str:
    """The sentence cli.`key` in the user's language."""
    return words.text(f"cli.{key}", None, **values)


def say(key: str, **values: object) -> None:
    """A sentence for the person at the terminal; on stderr, so that stdout stays data."""
    click.echo(word(key, **values), err=True)


def default_data_dir() -> Path:
    """$DESKUNIT_HOME, else this user's data folder for deskunit."""
    chosen = os.environ.get("DESKUNIT_HOME")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir("deskunit", appauthor=False))


def _data_dir(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path:
    """As given here, else to the group before (deskunit units --data DIR confirm UID), else the default."""
    return (value or context.obj or default_data_dir()).expanduser().absolute()


def chosen_dir(
    context: click.Context, parameter: click.Parameter, value: Path | None
) -> Path | None:
    """An optional folder as an absolute path."""
    return None if value is None else value.expanduser().absolute()


def data_option(command: Command) -> Command:
    """--data DIR, given to the command as data_dir."""
    return click.option(
        "--data",
        "data_dir",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_data_dir,
        metavar="DIR",
        help=word("opt_data"),
    )(command)


def json_option(command: Command) -> Command:
    """--json, given to the command as as_json."""
    return click.option("--json", "as_json", is_flag=True, help=word("opt_json"))(command)


def force_option(command: Command) -> Command:
    """--force, given to the command as force."""
    return click.option("--force", is_flag=True, help=word("opt_force"))(command)


def print_json(found: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
