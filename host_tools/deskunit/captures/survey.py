"""What a whole capture tells before it is replayed: who spoke, which events it holds, what it lacks.

A capture may begin in the middle of a session or lack the host's side; this says what to put in.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from deskunit import wire
from deskunit.captures.decoding import Item
from deskunit.errors import DeskunitError

NOBODY = "000000000000"


@dataclass
class Counts:
    """`frames` from the unit, `sent` to it, `bad` damaged, `text` lines that are no frames."""

    frames: int = 0
    sent: int = 0
    bad: int = 0
    text: int = 0


@dataclass
class Survey:
    """The whole capture at a glance; `uid` is used for a boot that never introduced itself."""

    uid: str = NOBODY
    counts: Counts = field(default_factory=Counts)
    hellos: dict[str, wire.Hello] = field(default_factory=dict)
    clocks: dict[str, tuple[int, int]] = field(default_factory=dict)  # boot: capture ms, unit ms
    last_ms: int = 0
    _seqs: set[tuple[str, int]] = field(default_factory=set)
    _uids: dict[str, str] = field(default_factory=dict)

    def take(self, item: Item) -> None:
        self.last_ms = item.ms
        self._count(item)
        what = item.what
        if isinstance(what, wire.Hello):
            self.hellos.setdefault(what.boot, what)
            self.clocks.setdefault(what.boot, (item.ms, what.about.up))
            for boot in (what.boot, *(held[0] for held in what.about.hold)):
                self._uids[boot] = what.uid
        elif isinstance(what, wire.Heartbeat):
            self.clocks.setdefault(what.boot, (item.ms, what.ms))
        elif isinstance(what, wire.EventFrame):
            self._seqs.add((what.boot, what.seq))
        elif isinstance(what, wire.Gap):
            self._seqs.add((what.boot, what.last))

    def _count(self, item: Item) -> None:
        what, counts = item.what, self.counts
        if isinstance(what, wire.Text):
            counts.bad += what.damaged
            counts.text += not what.damaged
        elif item.direction == "<":
            counts.frames += 1
        elif item.direction == ">":
            counts.sent += 1

    def nothing_before(self, boot: str, seq: int) -> bool:
        """True when the event before this one is nowhere in the capture."""
        return seq > 1 and (boot, seq - 1) not in self._seqs

    def hello(self, boot: str, ms: int, unit_ms: int) -> bytes:
        """The H of `boot` as it would be said now, the real one or a made-up one.

        `unit_ms`: the unit's time at least; a heartbeat or a hello in the capture says it better.
        """
        if boot not in self.clocks and self.clocks:  # an event of an older boot
            boot = min(self.clocks, key=lambda one: abs(self.clocks[one][0] - ms))
        at_ms, known_ms = self.clocks.get(boot, (ms, unit_ms))
        said = self.hellos.get(boot)
        fw, rst = (said.about.fw, said.about.rst) if said else ("", "")
        about = {"fw": fw, "rst": rst, "up": max(0, known_ms + ms - at_ms), "hold": []}
        about |= {"win": 16, "max": 240, "cap": [], "safe": 0}
        frame = ["H", wire.PROTOCOL_MAJOR, self._uids.get(boot, self.uid), boot, about]
        return wire.framed(json.dumps(frame, separators=(",", ":"), ensure_ascii=False).encode())


def checked_uid(uid: str) -> str:
    """`uid`, nobody's for "". DeskunitError when it is none."""
    if not uid:
        return NOBODY
    if re.fullmatch(r"[0-9a-f]{12}", uid) is None:
        raise DeskunitError("bad_uid", exit_code=2, uid=repr(uid))
    return uid


def survey(items: Iterable[Item], uid: str = NOBODY) -> Survey:
    """Read all of `items`."""
    found = Survey(uid)
    for item in items:
        found.take(item)
    return found
