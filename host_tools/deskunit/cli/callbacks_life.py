"""`deskunit callbacks attempt`, `close`, `void`, `assign` and `forget`: what becomes of a promise."""

from pathlib import Path

import click

from deskunit.cli.callbacks_desk import (
    by_option,
    number_argument,
    reading,
    seen_option,
    tell,
    write,
)
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, word

outcome_option = click.option("--outcome", metavar="WORD", help=word("opt_outcome"))
satisfied_option = click.option(
    "--satisfied", "satisfaction", metavar="yes|no|not_asked", help=word("opt_satisfied")
)
reason_option = click.option("--reason", metavar="TEXT", help=word("opt_callback_reason"))


@click.command("attempt", cls=Command, help=word("callbacks_attempt_help"))
@number_argument
@outcome_option
@satisfied_option
@click.option("--complete", is_flag=True, help=word("opt_complete"))
@by_option
@seen_option
@json_option
@data_option
def attempt(
    number: int,
    outcome: str | None,
    satisfaction: str | None,
    complete: bool,
    by: str,
    seen: int | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    values: dict[str, object] = {"outcome": outcome, "satisfaction": satisfaction}
    if complete:
        with reading(data_dir) as (_, desk):
            values["attempt"] = desk.get(number).to_complete or 0
    row = write(data_dir, "attempt", number, by, seen, **values)
    tell(row, "callback_tried" if row.status == "open" else "callback_closed", as_json)


@click.command("close", cls=Command, help=word("callbacks_close_help"))
@number_argument
@outcome_option
@satisfied_option
@by_option
@seen_option
@json_option
@data_option
def close(
    number: int,
    outcome: str | None,
    satisfaction: str | None,
    by: str,
    seen: int | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    values = {"outcome": outcome, "satisfaction": satisfaction}
    tell(write(data_dir, "close", number, by, seen, **values), "callback_closed", as_json)


@click.command("void", cls=Command, help=word("callbacks_void_help"))
@number_argument
@reason_option
@by_option
@seen_option
@json_option
@data_option
def void(
    number: int, reason: str | None, by: str, seen: int | None, as_json: bool, data_dir: Path
) -> None:
    tell(write(data_dir, "void", number, by, seen, reason=reason), "callback_voided", as_json)


@click.command("assign", cls=Command, help=word("callbacks_assign_help"))
@number_argument
@click.option("--to", metavar="ID", required=True, help=word("opt_assign_to"))
@click.option("--why", metavar="TEXT", help=word("opt_assign_why"))
@by_option
@seen_option
@json_option
@data_option
def assign(
    number: int,
    to: str,
    why: str | None,
    by: str,
    seen: int | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    row = write(data_dir, "assign", number, by, seen, to=to, why=why)
    tell(row, "callback_assigned", as_json)


@click.command("forget", cls=Command, help=word("callbacks_forget_help"))
@number_argument
@reason_option
@by_option
@json_option
@data_option
def forget(number: int, reason: str | None, by: str, as_json: bool, data_dir: Path) -> None:
    row = write(data_dir, "forget", number, by, None, reason=reason)
    tell(row, "callback_forgotten", as_json)
