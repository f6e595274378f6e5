"""Calls as a table of an export: one row a call, in the period in which its handling ended.

Column by column in docs/exports.md; what a call is, is decided by measures/calls.py.
"""

from collections.abc import Iterator

from deskunit import measures
from deskunit.exports.instants import clock, span
from deskunit.exports.names import Names
from deskunit.exports.portions import Portion, portions
from deskunit.exports.rows import Value, table
from deskunit.exports.table import Table, columns
from deskunit.measures import Call, Limits
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.calls/1"
COLUMNS = columns(
    "call_key unit seat agent_id agent_name team business_date start:times end:times tz "
    "call_no:whole talk:span hold:span wrap_up:span handle:span holds:whole longest_hold:span "
    "ending complete:flag began_from outbound:flag callback:whole sign_in"
)


def calls_table(store: Store, query: Query, limits: Limits, now_utc_ms: int) -> Table:
    """Those that ended in the range, and those that still run. DeskunitError: an unknown agent …"""
    found = portions(store, query, limits, now_utc_ms, events=True)
    return table("calls", SCHEMA, COLUMNS, _rows(store, query, found))


def _rows(store: Store, query: Query, found: Iterator[Portion]) -> Iterator[tuple[Value, ...]]:
    names, instant = Names(store), clock(query.zone)
    for portion in found:
        for call in measures.calls(portion.pieces, portion.happenings):
            if not portion.period.holds(call.end_utc_ms):
                continue
            end = None if call.ending == "running" else call.end_utc_ms
            yield (
                call.key,
                *names.unit(call.uid),
                *names.agent(call.agent_id),
                portion.date,
                *instant(call.start_utc_ms),
                *instant(end),
                query.zone.key,
                *_handling(call),
            )


def _handling(call: Call) -> tuple[Value, ...]:
    return (
        call.call_no,
        *span(call.talk_ms),
        *span(call.hold_ms),
        *span(call.wrap_up_ms),
        *span(call.handle_ms),
        call.holds,
        *span(call.longest_hold_ms),
        call.ending,
        call.is_complete,
        call.began_from,
        call.is_outbound,
        call.callback,
        call.sign_in,
    )
