"""Which stretch of time is measured, and its intervals. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from deskunit.measures.limits import Limits
from deskunit.state_log import days

Every = Literal["15min", "30min", "hour", "day"]
EVERY: dict[Every, int] = {"15min": 15, "30min": 30, "hour": 60, "day": 0}


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open [from, to) in UTC ms."""

    from_utc_ms: int
    to_utc_ms: int

    def reading(self, limits: Limits) -> "Period":
        """What is to be read of the log: earlier by the longest call, so that a call that ended in the
        period is seen from its beginning, and 1 ms later, so that one that ended at its end is cut off.
        """
        return Period(self.from_utc_ms - 1000 * limits.call_max_s, self.to_utc_ms + 1)

    def holds(self, utc_ms: int) -> bool:
        return self.from_utc_ms <= utc_ms < self.to_utc_ms


@dataclass(frozen=True, slots=True)
class Buckets:
    """The intervals of a period, one after the other: `edges` has one more than there are intervals."""

    edges: tuple[int, ...]

    def find(self, utc_ms: int) -> int | None:
        """The interval in which an instant lies."""
        edges = self.edges
        if len(edges) == 2:
            return 0 if edges[0] <= utc_ms < edges[1] else None
        place = bisect_right(edges, utc_ms) - 1
        return place if 0 <= place < len(edges) - 1 else None

    def cut(self, start_utc_ms: int, end_utc_ms: int) -> Iterator[tuple[int, int, int]]:
        """(interval, start, end) of the parts of a stretch that lie in the period."""
        edges = self.edges
        start = max(start_utc_ms, edges[0])
        place = bisect_right(edges, start) - 1
        while place < len(edges) - 1 and start < end_utc_ms:
            end = min(end_utc_ms, edges[place + 1])
            yield place, start, end
            start, place = end, place + 1


def buckets(
    period: Period, every: Every | None = None, zone: ZoneInfo | None = None, day_start_min: int = 0
) -> Buckets:
    """A period cut at business days of the zone, or at its quarters, halves or hours by the clock on the
    wall, counted from the start of each business day; None: not cut. Also where clocks change.
    """
    if every is None:
        return Buckets((period.from_utc_ms, period.to_utc_ms))
    assert zone is not None, "intervals need a zone"
    inner = {at for day in _days(period, zone, day_start_min) for at in _steps(day, EVERY[every])}
    within = [at for at in inner if period.from_utc_ms < at < period.to_utc_ms]
    return Buckets((period.from_utc_ms, *sorted(within), period.to_utc_ms))


def _days(period: Period, zone: ZoneInfo, day_start_min: int) -> Sequence[days.Day]:
    return days.days(zone, period.from_utc_ms, period.to_utc_ms, day_start_min)


def _steps(day: days.Day, minutes: int) -> range | tuple[int, ...]:
    if not minutes:
        return (day.start_utc_ms,)
    return range(day.start_utc_ms, day.end_utc_ms, 60_000 * minutes)
