"""The events that the host has not acknowledged yet, newest kept: lines in RAM under their seq.

The desk adds, the link sends and acknowledges. Full, it drops the oldest and counts it; flag 1
and H's `hold` then tell the host that some are missing. The flash journal is to stand behind it
and take what it drops.
"""

from unit import codec


class Ring:
    """Holds `first`..`top`; the host has all up to `acked`; `lost` were dropped before it had them."""

    def __init__(self, boot, max_events=256, max_bytes=16384):
        self.boot = boot
        self.first = 1
        self.top = 0
        self.acked = 0
        self.lost = 0
        self._lines = []  # of first..top
        self.max_events = max_events
        self.room = max_bytes
        self._ms = 0
        self._acked_crc = ""

    def add(self, ms, kind, pairs):
        """Keep one event; returns its seq. `ms` never falls: the promise of docs/protocol.md."""
        self._ms = max(self._ms, ms)
        seq = self.top + 1
        line = codec.event_payload(0, self.boot, seq, self._ms, kind, pairs).encode()
        while self.first < seq and (seq - self.first >= self.max_events or len(line) > self.room):
            self._drop()
            self.lost += 1
        self._lines.append(line)
        self.room -= len(line)
        self.top = seq
        return seq

    def line(self, seq):
        """The payload of event `seq` with flags 0, as bytes. IndexError when it is not held."""
        if not self.first <= seq <= self.top:
            raise IndexError("event not held")
        return self._lines[seq - self.first]

    def ack(self, seq, ecrc):
        """The host has all up to `seq`: drop them. False, and nothing done, for a wrong `ecrc`."""
        if seq == self.acked:
            return ecrc == self._acked_crc
        if not self.first <= seq <= self.top or ecrc != codec.crc(self.line(seq)):
            return False
        while self.first <= seq:
            self._drop()
        self.acked = seq
        self._acked_crc = ecrc
        return True

    def _drop(self):
        self.room += len(self._lines.pop(0))
        self.first += 1
