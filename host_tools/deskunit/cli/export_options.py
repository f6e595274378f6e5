"""What every `deskunit export …` takes: range, whose, format, place. Gathered into one Wish."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit.cli.options import data_option, json_option, word
from deskunit.cli.out_endings import form
from deskunit.state_log.query import SPLITS

if TYPE_CHECKING:
    from deskunit.exports import Options, Typed

FORMATS = ("csv", "xlsx", "parquet", "jsonl")
QUEUE_LOG = "queue_log"  # of states alone
RANGE = (
    click.option("--from", "from_", metavar="TIME", help=word("opt_from")),
    click.option("--to", metavar="TIME", help=word("opt_to")),
    click.option("--shift", metavar="TIMES", help=word("opt_shift")),
    click.option("--tz", metavar="ZONE", help=word("opt_tz")),
    click.option("--day-start", metavar="TIME", help=word("opt_day_start")),
    click.option("--agent", "agents", multiple=True, metavar="ID", help=word("opt_agents")),
    click.option("--team", "teams", multiple=True, metavar="TEAM", help=word("opt_teams")),
    click.option("--unit", "units", multiple=True, metavar="SEAT|UID", help=word("opt_units")),
)
RAW = (click.option("--raw", "is_raw", is_flag=True, help=word("opt_raw")),)
LOG = (
    click.option("--state", "states", multiple=True, metavar="STATE", help=word("opt_states")),
    click.option("--reason", "reasons", multiple=True, metavar="REASON", help=word("opt_reasons")),
    click.option("--split", metavar="|".join(SPLITS), help=word("opt_split")),
    *RAW,
)
_PLACE = (
    click.option("--delimiter", metavar="CHAR", help=word("opt_delimiter")),
    click.option("--no-bom", is_flag=True, help=word("opt_no_bom")),
    click.option("--out", default="-", metavar="FILE", help=word("opt_out")),
    json_option,
    data_option,
)
PLACE = (
    click.option("--format", "fmt", metavar="|".join(FORMATS), help=word("opt_format")),
    *_PLACE,
)
PLACE_OF_STATES = (
    click.option("--format", "fmt", metavar="|".join((*FORMATS, QUEUE_LOG)),
                 help=word("opt_format_of_states")),
    *_PLACE,
)  # fmt: skip
_TYPED = (
    *("from_", "to", "shift", "tz", "day_start", "agents", "teams", "units"),
    *("states", "reasons", "split", "is_raw"),
)
Option = Callable[[Any], Any]


@dataclass(frozen=True)
class Wish:
    """The options of one call; `more`: those that only this command has."""

    typed: dict[str, Any]
    out: str
    fmt: str | None
    delimiter: str | None
    no_bom: bool
    as_json: bool
    data_dir: Path
    more: dict[str, Any]

    @property
    def format(self) -> str:
        """As said, else as the file's name ends, else csv."""
        return form(self.out, self.fmt, FORMATS)

    def question(self, zone: str | None) -> "Typed":
        """`zone`: of the settings, where none was typed."""
        from deskunit.exports import Typed

        return Typed(**{**self.typed, "tz": self.typed.get("tz") or zone})

    def options(self) -> "Options":
        from deskunit.exports.options import Options, delimiter

        return Options(delimiter(self.delimiter or ","), not self.no_bom)

    def check(self) -> None:
        """DeskunitError: an option that would do nothing in this format, or an ending of no format."""
        from deskunit.errors import DeskunitError

        chosen, is_known = self.format, self.format in (*FORMATS, QUEUE_LOG)
        for option, is_said, formats in (
            ("--acw", self.more.get("acw"), (QUEUE_LOG,)),
            ("--queue", self.more.get("queue") is not None, (QUEUE_LOG,)),
            ("--split", self.typed.get("split") is not None, FORMATS),
            ("--delimiter", self.delimiter is not None, ("csv",)),
            ("--no-bom", self.no_bom, ("csv",)),
        ):
            if is_said and is_known and chosen not in formats:
                raise DeskunitError("option_idle", exit_code=2, option=option, format=chosen,
                                    known=", ".join(formats))  # fmt: skip


def wished(
    *options: Option, place: tuple[Option, ...] = PLACE
) -> Callable[[Callable[[Wish], None]], Callable[..., None]]:
    """Give a command these options, and RANGE before and `place` after them; it gets a Wish."""

    def decorate(command: Callable[[Wish], None]) -> Callable[..., None]:
        @wraps(command)
        def called(**values: Any) -> None:
            wish = _wish(values)
            wish.check()
            command(wish)

        for option in reversed((*RANGE, *options, *place)):
            called = option(called)
        return called

    return decorate


def _wish(values: dict[str, Any]) -> Wish:
    typed = {name: values.pop(name) for name in _TYPED if name in values}
    own = ("out", "fmt", "delimiter", "no_bom", "as_json", "data_dir")
    return Wish(typed=typed, **{name: values.pop(name) for name in own}, more=values)
