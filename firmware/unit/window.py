"""Which record goes out next: go-back-N over the journal, at most 16 frames ahead of the host.

16 frames of at most 240 bytes are also the protocol's 3 840 bytes ahead. One boot at a time: the next
begins when the host has all of the one before. The link asks it for frames and hands it the
acknowledgements; it knows nothing of sessions.
"""

from micropython import const

from unit import codec

_FIRST_WAIT_MS = const(300)
_LONGEST_WAIT_MS = const(4000)
_BACK_MS = const(80)  # the host answers each frame of a run after a hole with the same A
_OLDEST = const(1)
_REPLAY = const(2)
_EVENT = const(0x45)  # E


class Window:
    """`retry_ms`: when to go back unless something is acknowledged, None with nothing in flight."""

    def __init__(self, journal):
        self.retry_ms = None
        self.again = 0  # frames sent again since the start
        self.journal = journal
        # sent, not acknowledged: (boot, last, crc, place before, place after, whether an event)
        self._flight = []
        self._at = 0  # of these, how many went out since the last going back
        self._next = journal.start()
        self._moves = journal.moves
        self._sent = 0  # highest seq of this boot ever sent
        self._done = None  # (boot, seq, crc) that was acknowledged last
        self._wait_ms = _FIRST_WAIT_MS
        self._back_ms = -_BACK_MS

    def restart(self):
        """A new session: begin with the oldest record that is not acknowledged."""
        self._wait_ms = _FIRST_WAIT_MS
        self._flight = []
        self._moves = self.journal.moves
        self._next = self.journal.start()
        self._go_back()

    def take(self, now_ms):
        """The next frame to send, or None when all is sent or the window is full."""
        if self._moves != self.journal.moves:
            self.restart()
        flight = self._flight
        is_new = self._at == len(flight)
        if is_new and len(flight) >= codec.FRAMES:
            return None
        place = self._next if is_new else flight[self._at][3]
        found = self.journal.read(place)
        if found is None or (flight and found[0] != flight[0][0]):
            return None
        if not is_new:
            self.again += 1
        self._note(found, place)
        if self.retry_ms is None:
            self.retry_ms = now_ms + self._wait_ms
        return self._frame(found)

    def _note(self, found, place):
        boot, _, last, payload, after = found
        item = (boot, last, codec.crc(payload), place, after, payload[2] == _EVENT)
        if self._at == len(self._flight):
            self._flight.append(item)
            self._next = after
        else:
            self._flight[self._at] = item
            while len(self._flight) > self._at + 1 and self._flight[self._at + 1][1] <= last:
                self._flight.pop(self._at + 1)  # events that have become a part of this gap
        self._at += 1

    def _frame(self, found):
        """Flag 1 on the oldest event of its boot, flag 2 when it may have been sent before."""
        boot, _, last, payload, _ = found
        if not self._flight[self._at - 1][5]:
            return codec.sealed(payload)
        flags = 0 if self._has_event_before() else _OLDEST
        if boot != self.journal.boot or last <= self._sent:
            flags |= _REPLAY
        else:
            self._sent = last
        return codec.sealed(codec.flagged(payload, flags))

    def _has_event_before(self):
        """Whether an event stands in flight before the one just noted; a gap may."""
        for item in self._flight[: self._at - 1]:
            if item[5]:
                return True
        return False

    def ack(self, boot, seq, ecrc, now_ms):
        """An A: progress moves the window, the same again means that a frame got lost."""
        at = len(self._flight)
        while at:
            at -= 1
            item = self._flight[at]
            if item[1] == seq and item[0] == boot and item[2] == ecrc:
                self._progress(at + 1, item, now_ms)
                return
        if self._done == (boot, seq, ecrc) and self.retry_ms is not None:
            if now_ms - self._back_ms >= _BACK_MS:
                self._back_ms = now_ms
                self._go_back()

    def _progress(self, count, item, now_ms):
        self._done = item[:3]
        self._flight = self._flight[count:]
        self._at = max(0, self._at - count)
        self.journal.ack(item[0], item[1], item[4])
        self._wait_ms = _FIRST_WAIT_MS
        self.retry_ms = now_ms + _FIRST_WAIT_MS if self._flight else None

    def check(self, now_ms):
        """Go back when the host has been silent for too long, and be more patient next time."""
        if self.retry_ms is not None and now_ms >= self.retry_ms:
            self._wait_ms = min(2 * self._wait_ms, _LONGEST_WAIT_MS)
            self._go_back()

    def _go_back(self):
        self._at = 0
        self.retry_ms = None
