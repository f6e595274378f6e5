"""From a capture's chunks to what was said: frames of both directions, text, what became of the port.

Pure; the print-out and the replay go by it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deskunit import wire
from deskunit.captures.lines import Chunk, Direction
from deskunit.events import printable


@dataclass(frozen=True)
class PortNote:
    """The port was opened, closed, or bytes of it are missing here."""

    text: str


@dataclass(frozen=True)
class Item:
    """One thing that was said `ms` after the start."""

    ms: int
    direction: Direction
    what: wire.FromUnit | wire.ToUnit | wire.Text | PortNote


class Decoding:
    """Feeds each direction through its decoder; a port that was opened anew begins anew."""

    def __init__(self) -> None:
        self._unit = wire.Decoder()
        self._host = b""

    def feed(self, chunk: Chunk) -> Iterator[Item]:
        """What this chunk completes."""
        if chunk.direction == "<":
            for one in self._unit.feed(chunk.data):
                what = one.frame if isinstance(one, wire.Received) else one
                yield Item(chunk.ms, "<", what)
        elif chunk.direction == ">":
            *whole, self._host = (self._host + chunk.data).split(b"\n")
            for line in whole:
                yield Item(chunk.ms, ">", to_unit(line))
        else:
            yield from self.rest(chunk.ms)
            yield Item(chunk.ms, "!", PortNote(printable(chunk.data.decode("ascii", "replace"))))

    def rest(self, ms: int) -> Iterator[Item]:
        """What ends no line and never will."""
        tail, sent = self._unit.tail, self._host
        self._unit, self._host = wire.Decoder(), b""
        if tail:
            yield Item(ms, "<", _text(tail))
        if sent:
            yield Item(ms, ">", _text(sent))


def to_unit(line: bytes) -> wire.ToUnit | wire.Text:
    """A line that a host wrote, without its LF: a frame, or what it is instead."""
    _, rs, rest = line.rpartition(b"\x1e")
    payload, star, check = rest.rpartition(b"*")
    if not rs or not star or check != wire.crc(payload).encode():
        return _text(line)
    try:
        return wire.decode_for_unit(payload)
    except wire.Damaged:
        return _text(line)


def _text(raw: bytes) -> wire.Text:
    return wire.Text(printable(raw.decode("utf-8", "replace")).strip(), b"\x1e" in raw)


def items(chunks: Iterable[Chunk]) -> Iterator[Item]:
    """All that a capture says."""
    decoding = Decoding()
    ms = 0
    for chunk in chunks:
        ms = chunk.ms
        yield from decoding.feed(chunk)
    yield from decoding.rest(ms)
