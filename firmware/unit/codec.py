"""Frames as bytes: the unit's payloads in their fixed order, the seal around them, the crc.

Pure: no port, no clock. Link, parser and journal call it; the journal's files hold the same lines.
"""

import binascii
import gc

from micropython import const

VERSION = const(1)  # of the protocol
FRAMES = const(16)  # that the unit sends ahead of the host
_MAX_FRAME = const(240)  # bytes, unit to host
_HELD = const(3)  # boots that H names; the frame has no room for more
_MAX_PAYLOAD = const(_MAX_FRAME - 11)  # RS before, * crc LF after
RS = b"\x1e"
_ESCAPED = const('"\\\n\r\t\b\f')
_AS = const('"\\nrtbf')  # what stands for each of them, after a backslash


def crc(payload):
    """CRC-32 of the bytes as the eight hex digits of the wire."""
    return "%08x" % (binascii.crc32(payload) & 0xFFFFFFFF)


def encode(payload):
    """The frame around a payload, given as text."""
    return sealed(payload.encode())


def sealed(payload):
    """The frame around a payload, given as bytes."""
    return b"".join((RS, payload, b"*", crc(payload).encode(), b"\n"))


def opened(line):
    """The payload bytes of a line from its RS on, without LF; None when damaged."""
    line = line.rstrip(b"\r")
    payload = line[1:-9]
    if line[:1] == RS and line[-9:] == b"*" + crc(payload).encode():
        return payload
    return None


def array(fields, text=None):
    """A JSON array of `fields` (int, str, list) and, last, the JSON text `text`."""
    parts = [_value(field) for field in fields]
    if text is not None:
        parts.append(text)
    return "[" + ",".join(parts) + "]"


def body(pairs):
    """A JSON object of (key, value) pairs, in their order: dicts have none in MicroPython."""
    return "{%s}" % ",".join(['"%s":%s' % (key, _value(value)) for key, value in pairs])


def text_payload(fields, text):
    """Like array, with `text` last, cut to what one frame holds (L and r)."""
    room = _MAX_PAYLOAD - len(array(fields, '""').encode())
    return array(fields, _quote(_cut(text, room)))


def event_payload(flags, boot, seq, ms, kind, pairs):
    """The payload of an E frame; the longest texts of its body are cut to what one frame holds."""
    while True:
        text = array(("E", flags, boot, seq, ms, kind), body(pairs))
        over = len(text.encode()) - _MAX_PAYLOAD
        if over <= 0:
            return text
        pairs = _shorter(pairs, over)


def event_head(boot):
    """How every event of `boot` begins, flags 0, as bytes."""
    return ('["E",0,%s,' % _quote(boot)).encode()


def gap_payload(boot, first, last, why):
    """The payload (bytes) of an X frame: events first..last of `boot` are gone."""
    return array(("X", boot, first, last, why)).encode()


def record(line):
    """(boot, first, last, payload) of an E or X line (bytes) from its last RS on, None when damaged."""
    payload = opened(line[max(0, line.rfind(RS)) :])
    if payload is None:
        return None
    parts = payload.split(b",", 4)
    if parts[0] == b'["E"' and len(parts) == 5:
        return str(parts[2][1:-1], "utf-8"), int(parts[3]), int(parts[3]), payload
    if parts[0] == b'["X"' and len(parts) == 5:
        return str(parts[1][1:-1], "utf-8"), int(parts[2]), int(parts[3]), payload
    return None


def hello(who, boot, held, now_ms):
    """H; `who` (uid of the chip, firmware, reset cause, safe mode?), `held` [[boot, first, last]]."""
    uid, fw, reset_cause, safe = who
    named = min(len(held), _HELD)
    while True:
        about = [
            ("fw", fw),
            ("rst", reset_cause),
            ("up", now_ms),
            ("hold", held[:named]),
            ("win", FRAMES),
            ("max", _MAX_FRAME),
            ("cap", ("t", "x", "r", "p")),  # time answers, gaps, requests, packs
            ("safe", int(safe)),
        ]
        if len(held) > named:
            about.append(("more", len(held) - named))
        text = array(("H", VERSION, uid, boot), body(about))
        if len(text) <= _MAX_PAYLOAD or not named:
            return text
        named -= 1


def free_bytes():
    """Free heap, which takes a few ms to count on an ESP32."""
    return gc.mem_free()


def heartbeat(boot, top, now_ms, pairs):
    """h; `pairs` of its status in the order of docs/protocol.md."""
    return array(("h", boot, top, now_ms), body(pairs))


def flagged(event, flags):
    """The event payload (bytes) with other flags: one digit after `["E",`."""
    return b"".join((event[:5], str(flags).encode(), event[6:]))


def _value(value):
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_value(item) for item in value]) + "]"
    return str(int(value))


def _quote(text):
    # repr, too, leaves plain ASCII as it is: nearly every text, and it takes no loop to see it
    if repr(text) == "'" + text + "'" and '"' not in text and len(text) <= _MAX_FRAME:
        return '"' + text + '"'
    # no frame holds more characters than bytes: a long text costs no more heap than a frame
    return '"' + "".join([_escaped(char) for char in _characters(text[:_MAX_FRAME])]) + '"'


def _characters(text):
    """One str a character. To iterate over a str would intern each of them for ever."""
    return [text[i : i + 1] for i in range(len(text))]


def _escaped(char):
    code = ord(char)
    if code < 0x20 or char == '"' or char == "\\":
        at = _ESCAPED.find(char)
        return "\\u%04x" % code if at < 0 else "\\" + _AS[at]
    return "\ufffd" if 0xD800 <= code < 0xE000 else char  # half a character has no UTF-8


def _cut(text, room):
    """The longest start of `text` that takes `room` bytes of JSON."""
    for at, char in enumerate(_characters(text)):
        room -= len(_escaped(char).encode())
        if room < 0:
            return text[:at]
    return text


def _shorter(pairs, over):
    """`pairs` with the longest text cut by `over` bytes; ValueError when no text is left to cut."""
    sizes = [len(_quote(v).encode()) - 2 if isinstance(v, str) else 0 for _, v in pairs]
    size = max(sizes) if sizes else 0
    if size == 0:
        raise ValueError("event too long for a frame")
    key, value = pairs[sizes.index(size)]
    cut = (key, _cut(value, max(0, size - over)))
    return [cut if pair[0] == key else pair for pair in pairs]
