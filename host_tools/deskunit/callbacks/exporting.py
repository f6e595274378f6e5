"""Callbacks as a table of an export: one row each, with times in the zone.

Column by column in docs/callbacks.md. Personal texts are masked unless asked for.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from deskunit import words
from deskunit.agents import Agent
from deskunit.callbacks import kinds
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.folding import Callback
from deskunit.callbacks.measures import grace_s
from deskunit.callbacks.rows import Row
from deskunit.exports.instants import clock
from deskunit.exports.rows import Value, table
from deskunit.exports.table import Table, columns
from deskunit.state_log.choosing import chosen
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.callbacks/1"
TIMES = ("taken", "due", "ended", "agreed", "assigned", "forgotten")
COLUMNS = columns(
    "number:whole kind kind_zh promise status status_zh owner owner_name team taken_by tz "
    + " ".join(f"{name}:times" for name in TIMES)
    + " calendar calendar_published:flag on_time:flag attempts:whole outcome outcome_zh "
    "satisfaction satisfaction_zh ended_by void_reason assigned_by assigned_why "
    "subject key_account:flag escalated:flag repeat_of:whole "
    + " ".join(kinds.PERSONAL)
    + " masked:flag unit call_no:whole call_key taken_error_s:seconds"
)
PAGE_ROWS = 1000
_NOBODY = Agent("", "")


def callbacks_table(
    store: Store, desk: CallbackDesk, query: Query, *, status: str | None, personal: bool
) -> Table:
    """Those taken in the period, newest first. DeskunitError: an unknown agent, team or unit."""
    wanted = chosen(store, query).agents
    found = store.callbacks(
        owner=query.agents[0] if len(query.agents) == 1 else None,
        status=status,
        from_utc_ms=query.from_utc_ms,
        to_utc_ms=query.to_utc_ms,
    )
    inside = (
        one
        for one in found
        if (wanted is None or one.owner in wanted) and (not query.units or one.uid in query.units)
    )
    return table("callbacks", SCHEMA, COLUMNS, _rows(store, desk, query, inside, personal))


def _rows(
    store: Store, desk: CallbackDesk, query: Query, found: Iterator[Callback], personal: bool
) -> Iterator[tuple[Value, ...]]:
    make = row_maker(query, {agent.id: agent for agent in store.agents()}, desk.rules.now_grace_s)
    while page := list(islice(found, PAGE_ROWS)):
        yield from map(make, desk.rows(page, personal=personal))


def row_maker(
    query: Query, agents: dict[str, Agent], now_grace_s: int
) -> Callable[[Row], tuple[Value, ...]]:
    """What turns callbacks into rows, in the order of COLUMNS."""
    instant = clock(query.zone)

    def row(one: Row) -> tuple[Value, ...]:
        owner = agents.get(one.owner, _NOBODY)
        instants = (one.taken_utc_ms, one.due_utc_ms, one.ended_utc_ms,
                    one.agreed_utc_ms, one.assigned_utc_ms, one.forgotten_utc_ms)  # fmt: skip
        return (
            *(one.number, one.kind, kinds.label(one.kind, "zh"), one.promise),
            *(one.status, words.text(f"callback_status.{one.status}", "zh")),
            *(one.owner, owner.name, owner.team, one.taken_by, query.zone.key),
            *(value for utc_ms in instants for value in instant(utc_ms)),
            *(one.calendar, one.is_published, on_time(one, now_grace_s)),
            *(len(one.attempts), one.outcome, _zh("callback_outcome", one.outcome)),
            *(one.satisfaction, _zh("callback_satisfied", one.satisfaction), one.ended_by),
            *(one.reason, one.assigned_by, one.assigned_why),
            *(one.subject, one.key_account, one.escalated, one.repeat_of),
            *(one.personal.get(name, "") for name in kinds.PERSONAL),
            *(one.is_masked, one.unit, one.call_no, one.call_key, one.taken_error_ms),
        )

    return row


def on_time(one: Row, now_grace_s: int) -> bool | None:
    """True: closed by the promise, False: later; None: not closed."""
    if one.status != kinds.CLOSED or one.ended_utc_ms is None:
        return None
    by_utc_ms = one.due_utc_ms + 1000 * grace_s(one.promise, now_grace_s)
    return one.ended_utc_ms <= by_utc_ms


def _zh(section: str, word: str | None) -> str | None:
    return None if word is None else words.text(f"{section}.{word}", "zh")
