"""A unit's end of the cable made of bytes: it answers what a host writes, in virtual time.

Sibling of the real unit for tests of the host's side alone: what it says is written out frame by frame.
"""

import json
import zlib
from typing import Any

from deskunit.effects import Effect
from deskunit.session import Session

UID = "a4cf12b3d0e8"
BOOT = "41-9f3c77e1"
UTC_MS = 1_790_000_000_000


def frame(*payload: object) -> bytes:
    raw = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return b"\x1e%s*%08x\n" % (raw, zlib.crc32(raw))


def hello(
    boot: str = BOOT,
    up: int = 1840,
    version: int = 1,
    uid: str = UID,
    more: int = 0,
    cap: tuple[str, ...] = ("t",),
) -> bytes:
    about = {"fw": "0.1.0", "rst": "PWRON", "up": up, "hold": [[boot, 1, 3]]}
    about |= {"win": 16, "max": 240, "cap": list(cap), "safe": 0}
    about |= {"more": more} if more else {}
    return frame("H", version, uid, boot, about)


def event(seq: int, boot: str = BOOT, flags: int = 0, kind: str = "more") -> bytes:
    return frame("E", flags, boot, seq, 1000 + seq, kind, {"call": 1, "s": 30})


class ByteUnit:
    """A unit's end of the cable: answers what the host asks, and keeps all that the host wrote."""

    def __init__(self, ahead_ms: int = 0, uid: str = UID) -> None:
        self.uid = uid
        self.session = Session("pc-test", lambda: "5be0c211")
        self.now_ms = 1_000_000
        self.ahead_ms = ahead_ms  # unit clock minus host clock, beside the start
        self.delay_ms = 2
        self.set_by_ms = 0  # what the host's UTC was moved by
        self.effects: list[Effect] = []
        self.written: list[tuple[int, list[Any]]] = []
        self.sizes: list[tuple[int, int]] = []
        self.version = 1
        self.cap: tuple[str, ...] = ("t",)
        self.deaf: set[str] = set()
        self.refuses: set[str] = set()

    @property
    def unit_ms(self) -> int:
        return self.now_ms - 1_000_000 + self.ahead_ms

    @property
    def utc_ms(self) -> int:
        return UTC_MS + self.now_ms + self.set_by_ms

    def say(self, data: bytes) -> None:
        self.effects += self.session.receive(data, self.utc_ms, self.now_ms)
        self.pump()

    def pump(self) -> None:
        while data := self.session.outgoing(self.utc_ms, self.now_ms):
            self.sizes.append((self.now_ms, len(data)))
            for line in data.decode("ascii").split("\n")[:-1]:
                payload = json.loads(line[1:-9])
                self.written.append((self.now_ms, payload))
                self.answer(payload)

    def answer(self, payload: list[Any]) -> None:
        tag = payload[0]
        if tag in self.deaf or tag in "AU":
            return
        self.now_ms += self.delay_ms
        if tag == "S":
            boot = self.session.boot or BOOT
            reply = hello(boot, self.unit_ms, version=self.version, uid=self.uid, cap=self.cap)
        elif tag == "T":
            reply = frame("t", payload[1], self.unit_ms, self.unit_ms)
        elif tag in "PD":
            reply = frame("r", payload[1], *self.take(payload))
        else:
            named = payload[2] if tag == "N" else tag
            reply = frame("r", payload[1], int(named not in self.refuses), "")
        self.now_ms += self.delay_ms
        self.effects += self.session.receive(reply, self.utc_ms, self.now_ms)

    def take(self, payload: list[Any]) -> tuple[int, str]:
        """A unit with the cap "p" says what becomes of a P or D."""
        raise NotImplementedError

    def wait(self, until_ms: int) -> None:
        end_ms = self.now_ms + until_ms
        self.pump()
        while self.now_ms < end_ms:
            self.now_ms = min(end_ms, self.now_ms + self.session.wake_ms(self.now_ms))
            self.effects += self.session.tick(self.utc_ms, self.now_ms)
            self.pump()

    def of(self, kind: type[Effect]) -> list[Any]:
        return [one for one in self.effects if isinstance(one, kind)]

    def frames(self, tag: str) -> list[list[Any]]:
        return [payload for _, payload in self.written if payload[0] == tag]


def opened(**values: Any) -> ByteUnit:
    desk = ByteUnit(**values)
    desk.say(hello(uid=desk.uid))
    desk.wait(500)
    return desk
