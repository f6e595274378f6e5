"""What the page needs from the rest: the floor, its units, their log and their screens.

The page reads and acts through this contract only. It knows no port, no database and no virtual
unit; `deskunit.floor` implements it over them, and tests/host/memory_floor.py in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, Protocol, TypedDict

from deskunit.health import Health
from deskunit.web.promises import PromisesFloor

Unsubscribe = Callable[[], None]
Change = Literal["unit", "interval", "reload", "alarms", "callbacks", "corrections"]


class Alarm(TypedDict):
    """Something that a person must see to."""

    word: str  # repl filesystem baud version flood disk_full read_only disk_error quarantine …
    where: str  # a port, a uid, or "" for this computer
    since_utc_ms: int
    sentence: dict[str, str]  # by language


class Unit(TypedDict):
    """One unit as it is now. A key is never absent; what is not known is None or ""."""

    uid: str  # 12 hex digits, the unit's identity everywhere
    seat: str  # "" until it is named
    kind: Literal["virtual", "serial"]  # virtual: it has a screen here and can be pressed here
    port: str  # "/dev/ttyUSB0", "virtual"; shown as it is
    confirmed: bool  # False: stored but left out of reports until confirm(uid)
    connected: bool  # a session is open and it was heard within 15 s
    powered: bool  # a virtual unit's cable; True for a real one
    language: Literal["zh", "zh-Hant", "en"]  # of its screen
    firmware: str  # "0.1.0"; "" before the first H
    pack: str  # "zh 1.0", the script pack that it speaks from; "" before it told
    state: str  # signed_out not_ready ready talking hold wrap_up unknown
    reason_code: int | None  # with not_ready (and unknown), else None
    reason: str | None  # its word, "break"; None with reason_code None
    agent_id: str  # "" when signed out
    agent_name: str
    call_no: int | None
    hold_no: int | None
    caller: str  # title or name of who is on the line, "" unless somebody said it
    since_utc_ms: int | None  # start of the state; None before the first one


class Interval(TypedDict):
    """One row of the state log, a half-open interval of one unit. Same row_id: the same row."""

    row_id: str  # uid-boot-seq of the opening event, as in the CSV
    uid: str
    seat: str
    state: str
    reason_code: int | None
    reason: str | None  # the reason's word
    agent_id: str
    agent_name: str
    start_utc_ms: int
    start_local: str  # "2026-11-22 09:00:00" in the zone of the exports
    end_utc_ms: int | None  # None: still open
    duration_s: float | None  # by the unit's clock; None while it is open
    cause: str  # button timer host supervisor boot inferred import correction
    call_no: int | None
    hold_no: int | None
    end_inferred: bool  # the end was concluded (unit went silent), not told by the unit


class Today(TypedDict):
    """Seconds of one unit in each state on the local day of now."""

    date: str  # "2026-11-22"
    tz: str  # "Asia/Shanghai"
    start_utc_ms: int  # local midnight
    end_utc_ms: int  # the next one
    totals_s: dict[str, float]  # by state: closed intervals, clipped to the day; not the open one


class Screen(Protocol):
    """What the display's glass shows now."""

    @property
    def pixels(self) -> bytes:
        """1024 bytes in the SSD1306's page order: byte page*128+x, bit 0 topmost."""

    @property
    def inverted(self) -> bool: ...

    @property
    def on(self) -> bool: ...


class Floor(PromisesFloor, Protocol):
    """All calls may come from any thread, return soon, and raise DeskunitError for a sentence.

    An unknown uid: DeskunitError("unknown_unit", uid=uid).
    """

    def units(self) -> list[Unit]:
        """Every unit known since the start, virtual ones first, then by seat and uid."""

    def intervals(self, limit: int, uid: str | None = None) -> list[Interval]:
        """The newest rows of the state log (of one unit), newest first."""

    def today(self, uid: str) -> Today: ...

    def alarms(self) -> list[Alarm]:
        """Those that are on, oldest first."""

    def health(self) -> Health:
        """The figures of every port and unit."""

    def subscribe(self, callback: Callable[[Change, Mapping[str, Any]], None]) -> Unsubscribe:
        """Call back from any thread, after the commit, until unsubscribed.

        ("unit", a Unit) as often as one changes · ("interval", an Interval) when one is opened,
        changed or closed · ("reload", {"uid": uid or ""}) when rows were rewritten or removed
        · ("alarms", {"alarms": all that are on}) when one begins or ends
        · ("callbacks", {"numbers": [changed ones; [] for any], "taken": [those just noted on a unit, as
        {"number", "uid", "agent_id", "kind"}]}) · ("corrections", {"number": one made or withdrawn}).
        """

    def press(self, uid: str, button: str, down: bool) -> None:
        """Set the level of READY, BUSY or HOLD on a virtual unit; without power, nothing."""

    def screen(self, uid: str) -> Screen | None:
        """What is kept of the last one, at once; None for a unit whose screen is on the desk."""

    def subscribe_screen(self, uid: str, callback: Callable[[Screen], None]) -> Unsubscribe:
        """Call back from any thread with every new screen; a real unit: never."""

    def set_unit_language(self, uid: str, language: str) -> None:
        """Which prompt pack the unit's screen uses: "zh", "zh-Hant" or "en"."""

    def set_caller(self, uid: str, text: str) -> None:
        """Who is on the line, for this call alone; "" takes it back. No call: DeskunitError no_call."""

    def cut_power(self, uid: str) -> None:
        """Pull a virtual unit's cable: its memory is lost, its flash stays."""

    def power_on(self, uid: str) -> None: ...

    def confirm(self, uid: str) -> None:
        """Take a unit that introduced itself into the reports."""

    def csv(self, query: Mapping[str, str]) -> Iterator[bytes]:
        """The state log as CSV. query: range "today" or "all"; uid (absent: every unit)."""
