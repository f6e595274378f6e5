"""What every `deskunit export …` takes: range, whose, format, place. Gathered into one Wish."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit.cli.options import data_option, json_option, word
from deskunit.state_log.query import SPLITS

if TYPE_CHECKING:
    from deskunit.exports import Options, Typed

FORMATS = ("csv", "xlsx", "parquet", "jsonl")
ENDINGS = {f".{name}": name for name in FORMATS}
RANGE = (
    click.option("--from", "from_", metavar="TIME", help=word("opt_from")),
    click.option("--to", metavar="TIME", help=word("opt_to")),
    click.option("--shift", metavar="TIMES", help=word("opt_shift")),
    click.option("--tz", metavar="ZONE", help=word("opt_tz")),
    click.option("--day-start", metavar="TIME", help=word("opt_day_start")),
    click.option("--agent", "agents", multiple=True, metavar="ID", help=word("opt_agents")),
    click.option("--team", "teams", multiple=True, metavar="TEAM", help=word("opt_teams")),
    click.option("--unit", "units", multiple=True, metavar="UID", help=word("opt_units")),
)
RAW = (click.option("--raw", "is_raw", is_flag=True, help=word("opt_raw")),)
LOG = (
    click.option("--state", "states", multiple=True, metavar="STATE", help=word("opt_states")),
    click.option("--reason", "reasons", multiple=True, metavar="REASON", help=word("opt_reasons")),
    click.option("--split", metavar="|".join(SPLITS), help=word("opt_split")),
    *RAW,
)
PLACE = (
    click.option("--format", "fmt", metavar="|".join(FORMATS), help=word("opt_format")),
    click.option("--delimiter", default=",", metavar="CHAR", help=word("opt_delimiter")),
    click.option("--no-bom", is_flag=True, help=word("opt_no_bom")),
    click.option("--out", default="-", metavar="FILE", help=word("opt_out")),
    json_option,
    data_option,
)
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
    delimiter: str
    no_bom: bool
    as_json: bool
    data_dir: Path
    more: dict[str, Any]

    @property
    def format(self) -> str:
        """As said, else as the file's name ends, else csv."""
        return self.fmt or ENDINGS.get(Path(self.out).suffix.lower(), "csv")

    def question(self, zone: str | None) -> "Typed":
        """`zone`: of the settings, where none was typed."""
        from deskunit.exports import Typed

        return Typed(**{**self.typed, "tz": self.typed.get("tz") or zone})

    def options(self) -> "Options":
        from deskunit.exports.options import Options, delimiter

        return Options(delimiter(self.delimiter), not self.no_bom)


def wished(*options: Option) -> Callable[[Callable[[Wish], None]], Callable[..., None]]:
    """Give a command these options, and RANGE before and PLACE after them; it gets a Wish."""

    def decorate(command: Callable[[Wish], None]) -> Callable[..., None]:
        @wraps(command)
        def called(**values: Any) -> None:
            command(_wish(values))

        for option in reversed((*RANGE, *options, *PLACE)):
            called = option(called)
        return called

    return decorate


def _wish(values: dict[str, Any]) -> Wish:
    typed = {name: values.pop(name) for name in _TYPED if name in values}
    own = ("out", "fmt", "delimiter", "no_bom", "as_json", "data_dir")
    return Wish(typed=typed, **{name: values.pop(name) for name in own}, more=values)
