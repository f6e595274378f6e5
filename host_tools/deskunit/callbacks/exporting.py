"""Callbacks as a file: one row each, with times in the zone and what was asked in the manifest.

Column by column in docs/callbacks.md. Personal texts are masked unless asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from deskunit import words
from deskunit.agents import Agent
from deskunit.callbacks import kinds
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.measures import grace_s
from deskunit.callbacks.rows import Row
from deskunit.errors import DeskunitError
from deskunit.exports.formats import csv_lines, json_lines
from deskunit.exports.states import Value, local_clock, utc_text
from deskunit.exports.writing import FORMATS, Export, described, save
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.callbacks/1"
TIMES = ("taken", "due", "ended", "agreed", "assigned", "forgotten")
COLUMNS = (
    *("number", "kind", "kind_zh", "promise", "status", "status_zh"),
    *("owner", "owner_name", "team", "taken_by", "tz"),
    *(f"{name}_{part}" for name in TIMES for part in ("utc", "local", "offset")),
    *("calendar", "calendar_published", "on_time"),
    *("attempts", "outcome", "outcome_zh", "satisfaction", "satisfaction_zh", "ended_by"),
    *("void_reason", "assigned_by", "assigned_why"),
    *("subject", "key_account", "escalated", "repeat_of"),
    *kinds.PERSONAL,
    *("masked", "unit", "call_no", "call_key", "taken_error_s"),
)
PAGE_ROWS = 1000
_NOBODY = Agent("", "")


def export_callbacks(
    store: Store,
    desk: CallbackDesk,
    query: Query,
    *,
    out: Path | str,
    fmt: str,
    bom: bool,
    status: str | None,
    personal: bool,
    now_utc_ms: int,
) -> Export:
    """Write those taken in the period, newest first, to `out` ("-": standard output)."""
    if fmt not in FORMATS:
        raise DeskunitError("unknown_format", exit_code=2, format=fmt)
    written = 0

    def counted() -> Iterator[tuple[Value, ...]]:
        nonlocal written
        for row in _rows(store, desk, query, status, personal):
            written += 1
            yield row

    rows = counted()
    chunks = csv_lines(COLUMNS, rows, bom=bom) if fmt == "csv" else json_lines(COLUMNS, rows)
    about = {
        "schema": SCHEMA,
        **described(query, fmt, bom, now_utc_ms),
        "query": {"agents": query.agents, "status": status, "personal": personal},
        "columns": COLUMNS,
    }
    return save(out, chunks, lambda: written, about)


def _rows(
    store: Store, desk: CallbackDesk, query: Query, status: str | None, personal: bool
) -> Iterator[tuple[Value, ...]]:
    make = row_maker(query, {agent.id: agent for agent in store.agents()}, desk.rules.now_grace_s)
    found = store.callbacks(
        owner=next(iter(query.agents), None),
        status=status,
        from_utc_ms=query.from_utc_ms,
        to_utc_ms=query.to_utc_ms,
    )
    while page := list(islice(found, PAGE_ROWS)):
        yield from map(make, desk.rows(page, personal=personal))


def row_maker(
    query: Query, agents: dict[str, Agent], now_grace_s: int
) -> Callable[[Row], tuple[Value, ...]]:
    """What turns callbacks into rows, in the order of COLUMNS."""
    local = local_clock(query.zone)

    def row(one: Row) -> tuple[Value, ...]:
        owner = agents.get(one.owner, _NOBODY)
        instants = (one.taken_utc_ms, one.due_utc_ms, one.ended_utc_ms,
                    one.agreed_utc_ms, one.assigned_utc_ms, one.forgotten_utc_ms)  # fmt: skip
        return (
            *(one.number, one.kind, kinds.label(one.kind, "zh"), one.promise),
            *(one.status, words.text(f"callback_status.{one.status}", "zh")),
            *(one.owner, owner.name, owner.team, one.taken_by, query.zone.key),
            *_times(instants, local),
            *(one.calendar, int(one.is_published), on_time(one, now_grace_s)),
            *(len(one.attempts), one.outcome, _zh("callback_outcome", one.outcome)),
            *(one.satisfaction, _zh("callback_satisfied", one.satisfaction), one.ended_by),
            *(one.reason, one.assigned_by, one.assigned_why),
            *(one.subject, int(one.key_account), int(one.escalated), one.repeat_of),
            *(one.personal.get(name, "") for name in kinds.PERSONAL),
            *(int(one.is_masked), one.unit, one.call_no, one.call_key, one.taken_error_ms / 1000),
        )

    return row


def on_time(one: Row, now_grace_s: int) -> int | None:
    """1 closed by the promise, 0 later; None: not closed."""
    if one.status != kinds.CLOSED or one.ended_utc_ms is None:
        return None
    by_utc_ms = one.due_utc_ms + 1000 * grace_s(one.promise, now_grace_s)
    return int(one.ended_utc_ms <= by_utc_ms)


def _times(
    instants: Sequence[int | None], local: Callable[[int], tuple[str, str]]
) -> Iterable[Value]:
    for utc_ms in instants:
        if utc_ms is None:
            yield from (None, None, None)
        else:
            yield from (utc_text(utc_ms), *local(utc_ms))


def _zh(section: str, word: str | None) -> str | None:
    return None if word is None else words.text(f"{section}.{word}", "zh")
