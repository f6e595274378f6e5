"""The event as the host keeps it: a fact told by a unit, immutable, known by (uid, boot, seq).

Made by the logger from an E frame or by the store from a stored line. Knows no port, no database.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Key = tuple[str, str, int]
BootKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `line`: the payload of its E frame with flags 0, exactly as the unit wrote it."""

    uid: str
    boot: str
    seq: int
    ms: int  # the unit's own milliseconds since its boot
    kind: str
    body: Mapping[str, Any]
    line: str
    oldest: bool = False  # flag 1: the unit holds no older event of this boot

    @property
    def key(self) -> Key:
        return self.uid, self.boot, self.seq

    @property
    def ecrc(self) -> str:
        """What an A frame must quote to acknowledge this event."""
        return ecrc(self.line)


def ecrc(line: str) -> str:
    """CRC-32 of an E payload with flags 0, as 8 lower-case hex digits."""
    return f"{zlib.crc32(line.encode()):08x}"


def from_line(uid: str, line: str) -> Event:
    """The event that a stored line tells."""
    _, _, boot, seq, ms, kind, body = json.loads(line)
    return Event(uid, boot, seq, ms, kind, body, line)
