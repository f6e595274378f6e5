"""What a unit tells, as the host keeps it: events, known by (uid, boot, seq), and what is lost of them.

Made by the session from E and X frames or by the store from a stored line. Knows no port, no database.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

Key = tuple[str, str, int]
BootKey = tuple[str, str]
Acks = Mapping[BootKey, tuple[int, str]]  # (uid, boot) → seq and ecrc that an A may name


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event. `line`: the payload of its E frame with flags 0, exactly as the unit wrote it.

    A struct, as millions are read at once; what is in it never leads back to it, so gc need not look.
    """

    uid: str
    boot: str
    seq: int
    ms: int  # the unit's own milliseconds since its boot
    kind: str
    body: Mapping[str, Any]  # texts without control characters, whatever the line holds
    line: str
    oldest: bool = False  # flag 1: the unit holds no older event of this boot

    @property
    def key(self) -> Key:
        return self.uid, self.boot, self.seq

    @property
    def ecrc(self) -> str:
        """What an A frame must quote to acknowledge this event."""
        return ecrc(self.line)


class Lost(msgspec.Struct, frozen=True, gc=False):
    """A unit's word that it has first..last of a boot no more. `line`: the payload of its X frame."""

    uid: str
    boot: str
    first: int
    last: int
    why: str
    line: str
    oldest: bool = False  # the unit holds nothing older of this boot

    @property
    def seq(self) -> int:
        """What an A frame names."""
        return self.last

    @property
    def ecrc(self) -> str:
        return ecrc(self.line)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its UTC instant, as the store places it; the instant is wrong by at most the error."""

    event: Event
    utc_ms: int
    time_error_ms: int = 0
    time_quality: str = "synced"


Record = Event | Lost


def ecrc(line: str) -> str:
    """CRC-32 of an X payload, or of an E payload with flags 0, as 8 lower-case hex digits."""
    return f"{zlib.crc32(line.encode()):08x}"


def from_line(uid: str, line: str) -> Event:
    """The event that a stored line tells."""
    _, _, boot, seq, ms, kind, body = _payload.decode(line)
    return Event(uid, boot, seq, ms, kind, body if _is_plain(line) else plain(body), line)


class Told(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a stored line says: as much of an Event as the reducer of intervals asks for."""

    letter: str
    flags: int
    boot: str
    seq: int
    ms: int
    kind: str
    body: dict[str, Any]


def from_lines(lines: Sequence[str]) -> list[Told]:
    """What stored lines say, many at once: a sixth of the time of from_line."""
    text = f"[{','.join(lines)}]"
    told = _many.decode(text)
    if _is_plain(text):
        return told
    return [msgspec.structs.replace(one, body=plain(one.body)) for one in told]


def _is_plain(text: str) -> bool:
    """Whether no text in this JSON needs `plain`: only an escape brings in what the line does not show."""
    return text.isprintable() and "\\" not in text


_payload: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_many: msgspec.json.Decoder[list[Told]] = msgspec.json.Decoder(list[Told])


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """`body` with its texts as a terminal, a page or a cell may show them."""
    return {
        key: printable(value) if isinstance(value, str) else value for key, value in body.items()
    }


def printable(text: str) -> str:
    """`text` without what a terminal would obey: control and invisible formatting characters."""
    return "".join(char if char.isprintable() else " " for char in text)
