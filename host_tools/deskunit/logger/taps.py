"""Copies of what passes on a port, for `deskunit capture`: the port stays with the logger.

The links' threads put in, the control socket's takes out. A tap that nobody asks for any more ends
by itself, and a full one loses bytes and says so: no capture can hold up or fill the logger.
"""

import secrets
import threading
from collections import deque
from dataclasses import dataclass, field

from deskunit import clock, port
from deskunit.errors import DeskunitError

HELD_BYTES = 1_000_000
ANSWER_BYTES = 6_000  # and one read more: escaped and in JSON below the socket's 64 KB
ANSWER_PIECES = 300
FORGOTTEN_MS = 15_000
Piece = tuple[int, str, bytes]


@dataclass
class Tap:
    """One capture of one port."""

    address: str
    asked_ms: int
    pieces: deque[Piece] = field(default_factory=deque)
    held_bytes: int = 0

    def put(self, piece: Piece) -> None:
        if self.held_bytes + len(piece[2]) > HELD_BYTES:
            if self.pieces[-1][1:] != ("!", b"bytes lost"):
                self.pieces.append((piece[0], "!", b"bytes lost"))
            return
        self.pieces.append(piece)
        self.held_bytes += len(piece[2])

    def take(self) -> list[Piece]:
        taken: list[Piece] = []
        size = 0
        while self.pieces and len(taken) < ANSWER_PIECES and size < ANSWER_BYTES:
            taken.append(self.pieces.popleft())
            size += len(taken[-1][2])
        self.held_bytes -= size
        return taken


class Taps:
    """All captures that run, by token."""

    def __init__(self) -> None:
        self._taps: dict[str, Tap] = {}
        self._lock = threading.Lock()

    def open_port(self, address: str) -> port.Port:
        """As `port.open_port`, with the taps on what passes."""
        opened = port.open_port(address)
        opened.on_bytes = lambda direction, data: self._put(address, direction, data)
        self._put(address, "!", b"opened")
        return opened

    def start(self, address: str) -> str:
        """Begin to keep what passes; the token asks for it."""
        token = secrets.token_hex(8)
        with self._lock:
            self._taps[token] = Tap(address, clock.now_ms())
        return token

    def more(self, token: str) -> tuple[list[Piece], bool]:
        """What has passed since, and whether there is more. DeskunitError: capture_forgotten."""
        with self._lock:
            tap = self._taps.get(token)
            if tap is None:
                raise DeskunitError("capture_forgotten")
            tap.asked_ms = clock.now_ms()
            return tap.take(), bool(tap.pieces)

    def stop(self, token: str) -> None:
        with self._lock:
            self._taps.pop(token, None)

    def _put(self, address: str, direction: str, data: bytes) -> None:
        if not self._taps:
            return
        now_ms = clock.now_ms()
        with self._lock:
            for token, tap in list(self._taps.items()):
                if now_ms - tap.asked_ms > FORGOTTEN_MS:
                    del self._taps[token]
                elif tap.address == address:
                    tap.put((now_ms, direction, data))
