"""When a session probes its unit's clock, and whether the time is known yet. The session asks.

Twelve probes at the start, five every 30 s, one when nothing else was said for a while. Time is an
argument.
"""

from deskunit.clock import RATE_PPB, ClockReading, Sync

FIRST_PROBES = 12
LATER_PROBES = 5
PROBES_EVERY_MS = 30_000
KEEP_ALIVE_MS = 3_500  # the unit ends the session after 12 s, the link asks for a T each 4 s
SYNC_WAIT_MS = 1_000


class Probing:
    """The rounds of probes of one boot, across its sessions."""

    def __init__(self) -> None:
        self.is_known = False  # before that, records wait
        self.clock_due = False  # the unit should hear what time it is
        self._sync = Sync()
        self._left = 0  # of this round
        self._in_round = False
        self._since_ms = 0  # when the time began to be unknown
        self._probe_ms = 0  # the last probe
        self._round_ms = 0  # the last round of several

    @property
    def round_trip_ms(self) -> int | None:
        return self._sync.round_trip_ms

    @property
    def error_ms(self) -> int | None:
        return self._sync.error_ms

    @property
    def slope_ppm(self) -> float | None:
        return self._sync.slope_ppb / 1000 if self._sync.drift_ppb < RATE_PPB else None

    def begin(self, now_ms: int) -> None:
        """A session began, or the host's clock was set: the time is unknown until a round is over."""
        self.is_known, self.clock_due = False, True
        self._since_ms = self._probe_ms = self._round_ms = now_ms
        self._left, self._in_round = FIRST_PROBES, True
        self._sync.begin()

    def look(self, now_utc_ms: int, now_ms: int) -> bool:
        """True when the host's clock has stepped since the last look."""
        return self._sync.look(now_utc_ms, now_ms)

    def due(self, now_ms: int) -> bool:
        """Whether a probe should go out now."""
        if now_ms - self._round_ms >= PROBES_EVERY_MS:
            self._round_ms = now_ms
            self._left = LATER_PROBES
            self._in_round = self.clock_due = True
        return self._left > 0 or now_ms - self._probe_ms >= KEEP_ALIVE_MS

    def asked(self, now_ms: int) -> None:
        """A probe goes out."""
        self._left = max(0, self._left - 1)
        self._probe_ms = now_ms

    def wake_ms(self, now_ms: int) -> int:
        """How long from now there is nothing to do."""
        return min(self._probe_ms + KEEP_ALIVE_MS - now_ms, SYNC_WAIT_MS)

    def answered(
        self, sent_ms: int, received_ms: int, answered_ms: int, back_ms: int, utc_less_ms: int
    ) -> None:
        """See `Sync.add`."""
        self._sync.add(sent_ms, received_ms, answered_ms, back_ms, utc_less_ms)

    def is_over(self, now_ms: int, *, is_waiting: bool) -> bool:
        """Whether a round ends here: all is answered, or records have waited long enough.

        `is_waiting`: a probe is on its way.
        """
        is_late = not self.is_known and now_ms - self._since_ms >= SYNC_WAIT_MS
        if not self._in_round or ((self._left > 0 or is_waiting) and not is_late):
            return False
        self._in_round = self._left > 0 or is_waiting
        return True

    def finish(self) -> ClockReading | None:
        """What the round says; None when none of it was answered."""
        return self._sync.finish()
