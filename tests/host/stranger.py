"""A stranger's USB device at a pseudo-terminal: passes for a desk unit and says whatever it likes.

It answers what a host asks, so that a session opens, with hostile words in every answer.
"""

import json
import os
import select
import threading
import tty
import zlib
from typing import Any

from byte_unit import frame

# What no terminal, page, cell or log line may get: controls, C1 controls, marks that turn the text.
NASTY = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m\r\n\x00\x7f\u202e\u2066\ufeff=1+1<script>alert(1)</script>\"'"
)
FORBIDDEN = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} | set("\u202e\u2066\ufeff")


def raw_frame(payload: bytes) -> bytes:
    """A payload as it is, its check right."""
    return b"\x1e%s*%08x\n" % (payload, zlib.crc32(payload))


def forbidden(text: str, allowed: str = "\n") -> set[str]:
    """What of it must not be there."""
    return {char for char in text if char in FORBIDDEN} - set(allowed)


HELLO_S = 0.1


class Stranger:
    """`address` is the port that the host opens; `say` writes to it."""

    def __init__(self, uid: str, boot: str, hold: list[Any]) -> None:
        about = {"fw": NASTY, "rst": NASTY[:20], "up": 5, "hold": hold, "win": 16}
        about |= {"max": 240, "cap": [NASTY[:5]], "safe": 0}
        self.hello = frame("H", 1, uid, boot, about)
        self._own_end, self._hosts_end = os.openpty()
        tty.setraw(self._hosts_end)
        self.address = os.ttyname(self._hosts_end)
        self.heard: list[list[Any]] = []
        self.is_open = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def say(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._own_end, data) :]

    def close(self) -> None:
        self._ended.set()
        self._thread.join(5)
        os.close(self._own_end)
        os.close(self._hosts_end)

    def _serve(self) -> None:
        waiting = b""
        while not self._ended.is_set():
            readable, _, _ = select.select([self._own_end], [], [], HELLO_S)
            if readable:
                waiting += os.read(self._own_end, 4096)
            elif not self.is_open.is_set():
                self.say(NASTY.encode() + b"\n\xff\xfe\x80\n" + self.hello)
            *lines, waiting = waiting.split(b"\n")
            for line in lines:
                self._answer(json.loads(line[1:-9]))

    def _answer(self, asked: list[Any]) -> None:
        self.heard.append(asked)
        if asked[0] == "S":
            self.say(self.hello)
            self.is_open.set()
        elif asked[0] == "T":
            self.say(frame("t", asked[1], 7, 7))
        elif asked[0] in "KNR":
            self.say(frame("r", asked[1], 0, NASTY))
