"""Which stretch of time is measured, and its intervals. Pure."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from deskunit.measures.limits import Limits
from deskunit.state_log.query import Query

Every = Literal["15min", "30min", "hour", "day"]
EVERY: tuple[Every, ...] = ("15min", "30min", "hour", "day")


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

    def whole(self, start_utc_ms: int, end_utc_ms: int) -> int | None:
        """The interval in which all of a stretch lies; None: it is to be cut."""
        edges = self.edges
        place = 0 if len(edges) == 2 else bisect_right(edges, start_utc_ms) - 1
        if not 0 <= place < len(edges) - 1 or start_utc_ms < edges[place]:
            return None
        is_within = end_utc_ms <= edges[place + 1] and start_utc_ms < edges[place + 1]
        return place if is_within else None

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
    """A period cut where `--split` of the states export cuts: at business days of the zone, or at its
    hours and their parts by the clock on the wall; None: not cut.
    """
    first, last = period.from_utc_ms, period.to_utc_ms
    if every is None:
        return Buckets((first, last))
    from deskunit.state_log.marks import marks  # numpy, for whom wants intervals

    assert zone is not None, "intervals need a zone"
    inner = marks(Query(zone, split=every, day_start_min=day_start_min), first, last)
    return Buckets((first, *(int(at) for at in inner if first < at < last), last))
