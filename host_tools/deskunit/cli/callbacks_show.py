"""`deskunit callbacks list` and `show`: what is owed, and one with all that happened to it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deskunit import words
from deskunit.cli.callbacks_desk import (
    NOTHING,
    fields,
    instant,
    note_asked,
    number_argument,
    personal_option,
    reading,
    span,
)
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.states import agent_option, chosen_zone, tz_option
from deskunit.cli.table import Column, print_table
from deskunit.cli.viewing import scope

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from deskunit.callbacks.desk import CallbackDesk
    from deskunit.callbacks.rows import Entry, Row

LIST_HEADS = ("number", "due", "left", "kind", "owner", "caller", "name", "subject", "status")
STATUSES = ("open", "closed", "voided", "all")


@click.command("list", cls=Command, help=word("callbacks_list_help"))
@agent_option
@click.option("--status", default="open", type=click.Choice(STATUSES), metavar="|".join(STATUSES),
              help=word("opt_callback_status"))  # fmt: skip
@click.option("--kind", metavar="KIND", help=word("opt_callback_kind"))
@click.option("--text", default="", metavar="TEXT", help=word("opt_callback_text"))
@click.option("--limit", type=click.IntRange(1), default=20, metavar="N", help=word("opt_limit"))
@personal_option
@tz_option
@json_option
@data_option
def list_callbacks(
    agent: str | None,
    status: str,
    kind: str | None,
    text: str,
    limit: int,
    personal: bool,
    tz: str | None,
    as_json: bool,
    data_dir: Path,
) -> None:
    from deskunit.state_log.query import only, zone

    here = zone(chosen_zone(data_dir, tz))
    with reading(data_dir) as (store, desk):
        _check(store.has_agent, agent, kind)
        if personal:
            note_asked(data_dir, "list")
        within = scope(data_dir, store, only(agent))
        most = limit if within is None else None  # of others' none is shown
        found = _found(desk, agent, status, kind, text, most, personal)
        rows = [one for one in found if within is None or one.owner in within][:limit]
    if as_json:
        print_json([fields(one) for one in rows])
    elif rows:
        _print_list(rows, here)
    else:
        say("callbacks_none")


def _check(has_agent: object, agent: str | None, kind: str | None) -> None:
    from deskunit.callbacks.fields import chosen
    from deskunit.callbacks.kinds import KINDS
    from deskunit.errors import DeskunitError

    if agent is not None and callable(has_agent) and not has_agent(agent):
        raise DeskunitError("unknown_agent", exit_code=2, agent=agent)
    if kind is not None:
        chosen("kind", kind, KINDS)


def _found(
    desk: "CallbackDesk",
    agent: str | None,
    status: str,
    kind: str | None,
    text: str,
    limit: int | None,
    personal: bool,
) -> "list[Row]":
    """Open ones by due time; others the newest first."""
    from deskunit import clock

    now_utc_ms = clock.now_utc_ms()
    if status == "open" and kind is None and not text:
        return desk.due_list(agent, now_utc_ms, limit, personal=personal)
    wanted = None if status == "all" else status
    return desk.search(
        text=text, status=wanted, kind=kind, owner=agent, limit=limit, personal=personal
    )


def _print_list(rows: "Sequence[Row]", zone: "ZoneInfo") -> None:
    from deskunit import clock
    from deskunit.callbacks import kinds

    columns = [Column(word(f"callback_{head}"), head in ("number", "left")) for head in LIST_HEADS]
    now_utc_ms = clock.now_utc_ms()
    cells = []
    for one in rows:
        due = instant(one.due_utc_ms, zone) + ("" if one.is_published else " *")
        cells.append([
            str(one.number), due, _left(one, now_utc_ms), kinds.label(one.kind), one.owner,
            one.personal.get("caller_number", ""), one.personal.get("name", ""), one.subject,
            _status(one),
        ])  # fmt: skip
    print_table(columns, cells)
    if not all(one.is_published for one in rows):
        say("callbacks_unpublished")


def _left(one: "Row", now_utc_ms: int) -> str:
    if one.status != "open":
        return NOTHING
    left = span(one.due_utc_ms - now_utc_ms)
    return word("callback_overdue", span=left) if one.is_overdue(now_utc_ms) else left


def _status(one: "Row") -> str:
    status = words.text(f"callback_status.{one.status}")
    if one.to_complete is not None:
        status += " · " + words.text("callback_outcome.not_given")
    return status


# --- one ---------------------------------------------------------------------------------------


@click.command("show", cls=Command, help=word("callbacks_show_help"))
@number_argument
@personal_option
@tz_option
@json_option
@data_option
def show(number: int, personal: bool, tz: str | None, as_json: bool, data_dir: Path) -> None:
    from deskunit.state_log.query import zone

    here = zone(chosen_zone(data_dir, tz))
    with reading(data_dir) as (store, desk):
        row = desk.get(number)
        scope(data_dir, store, [row.owner])
        if personal:
            note_asked(data_dir, f"show {number}")
            row = desk.get(number, personal=True)
        repeats = [one.number for one in desk.proposed_repeats(number)]
    if as_json:
        print_json({**fields(row), "proposed_repeats": repeats})
        return
    _print_one(row, repeats, here)
    _print_history(row.history, here)
    if not row.is_published:
        say("callbacks_unpublished")


def _print_one(row: "Row", repeats: list[int], zone: "ZoneInfo") -> None:
    from deskunit import clock
    from deskunit.callbacks import kinds

    labels = {name: words.text(f"callback_field.{name}") for name in (*kinds.PERSONAL, "subject")}
    lines = [
        (word("callback_number"), str(row.number)),
        (word("callback_kind"), kinds.label(row.kind)),
        (word("callback_owner"), row.owner),
        (word("callback_taken"), instant(row.taken_utc_ms, zone)),
        (word("callback_due"), instant(row.due_utc_ms, zone) + ("" if row.is_published else " *")),
        (word("callback_left"), _left(row, clock.now_utc_ms())),
        (word("callback_status"), _ended(row, zone)),
        *(
            (labels[name], {**row.personal, "subject": row.subject}.get(name, ""))
            for name in labels
        ),
        (word("callback_flags"), _flags(row, repeats)),
    ]
    print_table([Column(""), Column("")], [[head, text] for head, text in lines if text])


def _ended(row: "Row", zone: "ZoneInfo") -> str:
    told = [_status(row)]
    if row.outcome is not None:
        told.append(words.text(f"callback_outcome.{row.outcome}"))
        told.append(words.text(f"callback_satisfied.{row.satisfaction or 'not_asked'}"))
    if row.ended_utc_ms is not None:
        told += [row.ended_by or NOTHING, instant(row.ended_utc_ms, zone), row.reason]
    return " · ".join(filter(None, told))


def _flags(row: "Row", repeats: list[int]) -> str:
    told = [words.text(f"callback_field.{name}")
            for name in ("key_account", "escalated") if getattr(row, name)]  # fmt: skip
    if row.repeat_of is not None:
        told.append(f"{words.text('callback_field.repeat_of')} {row.repeat_of}")
    elif repeats:
        told.append(word("callback_may_repeat", numbers=", ".join(map(str, repeats))))
    if row.forgotten_utc_ms is not None:
        told.append(word("callback_is_forgotten"))
    return " · ".join(told)


def _print_history(history: "Sequence[Entry]", zone: "ZoneInfo") -> None:
    if not history:
        return
    click.echo()
    columns = [Column(word(f"callback_{head}")) for head in ("when", "by", "what", "details")]
    rows = [
        [instant(one.at_utc_ms, zone), _by(one.by), _what(one.what), _details(one, zone)]
        for one in history
    ]
    print_table(columns, rows)


def _by(by: str) -> str:
    return str(words.spoken({"by": by or NOTHING})["by"])


def _what(what: str) -> str:
    known = words.table(words.user_language())
    return known.get(f"callback_fact.{what}", what)


def _details(one: "Entry", zone: "ZoneInfo") -> str:
    body: Mapping[str, object] = one.body
    told = [f"{_field(name)}: {text}" for name, text in one.personal.items()]
    kept = body.get("set")
    told += (
        [f"{_field(name)}: {text}" for name, text in kept.items()] if isinstance(kept, dict) else []
    )
    for name, section in (("outcome", "callback_outcome"), ("satisfaction", "callback_satisfied")):
        if name in body:
            told.append(words.text(f"{section}.{body[name]}"))
    told += [str(body[name]) for name in ("to", "why", "reason", "of") if body.get(name)]
    if "value" in body:
        told.append(word("yes") if body["value"] else word("no"))
    for name in ("agreed_utc_ms", "taken_utc_ms"):
        at = body.get(name)
        told += [instant(at, zone)] if isinstance(at, int) else []
    return ", ".join(told)


def _field(name: str) -> str:
    return words.text(f"callback_field.{name}")
