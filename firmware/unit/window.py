"""Which event goes out next: go-back-N over the ring, at most 16 frames ahead of the host.

16 frames of at most 240 bytes are also the protocol's 3 840 bytes ahead. The link asks it for
frames and hands it the acknowledgements; it knows nothing of sessions.
"""

from micropython import const

from unit import codec

_FIRST_WAIT_MS = const(300)
_LONGEST_WAIT_MS = const(4000)
_BACK_MS = const(80)  # the host answers each frame of a run after a hole with the same A
_OLDEST = const(1)
_REPLAY = const(2)


class Window:
    """`retry_ms`: when to go back unless something is acknowledged, None with nothing in flight."""

    def __init__(self, ring):
        self.retry_ms = None
        self.ring = ring
        self._next = 1
        self._sent = 0  # highest seq ever sent in this boot
        self._wait_ms = _FIRST_WAIT_MS
        self._back_ms = -_BACK_MS

    def restart(self):
        """A new session: begin with the oldest event that is not acknowledged."""
        self._wait_ms = _FIRST_WAIT_MS
        self._go_back()

    def take(self, now_ms):
        """The next frame to send, or None when all is sent or the window is full."""
        ring = self.ring
        seq = max(self._next, ring.first)
        if seq > ring.top or seq - ring.first >= codec.FRAMES:
            return None
        flags = (_OLDEST if seq == ring.first else 0) | (_REPLAY if seq <= self._sent else 0)
        self._next = seq + 1
        self._sent = max(self._sent, seq)
        if self.retry_ms is None:
            self.retry_ms = now_ms + self._wait_ms
        return codec.sealed(codec.flagged(ring.line(seq), flags))

    def ack(self, seq, ecrc, now_ms):
        """An A for this boot: progress moves the window, the same again means a frame got lost."""
        ring = self.ring
        before = ring.acked
        if not ring.ack(seq, ecrc):
            return
        if ring.acked > before:
            self._wait_ms = _FIRST_WAIT_MS
            self.retry_ms = now_ms + _FIRST_WAIT_MS if self._next > ring.first else None
        elif self.retry_ms is not None and now_ms - self._back_ms >= _BACK_MS:
            self._back_ms = now_ms
            self._go_back()

    def check(self, now_ms):
        """Go back when the host has been silent for too long, and be more patient next time."""
        if self.retry_ms is not None and now_ms >= self.retry_ms:
            self._wait_ms = min(2 * self._wait_ms, _LONGEST_WAIT_MS)
            self._go_back()

    def _go_back(self):
        self._next = self.ring.first
        self.retry_ms = None
