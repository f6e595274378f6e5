"""What is asked for, as it was typed: range, shift, filters → the queries that an export reads one by one.

The command line and the page come through here. Shifts are windows of wall clock, cut out day by day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deskunit import local_time, reasons, states
from deskunit.errors import DeskunitError
from deskunit.setting_ranges import CLOCK, SHIFT
from deskunit.state_log import query as ranges
from deskunit.state_log.days import YEARS
from deskunit.state_log.query import SPLITS, Query

_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Typed:
    """An export's question in the user's own words; None or empty: not said."""

    from_: str | None = None
    to: str | None = None
    shift: str | None = None
    tz: str | None = None
    agents: Sequence[str] = ()
    teams: Sequence[str] = ()
    units: Sequence[str] = ()
    states: Sequence[str] = ()
    reasons: Sequence[str] = ()
    split: str | None = None
    day_start: str | None = None
    is_raw: bool = False

    def said(self) -> dict[str, object]:
        """What of it was said, for the manifest."""
        named = {
            "from": self.from_, "to": self.to, "shift": self.shift, "agents": list(self.agents),
            "teams": list(self.teams), "units": list(self.units), "states": list(self.states),
            "reasons": list(self.reasons), "split": self.split, "day_start": self.day_start,
        }  # fmt: skip
        return {key: value for key, value in {**named, "raw": self.is_raw}.items() if value}


@dataclass(frozen=True, slots=True)
class Asked:
    """`query` over the whole range; `windows`: what is read of it, in order, none overlaps another."""

    query: Query
    windows: tuple[Query, ...]
    said: Mapping[str, object] = field(default_factory=dict)


def asked(
    typed: Typed,
    *,
    day_start: str = "00:00",
    shifts: Mapping[str, str] | None = None,
    within: frozenset[str] | None = None,
) -> Asked:
    """The question understood. `day_start`, `shifts`, `within`: as the settings have them.

    DeskunitError: an unknown zone, state, reason, split or shift, a time that is none, an empty range.
    """
    plain = ranges.query(
        from_=typed.from_, to=typed.to, agents=typed.agents, units=typed.units, tz=typed.tz
    )
    query = replace(
        plain,
        teams=tuple(typed.teams),
        states=tuple(state(one) for one in typed.states),
        reasons=tuple(reason(one) for one in typed.reasons),
        split=_split(typed.split),
        day_start_min=minutes(typed.day_start or day_start),
        is_raw=typed.is_raw,
        within=within,
    )
    windows = (query,) if typed.shift is None else _windows(query, typed.shift, shifts or {})
    return Asked(query, windows, typed.said())


def state(typed: str) -> str:
    """A state by its word or by its name in any language: hold, 保持. DeskunitError: there is none."""
    found = states.find(typed)
    if found is not None:
        return found
    known = ", ".join(states.STATES)
    raise DeskunitError("unknown_state", exit_code=2, state=typed, known=known)


def reason(typed: str) -> int:
    """A reason by its code, word or name: 2, meal, 就餐. DeskunitError: there is none."""
    found = reasons.find(typed)
    if found is None:
        known = ", ".join(f"{code} {reasons.label(code)}" for code in reasons.REASONS)
        raise DeskunitError("unknown_reason", exit_code=2, reason=typed, known=known)
    return found


def minutes(typed: str) -> int:
    """Minutes after midnight of a time of day. DeskunitError: it is none."""
    found = CLOCK.fullmatch(typed.strip())
    if found is None:
        raise DeskunitError("bad_clock", exit_code=2, found=typed)
    return 60 * int(found[1]) + int(found[2])


def shift_times(typed: str, named: Mapping[str, str]) -> tuple[time, time]:
    """From when to when a shift lasts: 22:00-06:00, or the name of one. DeskunitError: neither."""
    found = SHIFT.fullmatch(named.get(typed, typed).strip())
    if found is None:
        known = ", ".join(named) or "–"
        raise DeskunitError("unknown_shift", exit_code=2, shift=typed, known=known)
    first, first_min, last, last_min = map(int, found.groups())
    start, end = time(first, first_min), time(last, last_min)
    if start == end:
        raise DeskunitError("shift_empty", exit_code=2, shift=typed)
    return start, end


def _split(typed: str | None) -> str | None:
    if typed is not None and typed not in SPLITS:
        raise DeskunitError("unknown_split", exit_code=2, split=typed, known=", ".join(SPLITS))
    return typed


def _windows(query: Query, shift: str, named: Mapping[str, str]) -> tuple[Query, ...]:
    """One query a shift: those that begin in [from, to), each to its end."""
    if query.from_utc_ms is None or query.to_utc_ms is None:
        raise DeskunitError("shift_needs_range", exit_code=2)
    start, end = shift_times(shift, named)
    first = _date(query.zone, query.from_utc_ms) - _DAY
    last = _date(query.zone, query.to_utc_ms) + _DAY
    found = []
    for number in range((last - first).days):
        on = first + timedelta(number)
        begins = _instant(query.zone, on, start)
        ends = _instant(query.zone, on if end > start else on + _DAY, end)
        if query.from_utc_ms <= begins < query.to_utc_ms and begins < ends:
            found.append(replace(query, from_utc_ms=begins, to_utc_ms=ends))
    if not found:
        raise DeskunitError("shift_not_in_range", exit_code=2, shift=shift)
    return tuple(found)


def _date(zone: ZoneInfo, utc_ms: int) -> date:
    """DeskunitError: the calendar ends there."""
    on = local_time.local(utc_ms, UTC).date()
    if on.year not in YEARS:
        raise DeskunitError("bad_date", exit_code=2, text=repr(on.isoformat()))
    return local_time.local(utc_ms, zone).date()


def _instant(zone: ZoneInfo, on: date, at: time) -> int:
    """UTC ms of a time of day; one that a clock change repeats: its first pass."""
    return local_time.utc_ms(datetime.combine(on, at, zone))
