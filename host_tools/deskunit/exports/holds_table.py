"""Holds as a table of an export: one row a hold, declined ones too, in the period that counts its call.

Column by column in docs/exports.md; what a hold is, is decided by measures/holds.py.
"""

from collections.abc import Iterator

from deskunit import measures
from deskunit.exports.instants import clock, span
from deskunit.exports.names import Names
from deskunit.exports.portions import Portion, portions
from deskunit.exports.rows import Value, table
from deskunit.exports.table import Table, columns
from deskunit.measures import Hold, Limits
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.holds/1"
COLUMNS = columns(
    "row_id call_key unit seat agent_id agent_name team business_date start:times end:times tz "
    "length:span call_no:whole hold_no:whole declined:flag complete:flag over_limit:flag "
    "reminders:whole reminders_kept:whole reminders_missed:whole"
)


def holds_table(store: Store, query: Query, limits: Limits, now_utc_ms: int) -> Table:
    """Those whose call's handling ended in the range, or still runs. DeskunitError: an unknown agent …"""
    found = portions(store, query, limits, now_utc_ms, events=True)
    return table("holds", SCHEMA, COLUMNS, _rows(store, query, limits, found, now_utc_ms))


def _rows(
    store: Store, query: Query, limits: Limits, found: Iterator[Portion], now_utc_ms: int
) -> Iterator[tuple[Value, ...]]:
    names, instant = Names(store), clock(query.zone)
    for portion in found:
        for hold in measures.holds(portion.pieces, portion.happenings, limits):
            counted = now_utc_ms if hold.counted_utc_ms is None else hold.counted_utc_ms
            if not portion.period.holds(counted):
                continue
            goes_on = hold.counted_utc_ms is None and hold.end_utc_ms >= now_utc_ms
            yield (
                hold.key,
                hold.call_key,
                *names.unit(hold.uid),
                *names.agent(hold.agent_id),
                portion.date,
                *instant(hold.start_utc_ms),
                *instant(None if goes_on else hold.end_utc_ms),
                query.zone.key,
                *_facts(hold),
            )


def _facts(hold: Hold) -> tuple[Value, ...]:
    return (
        *span(hold.length_ms),
        hold.call_no,
        hold.hold_no,
        hold.is_declined,
        hold.is_complete,
        hold.is_over_limit,
        hold.reminders,
        hold.reminders_kept,
        hold.reminders_missed,
    )
