"""Frames of the link (docs/protocol.md) as values: bytes to frames and back, pure.

The session and the tests call it; it knows no port, thread, clock or database.
"""

import re
import zlib
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from deskunit.events import printable

RS = 0x1E
LF = 0x0A
LINE_LIMIT_BYTES = 512
FRAME_LIMIT_BYTES = 120  # host → unit; the unit's stdin ring holds 259
PROTOCOL_MAJOR = 1

# 34 years since boot: with it every instant that follows from a unit's word has a date.
Ms = Annotated[int, Meta(ge=0, le=2**40 - 1)]
# A JSON number of the unit stays exact in SQLite, in JavaScript and in a float.
_EXACT = 2**53 - 1
Int = Annotated[int, Meta(ge=-_EXACT, le=_EXACT)]
Count = Annotated[int, Meta(ge=0, le=_EXACT)]
Seq = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Top = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Uid = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}\Z")]
Boot = Annotated[str, Meta(pattern=r"^[0-9]{1,10}-[0-9a-f]{8}\Z")]
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,15}\Z")]
Short = Annotated[str, Meta(max_length=240)]
RequestId = Annotated[int, Meta(ge=0, le=9999)]
Scalar = Int | float | Short | bool | None
# Values are at most lists of scalars: with the frame's array and the body that is depth 3 of 4.
Body = dict[Short, Scalar | list[Scalar]]


class About(Struct, frozen=True, omit_defaults=True):
    """What a unit says of itself in H. `hold`: [boot, first, last] of what it holds."""

    fw: Short
    rst: Short
    up: Ms
    hold: list[tuple[Boot, Seq, Seq]]
    win: Count
    max: Count
    cap: list[Short]
    safe: Count
    more: Count = 0


class Status(Struct, frozen=True):
    """The heartbeat's figures; what an older unit leaves out is 0."""

    st: Word
    q: Count = 0
    bad: Count = 0
    mem: Count = 0
    jr: Count = 0
    re: Count = 0


class Hello(Struct, frozen=True, array_like=True, tag="H"):
    version: Count
    uid: Uid
    boot: Boot
    about: About


class EventFrame(Struct, frozen=True, array_like=True, tag="E"):
    flags: Annotated[int, Meta(ge=0, le=255)]
    boot: Boot
    seq: Seq
    ms: Ms
    kind: Word
    body: Body


class Gap(Struct, frozen=True, array_like=True, tag="X"):
    boot: Boot
    first: Seq
    last: Seq
    why: Short

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a gap that ends before it begins")


class TimeAnswer(Struct, frozen=True, array_like=True, tag="t"):
    id: RequestId
    received_ms: Ms
    sent_ms: Ms


class Heartbeat(Struct, frozen=True, array_like=True, tag="h"):
    boot: Boot
    top_seq: Top
    ms: Ms
    status: Status


class Reply(Struct, frozen=True, array_like=True, tag="r"):
    id: RequestId
    ok: Annotated[int, Meta(ge=0, le=1)]
    text: Short


class LogText(Struct, frozen=True, array_like=True, tag="L"):
    level: Annotated[int, Meta(ge=0, le=3)]
    text: Short


class Open(Struct, frozen=True, array_like=True, tag="S"):
    version: int
    session: str
    host: str


class Ack(Struct, frozen=True, array_like=True, tag="A"):
    boot: str
    seq: int
    ecrc: str


class Probe(Struct, frozen=True, array_like=True, tag="T"):
    id: int


class WallClock(Struct, frozen=True, array_like=True, tag="U"):
    utc_ms: int
    quality: int


class Settings(Struct, frozen=True, array_like=True, tag="K"):
    id: int
    settings: dict[str, int]


class Variable(Struct, frozen=True, array_like=True, tag="N"):
    id: int
    name: str
    value: Any


class Request(Struct, frozen=True, array_like=True, tag="R"):
    id: int
    what: str


class Announcement(Struct, frozen=True, array_like=True, tag="P"):
    id: int
    language: str
    size: int
    crc: str


class Piece(Struct, frozen=True, array_like=True, tag="D"):
    """`data`: base64 of the pack's bytes from `offset` on, "-" for the letter C."""

    id: int
    offset: int
    data: str


FromUnit = Hello | EventFrame | Gap | TimeAnswer | Heartbeat | Reply | LogText
ToUnit = Open | Ack | Probe | WallClock | Settings | Variable | Request | Announcement | Piece
_from_unit: msgspec.json.Decoder[FromUnit] = msgspec.json.Decoder(FromUnit)
_to_unit: msgspec.json.Decoder[ToUnit] = msgspec.json.Decoder(ToUnit)


