"""A capture for eyes: one line a frame, with its time, its direction and what it means."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from deskunit import wire
from deskunit.captures.decoding import Item, PortNote
from deskunit.events import printable
from deskunit.exports.times import utc_text

Word = Callable[..., str]


def printed(item: Item, word: Word) -> str:
    """`word(key, **values)` gives the sentence in the reader's language."""
    tag, meaning = _said(item.what, word)
    return f"{item.ms / 1000:10.3f} {item.direction} {tag} {meaning}".rstrip()


def as_json_line(item: Item) -> str:
    """The same for programs: a frame as its payload, a text as text."""
    what = item.what
    said: dict[str, Any] = {"ms": item.ms, "direction": item.direction}
    if isinstance(what, wire.Text):
        said |= {"text": what.text, "damaged": what.damaged}
    else:
        said |= {"port": what.text} if isinstance(what, PortNote) else {"frame": what}
    return msgspec.json.encode(said).decode()


def _said(what: object, word: Word) -> tuple[str, str]:
    if isinstance(what, wire.Text):
        return ("?", word("frame_damaged", text=what.text)) if what.damaged else (" ", what.text)
    if isinstance(what, PortNote):
        notes = {"opened": "port_opened", "closed": "port_closed", "bytes lost": "port_lost"}
        return " ", word(notes[what.text]) if what.text in notes else what.text
    key, values = _from_unit(what, word) or _to_unit(what)
    return type(what).__struct_config__.tag, _plain(word(key, **values))  # type: ignore[attr-defined]


def _from_unit(what: object, word: Word) -> tuple[str, dict[str, Any]] | None:
    if isinstance(what, wire.Hello):
        return "frame_hello", {
            "uid": what.uid, "boot": what.boot, "version": what.version, "fw": what.about.fw,
            "rst": what.about.rst, "up": _s(what.about.up), "hold": _held(what.about),
        }  # fmt: skip
    if isinstance(what, wire.EventFrame):
        marks = [
            word(key) for bit, key in ((1, "frame_oldest"), (2, "frame_again")) if what.flags & bit
        ]
        return "frame_event", {
            "boot": what.boot, "seq": what.seq, "at": _s(what.ms), "kind": what.kind,
            "body": _pairs(what.body), "marks": " ".join(marks),
        }  # fmt: skip
    if isinstance(what, wire.Gap):
        values = {"boot": what.boot, "first": what.first, "last": what.last, "why": what.why}
        return "frame_gap", values
    if isinstance(what, wire.TimeAnswer):
        return "frame_time", {"id": what.id, "at": _s(what.received_ms)}
    if isinstance(what, wire.Heartbeat):
        status = what.status
        counts = {"waiting": status.q, "journal": status.jr, "bad": status.bad}
        about = {"boot": what.boot, "seq": what.top_seq, "at": _s(what.ms)}
        return "frame_heartbeat", {**about, "state": status.st, **counts}
    if isinstance(what, wire.Reply):
        key = "frame_done" if what.ok else "frame_refused"
        return key, {"id": what.id, "text": what.text}
    if isinstance(what, wire.LogText):
        return "frame_log", {"level": what.level, "text": what.text}
    return None


def _to_unit(what: object) -> tuple[str, dict[str, Any]]:
    if isinstance(what, wire.Open):
        return "frame_open", {"session": what.session, "host": what.host}
    if isinstance(what, wire.Ack):
        return "frame_ack", {"boot": what.boot, "seq": what.seq, "ecrc": what.ecrc}
    if isinstance(what, wire.Probe):
        return "frame_probe", {"id": what.id}
    if isinstance(what, wire.WallClock):
        return "frame_clock", {"utc": _utc(what.utc_ms), "quality": what.quality}
    if isinstance(what, wire.Settings):
        return "frame_settings", {"id": what.id, "settings": _pairs(what.settings)}
    if isinstance(what, wire.Variable):
        return "frame_variable", {"id": what.id, "name": what.name, "value": _value(what.value)}
    if isinstance(what, wire.Announcement):
        told = {"name": what.language, "size": what.size, "crc": what.crc}
        return "frame_pack", {"id": what.id, **told}
    if isinstance(what, wire.Piece):
        return "frame_piece", {"id": what.id, "offset": what.offset, "letters": len(what.data)}
    assert isinstance(what, wire.Request)
    return "frame_request", {"id": what.id, "what": what.what}


def _s(ms: int) -> str:
    return f"{ms / 1000:.3f}"


def _utc(ms: int) -> str:
    try:
        return utc_text(ms)
    except (ValueError, OverflowError, OSError):  # a host's clock may say anything
        return str(ms)


def _pairs(values: Mapping[str, object]) -> str:
    return " ".join(f"{key}={_value(value)}" for key, value in values.items())


def _value(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _held(about: wire.About) -> str:
    held = ", ".join(f"{boot} {first}–{last}" for boot, first, last in about.hold)
    return f"{held} +{about.more}" if about.more else held or "–"


def _plain(text: str) -> str:
    return printable(text).rstrip(" ·")
