"""What a session learned, as values: the session makes them, the recorder acts on them in order."""

from dataclasses import dataclass

from deskunit.clock import ClockReading
from deskunit.errors import DeskunitError
from deskunit.events import Event, Lost
from deskunit.packs import Pack


@dataclass(frozen=True)
class Met:
    """A unit said H: it is there, whatever it holds."""

    uid: str
    boot: str


@dataclass(frozen=True)
class Begun:
    """A session with a boot has begun and its time is known; its events follow."""

    uid: str
    boot: str
    fw: str
    reset_cause: str
    reading: ClockReading

    @property
    def start_utc_ms(self) -> int:
        """When the boot began."""
        moved_ms = self.reading.slope_ppb * self.reading.at_ms // 1_000_000_000
        return self.reading.offset_ms - moved_ms


@dataclass(frozen=True)
class Synced:
    """Another round of probes: how the boot's clock reads now."""

    uid: str
    boot: str
    reading: ClockReading


@dataclass(frozen=True)
class Arrived:
    """An event to store; its acknowledgement waits for `committed`."""

    event: Event


@dataclass(frozen=True)
class Missing:
    """A gap to store; acknowledged like the events that it stands for."""

    lost: Lost


@dataclass(frozen=True)
class Repeated:
    """A record came again that waits for its commit: counted, not stored again."""

    uid: str


@dataclass(frozen=True)
class Heard:
    """A heartbeat: the unit's newest seq and its state."""

    uid: str
    boot: str
    ms: int
    top_seq: int
    state: str


@dataclass(frozen=True)
class Noted:
    """A line for the log; level 0 debug to 3 error. What a unit wrote is data, never a format."""

    level: int
    text: str


@dataclass(frozen=True)
class Alarm:
    """Something a person must see: repl, filesystem, baud, version or flood."""

    word: str


@dataclass(frozen=True)
class AlarmsOver:
    """These are over, if they were."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Answered:
    """The unit's word on a request R; ok False with no text: it did not answer."""

    what: str
    ok: bool
    text: str


@dataclass(frozen=True)
class PackMoved:
    """So many bytes of the pack are at the unit."""

    pack: Pack
    offset: int


@dataclass(frozen=True)
class PackEnded:
    """The pack is in place, or it is not to be had there, and why."""

    pack: Pack
    error: DeskunitError | None


Effect = (
    Met
    | Begun
    | Synced
    | Arrived
    | Missing
    | Repeated
    | Heard
    | Noted
    | Alarm
    | AlarmsOver
    | Answered
    | PackMoved
    | PackEnded
)
