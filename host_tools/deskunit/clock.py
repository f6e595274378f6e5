"""What a unit's milliseconds are in UTC, from four-timestamp probes; and the host's two clocks.

The session feeds one `Sync` a boot. The slope over hours belongs here too when it comes.
"""

import time
from dataclasses import dataclass


def now_utc_ms() -> int:
    """UTC in ms since 1970; may step when the PC's clock is set."""
    return time.time_ns() // 1_000_000


def now_ms() -> int:
    """Monotonic ms; its zero means nothing."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True)
class Mapping:
    """utc_ms = unit ms + offset_ms, wrong by at most error_ms."""

    offset_ms: int
    error_ms: int


class Sync:
    """Keeps the probe with the lowest round trip: its delay bounds the error best."""

    def __init__(self) -> None:
        self.probes = 0
        self.best: Mapping | None = None

    def add(
        self, sent_ms: int, received_ms: int, answered_ms: int, back_ms: int, utc_less_ms: int
    ) -> None:
        """One probe: sent and back on the host's monotonic clock, the middle two on the unit's.

        `utc_less_ms` is UTC minus the monotonic clock. NTP's formula (RFC 5905, section 8).
        """
        self.probes += 1
        round_trip_ms = (back_ms - sent_ms) - (answered_ms - received_ms)
        unit_less_host_ms = ((received_ms - sent_ms) + (answered_ms - back_ms)) // 2
        # Each of the four stamps is cut to a whole ms: one more ms either way.
        error_ms = max(round_trip_ms, 0) // 2 + 1
        if self.best is None or error_ms < self.best.error_ms:
            self.best = Mapping(utc_less_ms - unit_less_host_ms, error_ms)
