"""The host's bytes as frames: which lines count, which are damaged, what a frame may hold.

The link feeds it whatever arrived. Pure; knows the shape of each frame, not what it asks for.
"""

import json

from micropython import const

from unit import codec

_MAX_DEPTH = const(4)
_MAX_ID = const(9999)
_MAX_LINE = const(256)
# what follows the letter, host to unit: i whole number, s text, d object, * any plain value
_FIELDS = const(" S:iss A:sis T:i U:ii K:id N:is* R:is P:isis D:iis ")


class Parser:
    """Cuts bytes into frames. `bad` counts damaged frames, `text` the bytes outside of any."""

    def __init__(self):
        self.bad = 0
        self.text = 0
        self._line = b""  # from the last RS on; empty while the line has none

    def feed(self, data):
        """The frames that `data` completes, each a list; never raises, whatever the bytes."""
        frames = []
        pieces = data.split(b"\n")
        self._take(pieces[0])
        for piece in pieces[1:]:
            frame = self._end_line()
            if frame is not None:
                frames.append(frame)
            self._take(piece)
        return frames

    def _take(self, piece):
        at = piece.rfind(codec.RS)
        if at >= 0:
            self.text += len(self._line) + at
            self._line = piece[at:]
        elif self._line:
            self._line += piece
        else:
            self.text += len(piece)
        if len(self._line) > _MAX_LINE:
            self.bad += 1
            self._line = b""

    def _end_line(self):
        if not self._line:
            return None
        payload = codec.opened(self._line)
        self._line = b""
        frame = None if payload is None else _decoded(payload)
        if frame is None:
            self.bad += 1
        return frame


def _decoded(payload):
    """The host's frame as a list, or None when it is none of docs/protocol.md."""
    try:
        text = str(payload, "utf-8")
        frame = _plain(json.loads(text), _MAX_DEPTH)
    except ValueError:  # not UTF-8, not JSON, or not plain
        return None
    if len(text) == len(payload) and type(frame) is list and _is_known(frame):  # ASCII only
        return frame
    return None


def _is_known(frame):
    letter = frame[0] if frame else None
    at = _FIELDS.find(" %s:" % letter) if type(letter) is str else -1
    if at < 0 or len(letter) != 1:
        return False
    kinds = _FIELDS[at + 3 : _FIELDS.find(" ", at + 1)]
    if len(frame) != len(kinds) + 1:
        return False
    for i in range(len(kinds)):
        if not _is_of(kinds[i : i + 1], frame[i + 1]):
            return False
    return letter not in "TKNRPD" or frame[1] <= _MAX_ID


def _is_of(kind, field):
    if kind == "i":
        return type(field) is int and field >= 0
    if kind == "s":
        return type(field) is str
    return kind == "*" or type(field) is dict


def _plain(value, level):
    """`value` with its texts put right; ValueError for what no frame may hold."""
    kind = type(value)
    if kind is str:
        return _joined(value)
    if kind is int and -(2**63) <= value < 2**63:
        return value
    if level > 0 and kind is list:
        return [_plain(item, level - 1) for item in value]
    if level > 0 and kind is dict:
        return {_plain(str(key), 0): _plain(value[key], level - 1) for key in value}
    raise ValueError("not a plain value")


def _joined(text):
    """`text` with its surrogate pairs joined: MicroPython's json leaves the halves apart."""
    if len(text.encode()) == len(text):
        return text  # ASCII has none
    parts = []
    high = 0
    for i in range(len(text)):
        char = text[i : i + 1]  # text[i] would be interned for ever
        code = ord(char)
        if (0xDC00 <= code < 0xE000) != (high > 0):
            raise ValueError("half a character")
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        parts.append(chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00) if high else char)
        high = 0
    if high:
        raise ValueError("half a character")
    return "".join(parts)
