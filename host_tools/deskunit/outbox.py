"""What may go to a unit at this moment: the two rules that keep its stdin ring from overflowing.

At most 200 bytes in any 25 ms, and one unanswered request at a time. The session asks; time is an
argument.
"""

from collections import deque
from dataclasses import dataclass

from deskunit import wire

RING_BYTES = 200
RING_MS = 25
REPLY_WAIT_MS = 500


@dataclass(frozen=True)
class Asked:
    """The request that has no reply yet."""

    frame: wire.ToUnit
    request_id: int | None  # None: an S, answered by H
    sent_ms: int


class Outbox:
    """Paces the bytes and holds the one unanswered request."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, int]] = deque()
        self.next_id = 0  # 0–9999
        self.asked: Asked | None = None

    def room(self, now_ms: int) -> int:
        """Bytes that may go out now."""
        # A ms stamp stands for up to 1 ms: only what is more than 25 ms old surely is.
        while self._recent and now_ms - self._recent[0][0] > RING_MS:
            self._recent.popleft()
        return RING_BYTES - sum(size for _, size in self._recent)

    def wait_ms(self, size: int, now_ms: int) -> int:
        """How long from now until `size` bytes may go out; 0: now."""
        room, wait_ms = self.room(now_ms), 0
        for at_ms, gone in self._recent:
            if room >= size:
                break
            room += gone
            wait_ms = at_ms + RING_MS + 1 - now_ms
        return wait_ms

    def spend(self, size: int, now_ms: int) -> None:
        """`size` bytes go out now."""
        self._recent.append((now_ms, size))

    def ask(self, frame: wire.ToUnit, request_id: int | None, now_ms: int) -> None:
        """`frame` goes out now and waits for its reply."""
        if request_id is not None:
            self.next_id = (request_id + 1) % 10_000
        self.asked = Asked(frame, request_id, now_ms)

    def answered(self, request_id: int | None) -> Asked | None:
        """The request that this reply belongs to, no longer waiting; None for a stranger's."""
        asked = self.asked
        if asked is None or asked.request_id != request_id:
            return None
        self.asked = None
        return asked

    def expired(self, now_ms: int) -> Asked | None:
        """The request whose 500 ms are over, no longer waiting."""
        asked = self.asked
        if asked is None or now_ms - asked.sent_ms < REPLY_WAIT_MS:
            return None
        self.asked = None
        return asked
