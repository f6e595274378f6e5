"""`deskunit export …`: one command a kind of table, all with the same options and one way out."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit.cli.export_options import LOG, PLACE_OF_STATES, RAW, Wish, wished
from deskunit.cli.help import Command, Group
from deskunit.cli.options import print_json, say, word
from deskunit.cli.unit_names import uid_of
from deskunit.cli.viewing import scope
from deskunit.state_log.query import DAY, MINUTES

if TYPE_CHECKING:
    from deskunit.exports import Asked, Export
    from deskunit.exports.files import MakeTable
    from deskunit.exports.table import Table
    from deskunit.measures import Limits
    from deskunit.settings import Settings
    from deskunit.state_log.query import Query
    from deskunit.store import Store

    Derived = Callable[[Store, Query, Limits, int], Table]

EVERY = (*MINUTES, DAY)
NO_QUEUE = "NONE"  # as Asterisk writes it
STATUSES = ("open", "closed", "voided")
status_option = click.option("--status", type=click.Choice(STATUSES), metavar="|".join(STATUSES),
                             help=word("opt_export_status"))  # fmt: skip
personal_option = click.option("--personal", is_flag=True, help=word("opt_personal"))
kind_option = click.option("--kind", "kinds", multiple=True, metavar="KIND",
                           help=word("opt_event_kinds"))  # fmt: skip
acw_option = click.option("--acw", is_flag=True, help=word("opt_acw"))
queue_option = click.option("--queue", metavar="NAME", help=word("opt_queue"))
every_option = click.option("--split", "every", type=click.Choice(EVERY), default="30min",
                            metavar="|".join(EVERY), help=word("opt_every"))  # fmt: skip


@click.group(cls=Group, help=word("export_help"))
def export() -> None:
    """One command a kind of export."""


@export.command("states", cls=Command, help=word("export_states_help"))
@wished(*LOG, acw_option, queue_option, place=PLACE_OF_STATES)
def states(wish: Wish) -> None:
    from deskunit.exports import formats

    if wish.format in formats.OF_STATES:
        _special(wish)
        return

    def make(store: "Store", _settings: "Settings", now_utc_ms: int) -> "MakeTable":
        from deskunit.exports.states_table import states_table

        return lambda query: states_table(store, query, now_utc_ms)

    _write(wish, make)


@export.command("events", cls=Command, help=word("export_events_help"))
@wished(kind_option)
def events(wish: Wish) -> None:
    def make(store: "Store", _settings: "Settings", _now_utc_ms: int) -> "MakeTable":
        from deskunit.exports.events_table import events_table

        return lambda query: events_table(store, query, kinds=wish.more["kinds"])

    _write(wish, make)


@export.command("intervals", cls=Command, help=word("export_intervals_help"))
@wished(every_option, *RAW)
def intervals(wish: Wish) -> None:
    from functools import partial

    from deskunit.exports.intervals_table import intervals_table

    _write_derived(wish, partial(intervals_table, every=wish.more["every"]))


@export.command("calls", cls=Command, help=word("export_calls_help"))
@wished(*RAW)
def calls(wish: Wish) -> None:
    from deskunit.exports.calls_table import calls_table

    _write_derived(wish, calls_table)


@export.command("holds", cls=Command, help=word("export_holds_help"))
@wished(*RAW)
def holds(wish: Wish) -> None:
    from deskunit.exports.holds_table import holds_table

    _write_derived(wish, holds_table)


@export.command("signins", cls=Command, help=word("export_signins_help"))
@wished(*RAW)
def signins(wish: Wish) -> None:
    from deskunit.exports.sign_ins_table import sign_ins_table

    _write_derived(wish, sign_ins_table)


@export.command("callbacks", cls=Command, help=word("callbacks_export_help"))
@wished(status_option, personal_option)
def callbacks(wish: Wish) -> None:
    from deskunit.cli.callbacks_desk import note_asked

    status, personal = wish.more["status"], wish.more["personal"]
    if personal:
        note_asked(wish.data_dir, f"export to {wish.out}")

    def make(store: "Store", _settings: "Settings", _now_utc_ms: int) -> "MakeTable":
        from deskunit.callbacks.desk import CallbackDesk
        from deskunit.callbacks.exporting import callbacks_table
        from deskunit.callbacks.site import rules_of

        desk = CallbackDesk(store, rules_of(wish.data_dir))
        return lambda query: callbacks_table(store, desk, query, status=status, personal=personal)

    _write(wish, make)


def _write_derived(wish: Wish, table: "Derived") -> None:
    """A table that measures make of the log."""

    def make(store: "Store", settings: "Settings", now_utc_ms: int) -> "MakeTable":
        from deskunit.measures import limits_of

        limits = limits_of(settings)
        return lambda query: table(store, query, limits, now_utc_ms)

    _write(wish, make)


def _write(wish: Wish, make: "Callable[[Store, Settings, int], MakeTable]") -> None:
    from deskunit import clock, exports, settings
    from deskunit.exports.formats import check
    from deskunit.store import open_store

    check(wish.format)
    chosen, now = settings.load(wish.data_dir), clock.now_utc_ms()
    options = wish.options()
    with open_store(wish.data_dir, write=False) as store:
        question = _question(wish, chosen, store)
        with exports.terminal_progress(word("exporting")) as progress:
            done = exports.export(
                make(store, chosen, now), question, out=wish.out, fmt=wish.format,
                options=options, now_utc_ms=now, progress=progress,
            )  # fmt: skip
    tell_export(done, wish.as_json and wish.out != "-")


def _special(wish: Wish) -> None:
    """A format of the state log alone, which is no table."""
    from deskunit import clock, exports, settings
    from deskunit.errors import DeskunitError
    from deskunit.exports.formats import OF_STATES, get_writer
    from deskunit.store import open_store

    chosen = settings.load(wish.data_dir)
    with open_store(wish.data_dir, write=False) as store:
        question = _question(wish, chosen, store)
        if len(question.windows) > 1:
            raise DeskunitError("format_one_range", exit_code=2, format=wish.format)
        with exports.terminal_progress(word("exporting")) as progress:
            done = get_writer(OF_STATES, wish.format)(
                store, question.windows[0], out=wish.out, now_utc_ms=clock.now_utc_ms(),
                progress=progress, acw=wish.more["acw"], queue=wish.more["queue"] or NO_QUEUE,
            )  # fmt: skip
    tell_export(done, wish.as_json and wish.out != "-")


def _question(wish: Wish, chosen: "Settings", store: "Store") -> "Asked":
    """What was typed, by the settings, within what this user may see."""
    from deskunit import exports

    typed = wish.question(chosen.zone)
    typed = replace(typed, units=[uid_of(store, one) for one in typed.units])
    within = scope(wish.data_dir, store, typed.agents, typed.teams)
    asked = exports.asked(typed, day_start=chosen.day_start, shifts=chosen.shifts, within=within)
    return replace(
        asked, said={**asked.said, **{name: one for name, one in wish.more.items() if one}}
    )


def tell_export(done: "Export", as_json: bool) -> None:
    """What was written: for programs on request, else a sentence."""
    if as_json:
        print_json({key: _plain(one) for key, one in asdict(done).items()})
    elif done.rows == 0:
        say("exported_nothing" if done.file is None else "exported_empty", file=done.file)
    elif done.file is None:
        say("exported_out", rows=done.rows)
    else:
        say("exported", rows=done.rows, file=done.file)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
