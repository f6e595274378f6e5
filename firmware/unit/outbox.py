"""Bytes on their way out: one frame at a time, whole across partial writes, never waiting.

Holds no queue: it asks the link for the next frame when the last one is written, so a stream that
accepts nothing makes nothing grow.
"""

from micropython import const

_STEP_BYTES = const(64)  # the ESP32's stdio spins while its FIFO is full


class Outbox:
    """`take(now_ms)` gives bytes, or None when there is nothing to say."""

    def __init__(self, stream, take):
        self.stream = stream
        self._take = take
        self._rest = b""

    @property
    def empty(self):
        """True when no frame is begun."""
        return not self._rest

    def write(self, now_ms):
        """Writes at most 64 bytes; True when there may be more to write."""
        room = _STEP_BYTES
        while room:
            if not self._rest:
                self._rest = self._take(now_ms)
                if not self._rest:
                    self._rest = b""
                    return False
            piece = self._rest[:room]
            accepted = self.stream.write(piece)
            self._rest = self._rest[accepted:]
            room -= accepted
            if accepted < len(piece):
                break
        return True
