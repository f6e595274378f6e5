"""The log day by day, for tables that are derived from it: memory stays that of one day's rows.

A portion is a business day, or what lies of it in the range; it is read from a call's longest length before
it, so that calls that end in it are whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deskunit.events import Happening
from deskunit.measures import HAPPENINGS, Limits, Period
from deskunit.state_log.choosing import chosen
from deskunit.state_log.days import days
from deskunit.state_log.piece import Piece
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.store import Store


@dataclass(frozen=True, slots=True)
class Portion:
    """One period of the range with what is read for it. `date`: the business day's, 2026-11-22."""

    date: str
    period: Period
    pieces: list[Piece]
    happenings: list[Happening]


def portions(
    store: Store, query: Query, limits: Limits, now_utc_ms: int, *, events: bool = False
) -> Iterator[Portion]:
    """In order. `events`: read the happenings that measures need, too. DeskunitError: as state_log has it."""
    chosen(store, query)
    return _portions(store, query, limits, now_utc_ms, events)


def _portions(
    store: Store, query: Query, limits: Limits, now_utc_ms: int, events: bool
) -> Iterator[Portion]:
    for date, period in _periods(store, query, now_utc_ms):
        reading = period.reading(limits)
        of_period = replace(query, from_utc_ms=reading.from_utc_ms, to_utc_ms=reading.to_utc_ms,
                            states=(), reasons=(), split=None)  # fmt: skip
        found = list(pieces(store, of_period, now_utc_ms))
        bounds = (reading.from_utc_ms, reading.to_utc_ms)
        seen = list(store.happenings(HAPPENINGS, *bounds)) if events and found else []
        yield Portion(date, period, found, seen)


def _periods(store: Store, query: Query, now_utc_ms: int) -> Iterator[tuple[str, Period]]:
    """(date, period) of the business days that the range touches, cut to it; none before the log's first
    row, none in the future.
    """
    first = next(store.intervals(limit=1), None)
    start = now_utc_ms if first is None else first.start_utc_ms
    if query.from_utc_ms is not None:
        start = max(start, query.from_utc_ms)
    end = now_utc_ms + 1 if query.to_utc_ms is None else min(query.to_utc_ms, now_utc_ms + 1)
    if start >= end:
        return
    for day in days(query.zone, start, end, query.day_start_min):
        bounds = Period(max(day.start_utc_ms, start), min(day.end_utc_ms, end))
        yield day.date.isoformat(), bounds
