"""One pack on its way to one unit: what to send next, and what the unit's answers mean. Pure.

The session asks it between everything else and tells it each answer. It outlives a pulled cable and the
unit's restarts: each session begins with an announcement, and the unit says from where on it wants more.
"""

import base64
import re
from typing import Any

from deskunit import wire
from deskunit.effects import Effect, PackEnded, PackMoved
from deskunit.errors import DeskunitError
from deskunit.packs import Pack

PIECE_BYTES = 66  # base64 makes 88 of them: a frame of 120 bytes with the longest id and offset
FIRST_WAIT_MS = 20
LONGEST_WAIT_MS = 400
TRIES = 150  # a minute of a finger on a button, or of noise
NOT_ANNOUNCED = "announce it first"  # the unit restarted, or gave the block's RAM back
Sending = wire.Announcement | wire.Piece

_REFUSALS = {
    "push_no_room": re.compile(r"no room: (?P<need>\d+) KB needed, (?P<free>\d+) KB free"),
    "push_format": re.compile(r"format (?P<found>\d+), this firmware reads (?P<known>\d+)"),
    "push_language": re.compile(r"no language of this unit: (?P<found>.*)"),
    "push_flash": re.compile(r"flash refused: (?P<why>.*)|damaged on flash, twice"),
}


class Transfer:
    """`offset`: what the unit has, as far as it said."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.offset = 0
        self.ended = False
        self._announced = False
        self._tries = 0
        self._wait_ms = FIRST_WAIT_MS
        self._due_ms: int | None = None  # not before

    def begin(self) -> None:
        """A new session."""
        self._announced = False
        self._due_ms = None

    def wake_ms(self, now_ms: int) -> int | None:
        """How long `next` has nothing to send; None: it never will."""
        if self.ended:
            return None
        return max(0, self._due_ms - now_ms) if self._due_ms is not None else 0

    def next(self, request_id: int, now_ms: int) -> Sending | None:
        """The frame to send now."""
        if self.wake_ms(now_ms) != 0:
            return None
        pack = self.pack
        if not self._announced:
            return wire.Announcement(request_id, pack.language, pack.size, pack.crc)
        data = pack.data[self.offset : self.offset + PIECE_BYTES]
        return wire.Piece(request_id, self.offset, coded(data))

    def told(self, frame: Sending, reply: wire.Reply, now_ms: int) -> list[Effect]:
        """The unit's answer to `frame`."""
        if self.ended:
            return []
        if not reply.ok:
            return self._refused(reply.text, now_ms)
        if not reply.text.isdecimal() or int(reply.text) > self.pack.size:
            return self._stalled(now_ms)
        self._announced = True
        before, self.offset = self.offset, int(reply.text)
        if self.offset == self.pack.size:
            return self._end(None)
        if self.offset == before and isinstance(frame, wire.Piece):
            return self._stalled(now_ms)
        if self.offset > before:
            self._tries, self._wait_ms = 0, FIRST_WAIT_MS
        self._due_ms = None
        return [PackMoved(self.pack, self.offset)]

    def unanswered(self, now_ms: int) -> list[Effect]:
        """No reply within its time: frame or answer were damaged, or flash is long at work."""
        return [] if self.ended else self._stalled(now_ms)

    def give_up(self, error: DeskunitError) -> list[Effect]:
        """It cannot be sent to this unit."""
        return [] if self.ended else self._end(error)

    def _refused(self, text: str, now_ms: int) -> list[Effect]:
        if text == NOT_ANNOUNCED:
            self._announced = False
            return self._stalled(now_ms)
        return self._end(refusal(text))

    def _stalled(self, now_ms: int) -> list[Effect]:
        self._tries += 1
        if self._tries >= TRIES:
            return self._end(DeskunitError("push_stalled"))
        self._due_ms = now_ms + self._wait_ms
        self._wait_ms = min(2 * self._wait_ms, LONGEST_WAIT_MS)
        return []

    def _end(self, error: DeskunitError | None) -> list[Effect]:
        self.ended = True
        return [PackEnded(self.pack, error)]


def coded(data: bytes) -> str:
    """base64 without the letter C, whose flipped bit is Ctrl-C."""
    return base64.b64encode(data).decode("ascii").replace("C", "-")


def refusal(text: str) -> DeskunitError:
    """The unit's reason in the words of the user."""
    for key, form in _REFUSALS.items():
        if found := form.fullmatch(text):
            named = {name: value for name, value in found.groupdict().items() if value}
            values: dict[str, Any] = {"why": text, **named}
            return DeskunitError(key, **values)
    return DeskunitError("push_refused", why=text)
