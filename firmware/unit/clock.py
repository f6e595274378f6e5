"""Milliseconds since boot from the board's raw ticks; the one module that knows that ticks wrap.

The app calls it at each step. Beyond 2**30 ms (12.4 days) a time no longer fits MicroPython's small
integers and costs 16 bytes of heap a step, which the collector takes back.
"""

_MASK = 2**30 - 1  # MicroPython's ticks_ms() counts modulo 2**30
_HALF = 2**29


class Clock:
    """Counts from `offset_ms` at the raw reading `start_raw`."""

    def __init__(self, start_raw, offset_ms=0):
        self.now_ms = offset_ms
        self._raw = start_raw

    def update(self, raw_ticks):
        """Time at `raw_ticks`, read now; never goes back. Call at least every 6 days."""
        if raw_ticks != self._raw:
            ahead_ms = self._ahead_ms(raw_ticks)
            if ahead_ms > 0:
                self.now_ms += ahead_ms
                self._raw = raw_ticks
        return self.now_ms

    def at(self, raw_ticks):
        """Time of a raw reading taken within 6 days of the last update, as a latched edge is."""
        return max(0, self.now_ms + self._ahead_ms(raw_ticks))

    def _ahead_ms(self, raw_ticks):
        ahead_ms = (raw_ticks - self._raw) & _MASK
        return ahead_ms if ahead_ms < _HALF else ahead_ms - _MASK - 1
