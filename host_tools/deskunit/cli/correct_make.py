"""`deskunit correct state`, `reason`, `agent` and `withdraw`: what is said, shown first if so wished."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deskunit.cli.correct_desk import (
    moment_of,
    reading,
    reason_of,
    state_of,
    write,
    zone_of,
)
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.states import tz_option
from deskunit.cli.unit_names import uid_of

if TYPE_CHECKING:
    from deskunit.corrections.orders import Order

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
unit_option = click.option(
    "--unit", required=True, metavar="SEAT|UID", help=word("opt_correct_unit")
)
why_option = click.option("--why", required=True, metavar="TEXT", help=word("opt_correct_why"))
by_option = click.option("--by", default="supervisor", metavar="ID", help=word("opt_by"))
dry_option = click.option("--dry-run", "dry", is_flag=True, help=word("opt_dry_run"))


@dataclass(frozen=True)
class Asked:
    """What every command that makes a correction is given."""

    unit: str
    at: str | None
    from_: str | None
    to: str | None
    why: str
    by: str
    dry: bool
    tz: str | None
    as_json: bool
    data_dir: Path


def span_options(command: Decorated) -> Decorated:
    """--unit, a moment or a span, --why and what goes with them."""
    for option in (
        data_option, json_option, tz_option, dry_option, by_option, why_option,
        click.option("--to", metavar="TIME", help=word("opt_correct_to")),
        click.option("--from", "from_", metavar="TIME", help=word("opt_correct_from")),
        click.option("--at", metavar="TIME", help=word("opt_correct_at")),
        unit_option,
    ):  # fmt: skip
        command = option(command)
    return command


@click.command("state", cls=Command, help=word("correct_state_help"))
@click.argument("state_word", metavar="STATE")
@click.option("--reason", metavar="REASON", help=word("opt_correct_reason"))
@span_options
def state(state_word: str, reason: str | None, **asked: Any) -> None:
    code = None if reason is None else reason_of(reason)
    _make(Asked(**asked), state=state_of(state_word), reason_code=code)


@click.command("reason", cls=Command, help=word("correct_reason_help"))
@click.argument("reason_word", metavar="REASON")
@span_options
def reason(reason_word: str, **asked: Any) -> None:
    _make(Asked(**asked), reason_code=reason_of(reason_word))


@click.command("agent", cls=Command, help=word("correct_agent_help"))
@click.argument("agent_id", metavar="ID")
@unit_option
@click.option("--at", required=True, metavar="TIME", help=word("opt_correct_agent_at"))
@why_option
@by_option
@dry_option
@tz_option
@json_option
@data_option
def agent(agent_id: str, **asked: Any) -> None:
    _make(Asked(from_=None, to=None, **asked), agent_id=agent_id)


@click.command("withdraw", cls=Command, help=word("correct_withdraw_help"))
@click.argument("number", type=click.IntRange(1), metavar="NUMBER")
@why_option
@by_option
@tz_option
@json_option
@data_option
def withdraw(number: int, why: str, by: str, tz: str | None, as_json: bool, data_dir: Path) -> None:
    from deskunit.corrections.orders import Order

    row = write(data_dir, zone_of(data_dir, tz), Order(by, why, number))
    if as_json:
        print_json(_plain(row))
    else:
        say("correct_withdrawn", number=number)


def _make(asked: Asked, **said: Any) -> None:
    from deskunit.cli.correct_show import print_parts

    zone = zone_of(asked.data_dir, asked.tz)
    order = _order(asked, said)
    if asked.dry:
        with reading(asked.data_dir, zone) as (_, desk):
            made: Any = desk.preview(order)
    else:
        made = write(asked.data_dir, zone, order)
    if asked.as_json:
        print_json(_plain(made))
        return
    print_parts(made.parts, zone)
    if asked.dry:
        say("correct_draft")
    else:
        say("correct_made", number=made.number)


def _order(asked: Asked, said: dict[str, Any]) -> "Order":
    """The write as it was typed, with the unit and the moments that are meant."""
    from deskunit.corrections.orders import Order, why
    from deskunit.errors import DeskunitError
    from deskunit.states import SIGNED_OUT

    zone = zone_of(asked.data_dir, asked.tz)
    is_span = asked.at is None and asked.from_ is not None
    is_span = is_span and (asked.to is not None or said.get("state") == SIGNED_OUT)
    is_moment = asked.at is not None and asked.from_ is None and asked.to is None
    if not is_span and not is_moment:
        raise DeskunitError("correction_no_time", exit_code=2)
    with reading(asked.data_dir, zone) as (store, _):
        uid = uid_of(store, asked.unit)
    start = moment_of(asked.at or asked.from_ or "", zone)
    end = None if asked.to is None else moment_of(asked.to, zone)
    return Order(asked.by, why(asked.why), None, uid, start, end, **said)


def _plain(made: object) -> object:
    """A row or a draft as programs get it."""
    import msgspec

    return msgspec.to_builtins(made)
