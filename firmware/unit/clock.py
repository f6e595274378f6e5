"""Milliseconds since boot from the board's raw ticks; the one module that knows that ticks wrap.

The app calls it at each step. Beyond 2**30 ms (12.4 days) a time no longer fits MicroPython's small
integers and costs 16 bytes of heap a step, which the collector takes back.
"""

from micropython import const

_MASK = const((1 << 30) - 1)  # MicroPython's ticks_ms() counts modulo 2**30
_HALF = const(1 << 29)


class Clock:
    """Counts from `now_ms` at the raw reading `raw`."""

    def __init__(self, raw, now_ms=0):
        self.now_ms = now_ms
        self.raw = raw

    def update(self, raw):
        """Time at `raw`, read now; never goes back. Call at least every 6 days."""
        ahead_ms = (raw - self.raw) & _MASK
        if 0 < ahead_ms < _HALF:
            self.now_ms += ahead_ms
            self.raw = raw
        return self.now_ms

    def at(self, raw):
        """Time of a raw reading taken within 6 days of the last update, as a latched edge is."""
        return max(0, self.now_ms + self._ahead_ms(raw))

    def _ahead_ms(self, raw):
        ahead_ms = (raw - self.raw) & _MASK
        return ahead_ms if ahead_ms < _HALF else ahead_ms - _MASK - 1
