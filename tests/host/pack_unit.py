"""A unit's end of the cable that takes a pack: a sibling of firmware/unit/incoming.py, in bytes."""

import base64
import binascii
from typing import Any

from byte_unit import ByteUnit, hello
from deskunit.packs import Pack, checked_pack
from deskunit.scripts.encoding import encode


def a_pack(language: str = "zh", size: int = 2000, version: str = "1.0") -> Pack:
    """A sound pack of about `size` bytes whose content is all of base64's letters."""
    filler = binascii.hexlify(bytes(range(256))).decode() * (size // 512 + 1)
    texts = {"library": f"Test\n{version}\nhotline\n", "filler": filler[: max(0, size - 150)]}
    return checked_pack(encode(language, [], [], texts), "test")


class PackUnit(ByteUnit):
    """`busy`: so many D are answered without a step forward. `has`: what a restart left in flash."""

    def __init__(self, has: bytes = b"") -> None:
        super().__init__()
        self.cap = ("t", "p")
        self.got = bytearray(has)
        self.size: int | None = None
        self.busy = 0
        self.word: tuple[int, str] | None = None

    def restart(self, boot: str = "42-00000001") -> None:
        """RAM is gone; the cable may have been pulled meanwhile."""
        self.size = None
        self.say(hello(boot, cap=self.cap))

    def take(self, payload: list[Any]) -> tuple[int, str]:
        if self.word is not None:
            return self.word
        if payload[0] == "P":
            self.size = payload[3]
        elif self.size is None:
            return 0, "announce it first"
        elif self.busy:
            self.busy -= 1
        elif payload[2] == len(self.got):
            self.got += base64.b64decode(payload[3].replace("-", "C"))
        return 1, str(len(self.got))


def ready(has: bytes = b"") -> PackUnit:
    """In a session, its context told."""
    desk = PackUnit(has)
    desk.say(hello(cap=desk.cap))
    desk.wait(500)
    return desk
