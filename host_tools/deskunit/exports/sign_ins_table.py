"""Sign-ins as a table of an export: one row a sign-in, cut to the range.

Column by column in docs/exports.md. The log is read day by day; the parts that a sign-in has on several
days are put together again.
"""

from collections.abc import Iterator
from dataclasses import replace

from deskunit import measures
from deskunit.exports.instants import clock, span
from deskunit.exports.names import Names
from deskunit.exports.portions import Portion, portions
from deskunit.exports.rows import Value, table
from deskunit.exports.table import Table, columns
from deskunit.measures import Limits, SignIn
from deskunit.state_log.piece import Piece
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.signins/1"
COLUMNS = columns(
    "sign_in unit seat agent_id agent_name team start:times end:times tz length:span "
    "first_ready:times overlap:span clipped_start:flag clipped_end:flag"
)


def sign_ins_table(store: Store, query: Query, limits: Limits, now_utc_ms: int) -> Table:
    """Those that touch the range. DeskunitError: an unknown agent, team or unit."""
    found = portions(store, query, replace(limits, call_max_s=0), now_utc_ms)
    return table("signins", SCHEMA, COLUMNS, _rows(store, query, found))


def _rows(store: Store, query: Query, found: Iterator[Portion]) -> Iterator[tuple[Value, ...]]:
    names, instant = Names(store), clock(query.zone)
    for one in _whole(found):
        yield (
            one.key,
            *names.unit(one.uid),
            *names.agent(one.agent_id),
            *instant(one.start_utc_ms),
            *instant(None if one.is_running else one.end_utc_ms),
            query.zone.key,
            *span(one.length_ms),
            *instant(one.first_ready_utc_ms),
            *span(one.overlap_ms),
            one.clipped_start,
            one.clipped_end,
        )


def _whole(found: Iterator[Portion]) -> Iterator[SignIn]:
    """Sign-ins by the day on which they end."""
    waiting: dict[tuple[str, str], SignIn] = {}
    for portion in found:
        last = portion.period.to_utc_ms
        parts = measures.sign_ins(_within(portion))
        goes_on: dict[tuple[str, str], SignIn] = {}
        for part in parts:
            before = waiting.pop((part.key, part.agent_id), None)
            one = part if before is None else _joined(before, part)
            if part.clipped_end and part.end_utc_ms >= last and not part.is_running:
                goes_on[one.key, one.agent_id] = one
            else:
                yield one
        yield from waiting.values()
        waiting = goes_on
    yield from waiting.values()


def _within(portion: Portion) -> Iterator[Piece]:
    """A portion is read a moment beyond its end."""
    start, end = portion.period.from_utc_ms, portion.period.to_utc_ms
    for piece in portion.pieces:
        beyond_ms = max(0, piece.end_utc_ms - end)
        if piece.start_utc_ms < end and (piece.end_utc_ms > start or piece.start_utc_ms >= start):
            yield (
                replace(
                    piece,
                    end_utc_ms=piece.end_utc_ms - beyond_ms,
                    duration_ms=piece.duration_ms - beyond_ms,
                    clipped_end=piece.clipped_end or beyond_ms > 0,
                )
                if beyond_ms
                else piece
            )


def _joined(before: SignIn, after: SignIn) -> SignIn:
    ready = before.first_ready_utc_ms
    return replace(
        after,
        start_utc_ms=before.start_utc_ms,
        clipped_start=before.clipped_start,
        clock_ms=before.clock_ms + after.clock_ms,
        first_ready_utc_ms=after.first_ready_utc_ms if ready is None else ready,
        overlap_ms=before.overlap_ms + after.overlap_ms,
    )
