"""The capture's text: a header line, then one line a chunk. Pure: text to values and back."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Literal

VERSION = 1
MAGIC = "deskunit-capture"
CHUNK_LIMIT_BYTES = 512  # the longest line of the link
Direction = Literal["<", ">", "!"]  # from the unit, to the unit, of the port itself
OPENED, CLOSED, LOST = b"opened", b"closed", b"bytes lost"  # what "!" says

_NAMED = {"\\": b"\\", "n": b"\n", "r": b"\r"}
_ESCAPED = {ord("\\"): "\\\\", 0x0A: "\\n", 0x0D: "\\r"}
_SHOWN = [_ESCAPED.get(n, chr(n) if 0x20 <= n < 0x7F else f"\\x{n:02x}") for n in range(256)]
_LINE = re.compile(r"(\d{1,15}) ([<>!]) ((?:[ -\[\]-~]|\\[\\nr]|\\x[0-9a-f]{2})*)")
_ESCAPE = re.compile(r"\\(?:x(..)|(.))")


class Malformed(Exception):
    """A line that no capture has; its text says why, in a key of the language files."""


@dataclass(frozen=True)
class Header:
    """Where and when a capture began; a chunk's ms counts from there. `uid` "": nobody known yet."""

    port: str
    utc_ms: int
    monotonic_ms: int
    uid: str = ""


@dataclass(frozen=True)
class Chunk:
    """Bytes that were complete `ms` after the start."""

    ms: int
    direction: Direction
    data: bytes


def header_line(header: Header) -> str:
    """The first line of a capture, without its end."""
    start = datetime.fromtimestamp(header.utc_ms / 1000, UTC)
    about = {
        "port": header.port,
        "utc": start.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "utc_ms": header.utc_ms,
        "monotonic_ms": header.monotonic_ms,
        "uid": header.uid,
    }
    return f"{MAGIC} {VERSION} {json.dumps(about)}"


def parse_header(line: str) -> Header:
    """Raises Malformed: capture_header, capture_version."""
    _, _, rest = line.partition(" ")
    version, _, text = rest.partition(" ")
    if version != str(VERSION):
        raise Malformed("capture_version" if version.isdigit() else "capture_header")
    try:
        about = json.loads(text)
        found = Header(about["port"], about["utc_ms"], about["monotonic_ms"], about["uid"])
        if (str, int, int, str) != tuple(map(type, astuple(found))):
            raise TypeError
    except (ValueError, LookupError, TypeError) as error:
        raise Malformed("capture_header") from error
    return found


def chunk_line(chunk: Chunk) -> str:
    """A chunk's line, without its end."""
    return f"{chunk.ms} {chunk.direction} {escaped(chunk.data)}"


def parse_chunk(line: str) -> Chunk:
    """Raises Malformed: capture_chunk."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise Malformed("capture_chunk")
    ms, mark, text = found.groups()
    return Chunk(int(ms), direction(mark), unescaped(text))


def direction(text: str) -> Direction:
    return "<" if text == "<" else ">" if text == ">" else "!"


def escaped(data: bytes) -> str:
    """Printable ASCII as it is, the rest as \\n, \\r, \\\\ or \\x1e."""
    return "".join(_SHOWN[byte] for byte in data)


def unescaped(text: str) -> bytes:
    parts: list[bytes] = []
    end = 0
    for found in _ESCAPE.finditer(text):
        code, name = found.groups()
        parts += [
            text[end : found.start()].encode(),
            bytes([int(code, 16)]) if code else _NAMED[name],
        ]
        end = found.end()
    return b"".join([*parts, text[end:].encode()])


class Joiner:
    """Makes lines of the wire out of the pieces that a port hands over, so that grep finds frames.

    A line belongs to the ms in which its last byte came: that is when a decoder would have it.
    """

    def __init__(self) -> None:
        self._unfinished: dict[Direction, bytearray] = defaultdict(bytearray)
        self._last_ms = 0

    def add(self, ms: int, direction: Direction, data: bytes) -> Iterator[Chunk]:
        """The chunks that these bytes complete."""
        self._last_ms = ms
        if direction == "!":
            yield from self.rest()
            yield Chunk(ms, "!", data)
            return
        held = self._unfinished[direction]
        for piece in _pieces(data):
            held += piece
            if piece.endswith(b"\n") or len(held) >= CHUNK_LIMIT_BYTES:
                yield Chunk(ms, direction, _emptied(held))

    def rest(self) -> Iterator[Chunk]:
        """What ends no line: a prompt, or a frame that was cut off."""
        for direction, held in self._unfinished.items():
            if held:
                yield Chunk(self._last_ms, direction, _emptied(held))


def _emptied(held: bytearray) -> bytes:
    data = bytes(held)
    held.clear()
    return data


def _pieces(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]{0,511}\n|[^\n]{1,512}", data)
