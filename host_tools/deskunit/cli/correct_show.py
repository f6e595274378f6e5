"""`deskunit correct list` and `show`: what was said over the log, beside what the units told."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deskunit import words
from deskunit.cli.correct_desk import moment_of, reading, zone_of
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.states import tz_option
from deskunit.cli.table import Column, print_table
from deskunit.cli.unit_names import uid_of
from deskunit.local_time import shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from deskunit.correction import Said
    from deskunit.corrections.rows import Part, Row

LIST_HEADS = ("number", "start", "end", "seat", "before", "after", "author", "why")
PART_HEADS = ("start", "end", "before", "after")
IN_TURN = 3  # so many are named in a line of the list


@click.command("list", cls=Command, help=word("correct_list_help"))
@click.option("--from", "from_", metavar="TIME", help=word("opt_from"))
@click.option("--to", metavar="TIME", help=word("opt_to"))
@click.option("--unit", metavar="SEAT|UID", help=word("opt_correct_list_unit"))
@click.option("--agent", metavar="ID", help=word("opt_correct_agent"))
@click.option("--all", "every", is_flag=True, help=word("opt_correct_all"))
@tz_option
@json_option
@data_option
def list_corrections(
    from_: str | None,
    to: str | None,
    unit: str | None,
    agent: str | None,
    every: bool,
    tz: str | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    zone = zone_of(data_dir, tz)
    start = None if from_ is None else moment_of(from_, zone)
    end = None if to is None else moment_of(to, zone)
    _check_range(start, end, from_, to)
    with reading(data_dir, zone) as (store, desk):
        _check_agent(store.has_agent, agent)
        uid = None if unit is None else uid_of(store, unit)
        rows = desk.list(start, end, uid=uid, agent=agent, including_withdrawn=every)
    if as_json:
        _print_json(rows)
    elif rows:
        _print_list(rows, zone)
    else:
        say("correct_none")


@click.command("show", cls=Command, help=word("correct_show_help"))
@click.argument("number", type=click.IntRange(1), metavar="NUMBER")
@tz_option
@json_option
@data_option
def show(number: int, tz: str | None, as_json: bool, data_dir: Path) -> None:
    zone = zone_of(data_dir, tz)
    with reading(data_dir, zone) as (_, desk):
        row = desk.get(number)
    if as_json:
        _print_json(row)
        return
    _print_facts(row, zone)
    click.echo()
    print_parts(row.parts, zone)
    if row.is_stale:
        say("correct_stale")


def print_parts(parts: "Sequence[Part]", zone: "ZoneInfo") -> None:
    """Row by row what the unit told and what holds."""
    cells = [
        [
            _when(one.start_utc_ms, zone),
            _when(one.end_utc_ms, zone),
            _said(one.before),
            _said(one.after),
        ]
        for one in parts
    ]
    print_table([Column(word(f"correct_{head}")) for head in PART_HEADS], cells)


def _check_range(start: int | None, end: int | None, from_: str | None, to: str | None) -> None:
    from deskunit.errors import DeskunitError

    if start is not None and end is not None and start >= end:
        raise DeskunitError("range_empty", exit_code=2, start=from_, end=to)


def _check_agent(has_agent: object, agent: str | None) -> None:
    from deskunit.errors import DeskunitError

    if agent is not None and callable(has_agent) and not has_agent(agent):
        raise DeskunitError("unknown_agent", exit_code=2, agent=agent)


def _print_json(found: object) -> None:
    import msgspec

    print_json(msgspec.to_builtins(found))


def _print_list(rows: "Sequence[Row]", zone: "ZoneInfo") -> None:
    columns = [Column(word(f"correct_{head}"), head == "number") for head in LIST_HEADS]
    print_table(columns, [_cells(row, zone) for row in rows])
    if any(row.is_stale for row in rows):
        say("correct_stale")


def _cells(row: "Row", zone: "ZoneInfo") -> list[str]:
    mark = "! " if row.is_stale else ""
    after = _in_turn(part.after for part in row.parts)
    return [
        f"{mark}{row.number}",
        _when(row.start_utc_ms, zone),
        _when(row.end_utc_ms, zone),
        row.seat or row.uid,
        _in_turn(part.before for part in row.parts),
        after if row.withdrawn_utc_ms is None else word("correct_withdrawn_by"),
        _by(row.author),
        row.why,
    ]


def _print_facts(row: "Row", zone: "ZoneInfo") -> None:
    lines = [
        ("number", str(row.number)),
        ("seat", f"{row.seat} {row.uid}".strip()),
        ("start", _when(row.start_utc_ms, zone)),
        ("end", _when(row.end_utc_ms, zone)),
        ("author", _by(row.author)),
        ("made_at", _when(row.at_utc_ms, zone)),
        ("why", row.why),
        ("withdrawn_by", _withdrawal(row, zone)),
        ("then", " · ".join(map(_said, row.then)) if row.is_stale else ""),
    ]
    table = [[word(f"correct_{head}"), text] for head, text in lines if text]
    print_table([Column(""), Column("")], table)


def _withdrawal(row: "Row", zone: "ZoneInfo") -> str:
    if row.withdrawn_utc_ms is None:
        return ""
    by, why = _by(row.withdrawn_by or ""), row.withdrawn_why or ""
    return " · ".join((by, _when(row.withdrawn_utc_ms, zone), why))


def _in_turn(said: "Iterable[Said]") -> str:
    named = list(dict.fromkeys(map(_said, said)))
    return " · ".join(named[:IN_TURN]) + (" …" if len(named) > IN_TURN else "")


def _said(one: "Said") -> str:
    from deskunit import reasons, states

    told = [one.agent_id or word("correct_nobody"), states.label(one.state)]
    if one.reason_code is not None:
        told.append(reasons.label(one.reason_code))
    return " ".join(told)


def _by(author: str) -> str:
    return str(words.spoken({"by": author})["by"])


def _when(utc_ms: int, zone: "ZoneInfo") -> str:
    return shown(utc_ms, zone)
