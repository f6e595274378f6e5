"""One row of the state export from one interval: clipped, named, in the zone. Pure.

Values are numbers, texts or None here; how they look in a file is decided in formats.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from deskunit import reasons, states
from deskunit.agents import Agent
from deskunit.intervals import Interval
from deskunit.state_log.query import Query

SCHEMA = "deskunit.states/2"
COLUMNS = (
    "row_id",
    "unit",
    "seat",
    "agent_id",
    "agent_name",
    "team",
    "start_utc",
    "start_local",
    "start_offset",
    "end_utc",
    "end_local",
    "end_offset",
    "tz",
    "duration_s",
    "duration_hms",
    "state",
    "state_zh",
    "reason_code",
    "reason",
    "reason_zh",
    "cause",
    "call_no",
    "hold_no",
    "end_inferred",
    "clipped_start",
    "clipped_end",
    "boot",
    "seq",
    "time_error_s",
    "time_quality",
    "not_taken",
)
Value = str | int | float | None
Row = tuple[Value, ...]
_NOBODY = Agent("", "", "", "", "")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the ids stand for, read once for an export."""

    seats: Mapping[str, str]
    agents: Mapping[str, Agent]


@dataclass(frozen=True, slots=True)
class _Clipped:
    start_utc_ms: int
    end_utc_ms: int | None  # None: still open at the moment of export
    duration_ms: int
    at_start: bool
    at_end: bool


def row_maker(query: Query, names: Names, now_utc_ms: int) -> Callable[[Interval], Row]:
    """What turns the intervals of one query into rows, in the order of COLUMNS."""
    local = local_clock(query.zone)
    tz = query.zone.key

    def row(interval: Interval) -> Row:
        part = _clipped(interval, query, now_utc_ms)
        end = part.end_utc_ms
        agent = names.agents.get(interval.agent_id or "", _NOBODY)
        code = interval.reason_code
        return (
            interval.row_id,
            interval.uid,
            names.seats.get(interval.uid, ""),
            interval.agent_id or "",
            agent.name,
            agent.team,
            utc_text(part.start_utc_ms),
            *local(part.start_utc_ms),
            utc_text(end) if end is not None else None,
            *(local(end) if end is not None else (None, None)),
            tz,
            part.duration_ms / 1000,
            hms(part.duration_ms),
            interval.state,
            states.label(interval.state, "zh"),
            code,
            reasons.word(code) if code is not None else None,
            reasons.label(code, "zh") if code is not None else None,
            interval.cause,
            interval.call_no,
            interval.hold_no,
            int(interval.end_inferred),
            int(part.at_start),
            int(part.at_end),
            interval.boot,
            interval.seq,
            interval.time_error_ms / 1000,
            interval.time_quality,
            int(interval.not_taken),
        )

    return row


def hms(duration_ms: int) -> str:
    """A duration as [h]:mm:ss, whole seconds that have passed, hours beyond 24 as they are."""
    seconds = duration_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _clipped(interval: Interval, query: Query, now_utc_ms: int) -> _Clipped:
    start, end = interval.start_utc_ms, interval.end_utc_ms
    begins_before = query.from_utc_ms is not None and start < query.from_utc_ms
    first = query.from_utc_ms if begins_before and query.from_utc_ms is not None else start
    until = query.to_utc_ms
    if until is not None and until < (now_utc_ms if end is None else end):
        return _Clipped(first, until, max(0, until - first), begins_before, True)
    if end is None:
        return _Clipped(first, None, max(0, now_utc_ms - first), begins_before, True)
    whole = interval.duration_ms
    duration_ms = end - first if begins_before or whole is None else whole
    return _Clipped(first, end, duration_ms, begins_before, False)


# The end of one interval is the start of another, soon after.
@lru_cache(maxsize=10_000)
def utc_text(utc_ms: int) -> str:
    """An instant as 2026-11-22T01:00:00.123Z."""
    moment = _EPOCH + timedelta(milliseconds=utc_ms)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def local_clock(zone: ZoneInfo) -> Callable[[int], tuple[str, str]]:
    """Local time to the second (what Excel reads as a date) and the offset, e.g. UTC+08:00.

    A bare +08:00 is the time 8:00 to Excel, and begins like a formula.
    """

    @lru_cache(maxsize=10_000)
    def local(utc_ms: int) -> tuple[str, str]:
        here = (_EPOCH + timedelta(milliseconds=utc_ms)).astimezone(zone)
        text = here.isoformat(" ", "seconds")
        return text[:19], "UTC" + text[19:25]

    return local
