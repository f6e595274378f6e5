"""How the links are, as plain data: counters of every unit and port, and what a person must see to.

logger/figures.py fills it; `deskunit health`, the control socket and /metrics hand it on. A figure that
nobody knows is None.
"""

from msgspec import Struct

from deskunit import words
from deskunit.alarms import Alarm
from deskunit.errors import DeskunitError


class AlarmHealth(Struct, frozen=True):
    """An alarm that is on; `sentence` by language."""

    word: str
    where: str
    since_utc_ms: int
    sentence: dict[str, str]


class PortHealth(Struct, frozen=True):
    """A port since the start of the logger. `trouble` by language: why it cannot be opened."""

    port: str
    uid: str
    is_open: bool
    connected: bool
    frames: int
    bad_crc: int
    text_bytes: int
    reopens: int
    trouble: dict[str, str] | None


class UnitHealth(Struct, frozen=True):
    """A unit: what the store keeps, then what the logger and the unit counted in this run."""

    uid: str
    seat: str
    virtual: bool
    confirmed: bool
    heard_utc_ms: int | None
    firmware: str
    boots: int
    gaps: int
    lost_events: int
    quarantined: int
    connected: bool | None = None
    port: str | None = None
    safe_mode: bool | None = None
    queue: int | None = None  # records that no host acknowledged yet
    journal_bytes: int | None = None
    free_heap_bytes: int | None = None
    bad_at_unit: int | None = None
    retransmits: int | None = None
    duplicates: int | None = None
    round_trip_ms: int | None = None
    clock_error_ms: int | None = None
    clock_slope_ppm: float | None = None


class CallbackHealth(Struct, frozen=True):
    """Promised return calls of everybody. Figures, no reason for a person unless an alarm says so."""

    open: int
    overdue: int


class Health(Struct, frozen=True):
    """The whole floor of one PC."""

    running: bool
    alarms: list[AlarmHealth]
    ports: list[PortHealth]
    units: list[UnitHealth]
    callbacks: CallbackHealth | None = None

    @property
    def needs_person(self) -> bool:
        """No logger, an alarm, a port that does not open, safe mode, a unit to be confirmed."""
        return (
            not self.running
            or bool(self.alarms)
            or any(one.trouble for one in self.ports)
            or any(one.safe_mode or not one.confirmed for one in self.units)
        )


def of_alarm(alarm: Alarm) -> AlarmHealth:
    return AlarmHealth(alarm.word, alarm.where, alarm.since_utc_ms, sentences(alarm.cause))


def sentences(error: DeskunitError) -> dict[str, str]:
    """The error's sentence by language."""
    return {language: error.sentence(language) for language in words.LANGUAGES}
