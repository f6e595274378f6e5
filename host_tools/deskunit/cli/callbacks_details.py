"""`deskunit callbacks add` and `edit`: what is known about a promised return call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from deskunit.cli.callbacks_desk import by_option, number_argument, seen_option, tell, write
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, word
from deskunit.cli.states import chosen_zone, tz_option

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
TEXTS = (
    ("--caller", "caller_number", "NUMBER"),
    ("--name", "name", "NAME"),
    ("--phone", "phone", "NUMBER"),
    ("--address", "address", "TEXT"),
    ("--account", "account", "TEXT"),
    ("--subject", "subject", "TEXT"),
    ("--said", "said", "TEXT"),
    ("--promised", "promised", "TEXT"),
)


def details_options(command: Decorated) -> Decorated:
    """Every field of a callback, given to the command by its name."""
    options = [
        click.option("--agreed", metavar="TIME", help=word("opt_callback_agreed")),
        click.option("--key-account/--no-key-account", default=None, help=word("opt_key_account")),
        click.option("--escalated/--not-escalated", default=None, help=word("opt_escalated")),
        click.option("--repeat-of", type=click.IntRange(0), metavar="NUMBER",
                     help=word("opt_repeat_of")),
        *(click.option(flag, name, metavar=metavar, help=word(f"opt_callback_{name}"))
          for flag, name, metavar in reversed(TEXTS)),
    ]  # fmt: skip
    for option in options:
        command = option(command)
    return command


@click.command("add", cls=Command, help=word("callbacks_add_help"))
@click.argument("kind", metavar="KIND")
@click.option("--agent", metavar="ID", help=word("opt_callback_agent"))
@click.option("--taken", metavar="TIME", help=word("opt_callback_taken"))
@details_options
@by_option
@tz_option
@json_option
@data_option
def add(
    kind: str,
    agent: str | None,
    taken: str | None,
    by: str,
    tz: str | None,
    as_json: bool,
    data_dir: Path,
    **given: Any,
) -> None:
    values = {"kind": kind, "agent": agent, **_values(given, data_dir, tz)}
    if taken is not None:
        values["taken_utc_ms"] = _moment(taken, data_dir, tz)
    tell(write(data_dir, "add", None, by, None, **values), "callback_added", as_json)


@click.command("edit", cls=Command, help=word("callbacks_edit_help"))
@number_argument
@details_options
@by_option
@seen_option
@tz_option
@json_option
@data_option
def edit(
    number: int,
    by: str,
    seen: int | None,
    tz: str | None,
    as_json: bool,
    data_dir: Path,
    **given: Any,
) -> None:
    values = _values(given, data_dir, tz)
    if not values:
        raise click.UsageError(word("callback_nothing"))
    tell(write(data_dir, "edit", number, by, seen, **values), "callback_edited", as_json)


def _values(given: dict[str, Any], data_dir: Path, tz: str | None) -> dict[str, Any]:
    """The fields that were named; 0 and "" take a repeat and an agreed time back."""
    values = {name: value for name, value in given.items() if value is not None}
    if "repeat_of" in values:
        values["repeat_of"] = values["repeat_of"] or None
    if "agreed" in values:
        agreed = values.pop("agreed")
        values["agreed_utc_ms"] = _moment(agreed, data_dir, tz) if agreed else None
    return values


def _moment(text: str, data_dir: Path, tz: str | None) -> int:
    from deskunit.state_log.query import moment, zone

    return moment(text, zone(chosen_zone(data_dir, tz)))
