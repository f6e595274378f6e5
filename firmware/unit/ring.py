"""The newest events in RAM, in memory that is taken once at the start: lines under their seq.

The journal puts them in, sends them from here and drops them; it alone knows what is safe elsewhere.
A line is kept without its head, and each frequent piece of it as one byte that no JSON text holds.
"""

from array import array

from micropython import const

from unit import codec

_EVENTS = const(256)
_BYTES = const(7936)  # 31 bytes an event; those of a shift take 30 on average
# byte 1 stands for the first, 2 for the second …; as a tuple they would take twice the heap
_PIECES = (
    b'"st",{"to":"|","by":"btn"|,"ag":"|","call":|,"hold":|"remind",{"hold":|"refused",{"b":"'
    b'|","g":"tap","st":"|"step",{"call":|,"sc":|","s":"|"greeting'
)


class Ring:
    """Holds `first`..`top`; empty when first is beyond top."""

    def __init__(self, boot, max_events=_EVENTS, max_bytes=_BYTES):
        self.first = 1
        self.top = 0
        self.max_events = max_events
        self.room = max_bytes
        self._size = max_bytes
        self._head = codec.event_head(boot)
        self._bytes = memoryview(bytearray(max_bytes))
        # where the line of a seq ends and the next begins; one more than events, for the first's start
        self._ends = array("H", [0] * (max_events + 1))

    def put(self, line):
        """Keep the payload of event `top` + 1; False, and nothing done, when one must go first."""
        tail = line[len(self._head) :]
        for at, piece in enumerate(_PIECES.split(b"|")):
            tail = tail.replace(piece, bytes((at + 1,)))
        if self.top - self.first + 1 >= self.max_events or len(tail) > self.room:
            return False
        start = self._end(self.top)
        before_wrap = min(len(tail), self._size - start)
        self._bytes[start : start + before_wrap] = tail[:before_wrap]
        self._bytes[: len(tail) - before_wrap] = tail[before_wrap:]
        self.top += 1
        self._ends[self.top % len(self._ends)] = (start + len(tail)) % self._size
        self.room -= len(tail)
        return True

    def line(self, seq):
        """The payload of event `seq` with flags 0, as bytes. IndexError when it is not held."""
        if not self.first <= seq <= self.top:
            raise IndexError("event not held")
        start = self._end(seq - 1)
        end = self._end(seq)
        tail = bytes(self._bytes[start : end if start < end else self._size])
        if start >= end:
            tail += self._bytes[:end]
        for at, piece in enumerate(_PIECES.split(b"|")):
            tail = tail.replace(bytes((at + 1,)), piece)
        return self._head + tail

    def drop(self):
        """Forget the oldest."""
        self.room += (self._end(self.first) - self._end(self.first - 1)) % self._size
        self.first += 1

    def _end(self, seq):
        return self._ends[seq % len(self._ends)]
