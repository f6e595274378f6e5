"""`deskunit callbacks measures`: figures for the supervisor, for eyes and as a file."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit import words
from deskunit.cli.callbacks_desk import NOTHING, reading
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.states import agent_option, chosen_zone, tz_option
from deskunit.cli.table import Column, print_table
from deskunit.cli.viewing import scope

if TYPE_CHECKING:
    from deskunit.callbacks.measures import Measured, Ratio
    from deskunit.exports.table import Column as TableColumn

GROUPS = ("agent", "team", "class", "subject")
FORMATS = ("table", "csv", "json")
Targets = Mapping[str, int | None]
from_option = click.option("--from", "from_", metavar="TIME", help=word("opt_from"))
to_option = click.option("--to", metavar="TIME", help=word("opt_to"))
out_option = click.option("--out", default="-", metavar="FILE", help=word("opt_out"))
no_bom_option = click.option("--no-bom", is_flag=True, help=word("opt_no_bom"))


@click.command("measures", cls=Command, help=word("callbacks_measures_help"))
@from_option
@to_option
@click.option("--by", type=click.Choice(GROUPS), metavar="|".join(GROUPS), help=word("opt_group"))
@agent_option
@tz_option
@click.option("--format", "fmt", default="table", type=click.Choice(FORMATS),
              metavar="|".join(FORMATS), help=word("opt_measures_format"))  # fmt: skip
@out_option
@no_bom_option
@json_option
@data_option
def measures(
    from_: str | None,
    to: str | None,
    by: str | None,
    agent: str | None,
    tz: str | None,
    fmt: str,
    out: str,
    no_bom: bool,
    as_json: bool,
    data_dir: Path,
) -> None:
    from deskunit import clock, settings
    from deskunit.callbacks.measures import measured
    from deskunit.errors import DeskunitError
    from deskunit.state_log.query import only, query

    asked = query(from_=from_, to=to, agents=only(agent), tz=chosen_zone(data_dir, tz))
    with reading(data_dir) as (store, desk):
        if agent is not None and not store.has_agent(agent):
            raise DeskunitError("unknown_agent", exit_code=2, agent=agent)
        names = {one.id: one.name for one in store.agents()}
        within = scope(data_dir, store, only(agent))
        kept = [one for one in desk.kept() if agent in (None, one.owner)]
        kept = [one for one in kept if within is None or one.owner in within]
    period = (asked.from_utc_ms, asked.to_utc_ms, clock.now_utc_ms())
    lines = measured(kept, *period, by) if by else []
    total = measured(kept, *period)[0]
    targets = settings.load(data_dir).callbacks.targets
    if as_json or fmt == "json":
        print_json(_fields(lines, total, by, targets))
    elif fmt == "csv":
        _save(lines, total, by, names, targets, out, bom=not no_bom, asked=asked)
    else:
        _print(lines, total, by, names, targets)


def _group(name: str, by: str | None, names: Mapping[str, str]) -> str:
    from deskunit.callbacks import kinds

    if by == "agent":
        return f"{name} {names.get(name, '')}".strip()
    return (kinds.label(name) if by == "class" else name) or NOTHING


# --- for eyes ----------------------------------------------------------------------------------


def _print(
    lines: "Sequence[Measured]",
    total: "Measured",
    by: str | None,
    names: Mapping[str, str],
    targets: Targets,
) -> None:
    heads = [Column(words.text(f"callback_measure.{name}"), right=True) for name in total.ratios]
    columns = [Column(word("measures_group")), Column(word("measures_due"), right=True), *heads]
    rows = [[_group(one.group, by, names), str(one.due), *_cells(one)] for one in lines]
    rows.append([word("measures_all"), str(total.due), *_cells(total)])
    wanted = [_target(name, targets.get(name)) for name in total.ratios]
    print_table(columns, [*rows, [word("measures_target"), "", *wanted]])


def _cells(one: "Measured") -> list[str]:
    return [_percent(ratio) for ratio in one.ratios.values()]


def _percent(ratio: "Ratio") -> str:
    share = ratio.share
    return NOTHING if share is None else f"{100 * share:.1f} % ({ratio.part}/{ratio.whole})"


def _target(name: str, target: int | None) -> str:
    from deskunit.callbacks.measures import AT_MOST

    if target is None:
        return NOTHING
    return f"{'≤' if name in AT_MOST else '≥'} {target} %"


# --- for programs ------------------------------------------------------------------------------


def _fields(
    lines: "Sequence[Measured]", total: "Measured", by: str | None, targets: Targets
) -> dict[str, Any]:
    return {
        "by": by,
        "groups": [{"group": one.group, **_measured(one, targets)} for one in lines],
        "all": _measured(total, targets),
    }


def _measured(one: "Measured", targets: Targets) -> dict[str, Any]:
    from deskunit.callbacks.measures import is_met

    ratios = {
        name: {
            "part": ratio.part,
            "whole": ratio.whole,
            "share": None if ratio.share is None else round(ratio.share, 4),
            "target": targets.get(name),
            "is_met": is_met(name, ratio, targets.get(name)),
        }
        for name, ratio in one.ratios.items()
    }
    return {"due": one.due, **ratios}


def _save(
    lines: "Sequence[Measured]",
    total: "Measured",
    by: str | None,
    names: Mapping[str, str],
    targets: Targets,
    out: str,
    *,
    bom: bool,
    asked: Any,
) -> None:
    from deskunit import clock
    from deskunit.exports.options import Options
    from deskunit.exports.rows import table
    from deskunit.exports.saving import about, save_table

    said = {"by": by, "agents": list(asked.agents)}
    facts = {**about(asked, clock.now_utc_ms(), said), "targets": dict(targets)}
    rows = [(by, one.group, _group(one.group, by, names), one.due, *_values(one)) for one in lines]
    rows.append(("all", "", word("measures_all"), total.due, *_values(total)))
    found = table("measures", "deskunit.callback_measures/1", _columns(total), rows, len(rows))
    done = save_table(found, out, "csv", Options(bom=bom), facts)
    if done.file is not None:
        say("exported", rows=done.rows, file=done.file)
    else:
        sys.stdout.flush()


def _columns(total: "Measured") -> "tuple[TableColumn, ...]":
    from deskunit.exports.table import columns

    measures = (f"{name}_part:whole {name}_whole:whole {name}:number" for name in total.ratios)
    return columns(" ".join(("by group group_name due:whole", *measures)))


def _values(one: "Measured") -> list[int | float | None]:
    """Of each measure its part, its whole and its share; an undefined one is an empty cell."""
    return [
        value
        for ratio in one.ratios.values()
        for value in (
            ratio.part,
            ratio.whole,
            None if ratio.share is None else round(ratio.share, 4),
        )
    ]
