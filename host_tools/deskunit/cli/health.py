"""`deskunit health`: how links and units are, for people as tables and for programs as JSON."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deskunit import words
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.table import Column, print_table

if TYPE_CHECKING:
    from deskunit.health import Health, PortHealth, UnitHealth

NEEDS_PERSON = 1
KB = 1024


@click.command(cls=Command, help=word("health_help"))
@json_option
@data_option
def health(as_json: bool, data_dir: Path) -> int:
    from msgspec import to_builtins

    found = _health(data_dir)
    if as_json:
        print_json({"well": not found.needs_person, **to_builtins(found)})
    else:
        _print(found)
    return NEEDS_PERSON if found.needs_person else 0


def _health(data_dir: Path) -> "Health":
    from msgspec import convert

    from deskunit import clock, control
    from deskunit.callbacks.site import rules_of
    from deskunit.callbacks.total import total
    from deskunit.health import Health
    from deskunit.logger.figures import of_store
    from deskunit.store import open_store

    try:
        return convert(control.call(data_dir, "health"), Health)
    except control.NoLogger:
        with open_store(data_dir, write=False) as store:
            return of_store(store, total(store, rules_of(data_dir), clock.now_utc_ms()))


def _print(found: "Health") -> None:
    language = words.user_language()
    if not found.running:
        say("health_no_logger")
    for alarm in found.alarms:
        since = datetime.fromtimestamp(alarm.since_utc_ms / 1000).strftime("%m-%d %H:%M")
        say("health_alarm", since=since, sentence=alarm.sentence[language])
    for port in found.ports:
        if port.trouble:
            click.echo(port.trouble[language], err=True)
    for unit in found.units:
        if unit.safe_mode:
            say("health_safe_mode", uid=unit.uid, seat=unit.seat or "–")
        if not unit.confirmed:
            say("health_unconfirmed", uid=unit.uid)
    if not found.needs_person:
        say("health_well")
    if found.callbacks is not None and found.callbacks.open:
        of = found.callbacks
        say("health_callbacks", open=of.open, overdue=of.overdue)
    if not found.units:
        say("units_none")
        return
    _table(("seat", "uid", "link", "fw", "heap", "jr", "queue"), map(_is, found.units))
    click.echo()
    figures = ("seat", "rtt", "error", "slope", "re", "dup", "boots", "gaps", "lost", "aside")
    _table(figures, map(_counted, found.units))
    if found.ports:
        click.echo()
        _table(("port", "uid", "frames", "bad", "text", "reopens"), map(_port, found.ports))


LEFT = {"seat", "uid", "link", "fw", "port"}


def _table(heads: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    columns = [Column(word(f"health_{head}"), right=head not in LEFT) for head in heads]
    print_table(columns, list(rows))


def _is(unit: "UnitHealth") -> list[str]:
    if unit.connected:
        link = word("health_connected")
    elif unit.heard_utc_ms is None:
        link = word("link_no")
    else:
        link = datetime.fromtimestamp(unit.heard_utc_ms / 1000).strftime("%m-%d %H:%M")
    return [
        unit.seat or "–",
        unit.uid,
        link,
        unit.firmware[:10] or "–",
        _kb(unit.free_heap_bytes),
        _kb(unit.journal_bytes),
        _figure(unit.queue),
    ]


def _counted(unit: "UnitHealth") -> list[str]:
    slope = unit.clock_slope_ppm
    known = (unit.retransmits, unit.duplicates)
    stored = (unit.boots, unit.gaps, unit.lost_events, unit.quarantined)
    return [
        unit.seat or unit.uid[-4:],
        _figure(unit.round_trip_ms),
        _figure(unit.clock_error_ms),
        "–" if slope is None else f"{slope:+.1f}",
        *map(_figure, (*known, *stored)),
    ]


def _port(port: "PortHealth") -> list[str]:
    counted = (port.frames, port.bad_crc, port.text_bytes, port.reopens)
    return [port.port[-26:], port.uid or "–", *map(_figure, counted)]


def _figure(value: int | None) -> str:
    return "–" if value is None else str(value)


def _kb(value: int | None) -> str:
    return "–" if value is None else f"{value / KB:.1f}"
