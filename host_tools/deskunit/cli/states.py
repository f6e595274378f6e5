"""`deskunit states` shows the newest rows of the state log."""

import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deskunit import words
from deskunit.cli.help import Command
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.table import Column, lines
from deskunit.cli.viewing import scope
from deskunit.local_time import shown

if TYPE_CHECKING:
    from deskunit.intervals import Interval
    from deskunit.store import Store

FOLLOW_S = 1.0
FOLLOW_ROWS = 200
HEADS = (("start", 19), ("seat", 4), ("agent", 12), ("state", 10), ("reason", 12), ("duration", 8))
tz_option = click.option("--tz", metavar="ZONE", help=word("opt_tz"))
agent_option = click.option("--agent", metavar="ID", help=word("opt_agent"))


@click.command(cls=Command, help=word("states_help"))
@click.option("--limit", type=click.IntRange(1), default=20, metavar="N", help=word("opt_limit"))
@agent_option
@tz_option
@click.option("--follow", is_flag=True, help=word("opt_follow"))
@json_option
@data_option
def states(
    limit: int, agent: str | None, tz: str | None, follow: bool, as_json: bool, data_dir: Path
) -> None:
    from deskunit.errors import DeskunitError
    from deskunit.state_log.query import only
    from deskunit.store import open_store

    show = _Shown(data_dir, chosen_zone(data_dir, tz), as_json)
    with open_store(data_dir, write=False) as store:
        if agent is not None and not store.has_agent(agent):
            raise DeskunitError("unknown_agent", exit_code=2, agent=agent)
        seen = _Seen(store, agent, scope(data_dir, store, only(agent)))
        rows = seen.newest(limit)
        if not follow:
            show.all(store, rows)
            return
        show.heads()
        for news in _following(seen, rows):
            show.more(store, news)


def chosen_zone(data_dir: Path, tz: str | None) -> str | None:
    """The zone asked for, else that of settings.toml; None: this computer's."""
    if tz is not None:
        return tz
    from deskunit import settings

    return settings.load(data_dir).zone


class _Seen:
    """The rows of one agent (None: of all) that this user may see."""

    def __init__(self, store: "Store", agent: str | None, within: frozenset[str] | None) -> None:
        from deskunit import roles

        self._store = store
        self._agent = agent or roles.only_one(within)
        self._within = within

    def newest(self, limit: int) -> "list[Interval]":
        """Oldest first, as a log reads."""
        found = self._store.intervals(agent=self._agent, newest_first=True, unconfirmed=True)
        mine = (one for one in found if self._within is None or one.agent_id in self._within)
        return list(islice(mine, limit))[::-1]


def _following(seen_rows: _Seen, rows: "Sequence[Interval]") -> "Iterator[list[Interval]]":
    """First `rows`, then each second what was added or changed."""
    seen: dict[str, Interval] = {}
    while True:
        news = [one for one in rows if seen.get(one.row_id) != one]
        seen.update({one.row_id: one for one in news})
        if news:
            yield news
        time.sleep(FOLLOW_S)
        rows = seen_rows.newest(FOLLOW_ROWS)


class _Shown:
    """Rows for eyes or, with --json, for programs: one array, or one object a line when following."""

    def __init__(self, data_dir: Path, zone_name: str | None, as_json: bool) -> None:
        from deskunit.state_log.query import zone

        self._zone = zone(zone_name)
        self._as_json = as_json
        self._columns = [Column(word(f"row_{key}"), key == "duration", w) for key, w in HEADS]

    def all(self, store: "Store", rows: "Sequence[Interval]") -> None:
        if self._as_json:
            print_json([self._fields(one) for one in rows])
        elif not rows:
            say("states_none")
        else:
            click.echo("\n".join(lines(self._columns, self._cells(store, rows))))

    def heads(self) -> None:
        if not self._as_json:
            click.echo("\n".join(lines(self._columns, [])))

    def more(self, store: "Store", rows: "Sequence[Interval]") -> None:
        if self._as_json:
            for one in rows:
                click.echo(json.dumps(self._fields(one), ensure_ascii=False))
        else:
            click.echo("\n".join(lines(self._columns, self._cells(store, rows), heads=False)))

    def _fields(self, one: "Interval") -> dict[str, Any]:
        from msgspec.structs import asdict as fields_of

        return {"row_id": one.row_id, **fields_of(one)}

    def _cells(self, store: "Store", rows: "Sequence[Interval]") -> list[list[str]]:
        from deskunit import reasons

        names = {agent.id: agent.name for agent in store.agents()}
        seats = {unit.uid: unit.seat or unit.uid for unit in store.units()}
        cells = []
        for one in rows:
            agent = one.agent_id or "–"
            reason = "" if one.reason_code is None else reasons.label(one.reason_code)
            cells.append([
                shown(one.start_utc_ms, self._zone),
                seats.get(one.uid, one.uid),
                f"{agent} {names[agent]}" if agent in names else agent,
                words.text(f"state.{one.state}"),
                reason,
                _duration(one),
            ])  # fmt: skip
        return cells


def _duration(one: "Interval") -> str:
    from deskunit.exports.times import hms

    if one.end_utc_ms is None:
        return word("open")
    whole = one.end_utc_ms - one.start_utc_ms if one.duration_ms is None else one.duration_ms
    return hms(whole)
