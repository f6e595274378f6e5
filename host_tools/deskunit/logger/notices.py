"""What the logger tells of itself: notices to whoever subscribed, and how its ports are."""

from dataclasses import dataclass

from deskunit import clock, wire
from deskunit.alarms import Alarm
from deskunit.errors import DeskunitError
from deskunit.logger.link import Counted, Link
from deskunit.session import SILENT_MS
from deskunit.store import Changes


@dataclass(frozen=True)
class IntervalsChanged:
    """Committed: rows of the state log as they are now, and row_ids that are gone."""

    changes: Changes


@dataclass(frozen=True)
class UnitChanged:
    """Something about the unit is different: state, seat, connection, language."""

    uid: str


@dataclass(frozen=True)
class Alarmed:
    """A person is needed, or not any more."""

    alarm: Alarm
    on: bool


@dataclass(frozen=True)
class Taken:
    """A callback that was noted on a unit in this moment."""

    number: int
    uid: str
    agent_id: str
    kind: str


@dataclass(frozen=True)
class CallbacksChanged:
    """Committed: these callbacks are not what they were; none named: any may be due at another time."""

    numbers: tuple[int, ...]
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True)
class CorrectionsChanged:
    """Committed: a correction was made or withdrawn."""

    number: int


Notice = IntervalsChanged | UnitChanged | Alarmed | CallbacksChanged | CorrectionsChanged


@dataclass(frozen=True)
class LinkStatus:
    """A port as it is now. `uid` "": nobody introduced itself. Times of the link: None before the sync."""

    address: str
    uid: str
    firmware: str
    is_open: bool
    connected: bool  # a session is open and a frame came within 15 s
    counted: Counted
    openings: int
    last_frame_ms: int | None
    safe: bool
    status: wire.Status | None
    round_trip_ms: int | None
    error_ms: int | None
    slope_ppm: float | None
    trouble: DeskunitError | None


def status(link: Link) -> LinkStatus:
    session = link.session
    last_ms = link.last_frame_ms
    fresh = last_ms is not None and clock.now_ms() - last_ms < SILENT_MS
    return LinkStatus(
        address=link.address,
        uid=session.uid if session else "",
        firmware=session.firmware if session else "",
        is_open=link.is_open,
        connected=bool(session and session.open and fresh),
        counted=link.counted,
        openings=link.openings,
        last_frame_ms=last_ms,
        safe=bool(session and session.safe),
        status=session.status if session else None,
        round_trip_ms=session.round_trip_ms if session else None,
        error_ms=session.offset_error_ms if session else None,
        slope_ppm=session.slope_ppm if session else None,
        trouble=link.trouble,
    )
