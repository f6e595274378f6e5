"""What a unit's milliseconds are in UTC, from four-timestamp probes; and the host's two clocks.

The session feeds one `Sync` a boot, a round of probes at a time. What becomes of a reading is decided
in epochs.py.
"""

import time
from collections import deque
from dataclasses import dataclass
from statistics import median

STEP_MS = 250  # what the host's clock is never moved by unless somebody sets it
RATE_PPB = 100_000  # no crystal of a unit is worse
WANDER_PPB = 10_000  # a crystal's rate changes by less within hours indoors
FIT_SPAN_MS = 600_000
KEPT_MS = 7_200_000


def now_utc_ms() -> int:
    """UTC in ms since 1970; may step when the PC's clock is set."""
    return time.time_ns() // 1_000_000


def now_ms() -> int:
    """Monotonic ms; its zero means nothing."""
    return time.monotonic_ns() // 1_000_000


def grown_ms(rate_ppb: int, span_ms: int) -> int:
    """What a rate makes of a span, rounded up."""
    return -(-rate_ppb * abs(span_ms) // 1_000_000_000)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """utc_ms = unit ms + offset_ms at the unit's `at_ms`, wrong by at most error_ms.

    Before and after it the offset moves by slope_ppb, known to within drift_ppb. `stepped_ms`: UTC was
    seen to step against the host's monotonic clock soon after this ms of the unit. Not `measured`:
    no probe was answered; the offset is a guess from the unit's hello.
    """

    at_ms: int
    offset_ms: int
    error_ms: int
    slope_ppb: int = 0
    drift_ppb: int = RATE_PPB
    stepped_ms: int | None = None
    measured: bool = True


@dataclass(frozen=True, slots=True)
class _Point:
    ms: int
    offset_ms: int
    error_ms: int
    round_trip_ms: int


class Sync:
    """The points of one boot, one a round of probes, and the slope through two hours of them."""

    def __init__(self) -> None:
        self.round_trip_ms: int | None = None  # the best of the last round
        self.error_ms: int | None = None  # of the last reading
        self.slope_ppb = 0
        self.drift_ppb = RATE_PPB
        self._points: deque[_Point] = deque()
        self._best: _Point | None = None  # of the running round
        self._last_ms = 0  # the unit's, of the last answer
        self._unit_less_ms: int | None = None  # unit's ms minus the host's monotonic ones
        self._utc_less_ms: int | None = None
        self._looked_ms = 0
        self._stepped_ms: int | None = None

    def look(self, now_utc_ms: int, now_ms: int) -> bool:
        """Compare the host's clocks; True when UTC has stepped since the last look: begin anew.

        A PC that slept looks the same; the next reading tells them apart.
        """
        before, self._utc_less_ms = self._utc_less_ms, now_utc_ms - now_ms
        looked_ms, self._looked_ms = self._looked_ms, now_ms
        if before is None or abs(self._utc_less_ms - before) <= STEP_MS:
            return False
        if self._stepped_ms is None and self._unit_less_ms is not None:
            self._stepped_ms = looked_ms + self._unit_less_ms
        self._points.clear()
        self._best = None
        return True

    def add(
        self, sent_ms: int, received_ms: int, answered_ms: int, back_ms: int, utc_less_ms: int
    ) -> None:
        """One probe: sent and back on the host's monotonic clock, the middle two on the unit's.

        `utc_less_ms` is UTC minus the monotonic clock. NTP's formula (RFC 5905, section 8).
        """
        round_trip_ms = max(0, (back_ms - sent_ms) - (answered_ms - received_ms))
        unit_less_host_ms = ((received_ms - sent_ms) + (answered_ms - back_ms)) // 2
        # Each of the four stamps is cut to a whole ms: one more ms either way.
        error_ms = round_trip_ms // 2 + 1
        self._unit_less_ms, self._last_ms = unit_less_host_ms, answered_ms
        if self._best is None or error_ms <= self._best.error_ms:
            offset_ms = utc_less_ms - unit_less_host_ms
            self._best = _Point(answered_ms, offset_ms, error_ms, round_trip_ms)

    def begin(self) -> None:
        """A session's first round: what was answered before it says nothing of now."""
        self._best = None

    def finish(self) -> ClockReading | None:
        """The round is over: what the clock reads now. None when no probe of it was answered."""
        best, self._best = self._best, None
        if best is None:
            return None
        self.round_trip_ms = best.round_trip_ms
        self._points.append(best)
        while best.ms - self._points[0].ms > KEPT_MS:
            self._points.popleft()
        self._fit()
        reading = self._reading()
        self.error_ms, self._stepped_ms = reading.error_ms, None
        return reading

    def _fit(self) -> None:
        """The median of the slopes from each point to the one half of them later (after Theil)."""
        points = list(self._points)
        half = len(points) // 2
        if points[-1].ms - points[0].ms < FIT_SPAN_MS:
            return
        pairs = list(zip(points[: len(points) - half], points[half:], strict=True))
        slopes = [
            (b.offset_ms - a.offset_ms) * 1e9 / (b.ms - a.ms) for a, b in pairs if b.ms > a.ms
        ]
        self.slope_ppb = max(-RATE_PPB, min(RATE_PPB, round(median(slopes))))
        unsure = median((a.error_ms + b.error_ms) * 1e9 / (b.ms - a.ms) for a, b in pairs)
        self.drift_ppb = min(RATE_PPB, WANDER_PPB + round(unsure))

    def _reading(self) -> ClockReading:
        """The point that bounds the present best: a good one of before may beat a late answer."""

        def error_ms(point: _Point) -> int:
            return point.error_ms + grown_ms(self.drift_ppb, self._last_ms - point.ms)

        best = min(self._points, key=error_ms)
        moved_ms = self.slope_ppb * (self._last_ms - best.ms) // 1_000_000_000
        return ClockReading(
            self._last_ms,
            best.offset_ms + moved_ms,
            error_ms(best),
            self.slope_ppb,
            self.drift_ppb,
            self._stepped_ms,
        )