class Received(NamedTuple):
    """A good frame and its payload as it stood on the wire."""

    frame: FromUnit
    payload: str


class Text(NamedTuple):
    """A line that is no frame, without control characters; `damaged`: it set out to be one."""

    text: str
    damaged: bool


class Damaged(Exception):
    """A payload that is not a frame of this protocol."""


def crc(payload: bytes) -> str:
    """CRC-32 (zlib's) of `payload` as 8 lower-case hex digits."""
    return f"{zlib.crc32(payload):08x}"


def framed(payload: bytes) -> bytes:
    """`payload` as it stands on the wire: RS payload * crc LF."""
    return b"\x1e" + payload + b"*" + crc(payload).encode() + b"\n"


def encode(frame: ToUnit) -> bytes:
    """A frame for the unit, ASCII, without # and C in the payload. ValueError over 120 bytes."""
    text = msgspec.json.encode(frame).decode()
    data = framed("".join(map(_plain, text)).encode("ascii"))
    if len(data) > FRAME_LIMIT_BYTES:
        raise ValueError(f"frame of {len(data)} bytes, the unit takes {FRAME_LIMIT_BYTES}")
    return data


def _plain(char: str) -> str:
    # One flipped bit makes # and C 0x03, which interrupts the unit's program.
    if char.isascii() and char not in "#C\x7f":
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def decode_for_unit(payload: bytes) -> ToUnit:
    """What a unit would read from a host's payload. Raises Damaged."""
    try:
        return _to_unit.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Damaged(str(error)) from error


def decode(payload: bytes) -> FromUnit:
    """A unit's payload as a frame, types and ranges checked. Raises Damaged."""
    try:
        return _from_unit.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Damaged(str(error)) from error


_LINE = re.compile(rb"[^\n]{0,512}\n|[^\n]{1,512}")  # bounded pieces: a flood never piles up
_EVENT_START = re.compile(r'^\["E",\d{1,3},')


def event_line(payload: str) -> str:
    """The payload of an E with flags 0: what is stored and acknowledged. Raises Damaged."""
    line, found = _EVENT_START.subn('["E",0,', payload)
    if not found:
        raise Damaged("an E frame in another form than the unit writes")
    return line


class Decoder:
    """Cuts a byte stream into frames and text lines; never raises, whatever comes."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.frames = 0
        self.bad = 0
        self.text_bytes = 0

    @property
    def tail(self) -> bytes:
        """The bytes since the last line end: a REPL prompt has none."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> list[Received | Text]:
        """All that `data` completes, in the order of the wire."""
        found: list[Received | Text] = []
        for piece in _LINE.findall(data):
            self._buffer += piece
            if piece.endswith(b"\n"):
                self._line(found)
            elif len(self._buffer) > LINE_LIMIT_BYTES:
                self._overflow(found)
        return found

    def _line(self, found: list[Received | Text]) -> None:
        line = bytes(self._buffer).rstrip(b"\r\n")
        self._buffer.clear()
        before, rs, after = line.rpartition(b"\x1e")
        if not rs or len(after) > LINE_LIMIT_BYTES:
            self._text(line, found, damaged=bool(rs))
            return
        if before:
            self._text(before, found, damaged=b"\x1e" in before)
        try:
            found.append(self._frame(after))
            self.frames += 1
        except Damaged:
            self._text(after, found, damaged=True)

    def _frame(self, line: bytes) -> Received:
        payload, star, check = line.rpartition(b"*")
        if not star or check != crc(payload).encode():
            raise Damaged("crc")
        try:
            text = payload.decode()  # what the decoder skips may still be no UTF-8
        except UnicodeDecodeError as error:
            raise Damaged("not UTF-8") from error
        frame = decode(payload)
        if isinstance(frame, EventFrame):
            event_line(text)
        return Received(frame, text)

    def _overflow(self, found: list[Received | Text]) -> None:
        start = self._buffer.rfind(b"\x1e")
        cut = start if start > 0 and len(self._buffer) - start <= LINE_LIMIT_BYTES else None
        self._text(bytes(self._buffer[:cut]), found, damaged=b"\x1e" in self._buffer[:cut])
        del self._buffer[:cut]

    def _text(self, raw: bytes, found: list[Received | Text], *, damaged: bool) -> None:
        self.text_bytes += len(raw)
        self.bad += damaged
        text = printable(raw.decode("utf-8", "replace")).strip()
        if text or damaged:
            found.append(Text(text, damaged))
