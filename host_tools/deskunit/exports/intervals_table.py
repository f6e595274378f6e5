"""The interval report as a table of an export: one row an agent and quarter, half hour, hour or day.

The seconds of the states of a row add up to its signed-in time. Column by column in docs/exports.md.
"""

from collections.abc import Iterator

from deskunit import measures
from deskunit.exports.instants import clock, span
from deskunit.exports.names import Names
from deskunit.exports.portions import Portion, portions
from deskunit.exports.rows import Value, table
from deskunit.exports.table import Table, columns
from deskunit.measures import Group, Limits, Measures
from deskunit.state_log.query import Query
from deskunit.states import STATES
from deskunit.store import Store

SCHEMA = "deskunit.intervals/1"
SHOWN = STATES[1:]  # nobody is signed out within a sign-in
COLUMNS = columns(
    "agent_id agent_name team business_date start:times end:times tz signed_in:span "
    + " ".join(f"{state}_s:seconds" for state in SHOWN)
    + " difference_s:seconds calls_handled:whole handle_s:seconds average_handle_s:number "
    "calls_held:whole hold_episodes:whole held_s:seconds longest_hold_s:seconds "
    "holds_over_limit:whole away_s:seconds occupancy:number"
)


def intervals_table(
    store: Store, query: Query, limits: Limits, now_utc_ms: int, *, every: str = "30min"
) -> Table:
    """`every`: 15min, 30min, hour or day. DeskunitError: an unknown agent, team or unit."""
    found = portions(store, query, limits, now_utc_ms, events=True)
    rows = _rows(store, query, limits, found, every)
    return table("intervals", SCHEMA, COLUMNS, rows)


def _rows(
    store: Store, query: Query, limits: Limits, found: Iterator[Portion], every: str
) -> Iterator[tuple[Value, ...]]:
    names, instant = Names(store), clock(query.zone)
    for portion in found:
        groups = measures.by(
            portion.pieces,
            portion.happenings,
            limits=limits,
            period=portion.period,
            who="agent",
            every=every,  # type: ignore[arg-type]
            zone=query.zone,
            day_start_min=query.day_start_min,
        )
        for group, one in sorted(groups.items(), key=_by_time):
            yield (
                *names.agent(group.who),
                portion.date,
                *instant(group.start_utc_ms),
                *instant(group.end_utc_ms),
                query.zone.key,
                *_figures(one),
            )


def _by_time(item: tuple[Group, Measures]) -> tuple[int, str]:
    return item[0].start_utc_ms, item[0].who


def _figures(one: Measures) -> tuple[Value, ...]:
    return (
        *span(one.states_ms),
        *(one.state_ms[state] for state in SHOWN),
        one.difference_ms,
        one.calls_handled,
        one.handle_ms,
        one.figure("average_handle_time").value,
        one.calls_held,
        one.hold_episodes,
        one.held_ms,
        one.longest_hold_ms,
        one.holds_over_limit,
        one.away_ms,
        one.figure("occupancy").value,
    )
