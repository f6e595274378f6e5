"""What report is wanted, as people ask for it: kind, dates, whom. Dates are the site's business days.

Knows no store; DeskunitError for a date that does not exist and for dates the wrong way round.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from deskunit.errors import DeskunitError
from deskunit.reports.model import WEEK, Period
from deskunit.state_log import days

MOST_DAYS = 92  # a quarter; more is for the exports
_WEEK = timedelta(6)


@dataclass(frozen=True, slots=True)
class Ask:
    """One report. `within`: agents whose log this user may see; None: all."""

    kind: str
    period: Period
    agents: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    is_raw: bool = False
    within: frozenset[str] | None = None
    most_states: int | None = None  # that it may read; None: as many as a report holds


def period(
    kind: str,
    zone: ZoneInfo,
    now_utc_ms: int,
    *,
    on: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    day_start_min: int = 0,
) -> Period:
    """The business days asked for: `on` one, or its week; [from, to) as typed; else today, or this week."""
    today = days.day_at(zone, now_utc_ms, day_start_min).date
    if from_ is not None or to is not None:
        first, last = _between(from_, to, today)
    else:
        chosen = today if on is None else read_date(on)
        first, last = (chosen, chosen) if _is_one_day(kind, on) else _week(chosen)
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise DeskunitError("report_long", exit_code=2, days=count, most=MOST_DAYS)
    found = tuple(days.day(zone, first + timedelta(n), day_start_min) for n in range(count))
    return Period(found, zone, day_start_min)


def read_date(text: str) -> date:
    """2026-11-23. DeskunitError: no such date."""
    try:
        found = date.fromisoformat(text.strip())
        if found.year not in days.YEARS:
            raise ValueError(f"year {found.year}")
    except ValueError as error:
        raise DeskunitError("report_date", exit_code=2, text=repr(text)) from error
    return found


def _is_one_day(kind: str, on: str | None) -> bool:
    return kind == "day" or (kind != WEEK and on is not None)


def _week(of: date) -> tuple[date, date]:
    monday = of - timedelta(of.weekday())
    return monday, monday + _WEEK


def _between(from_: str | None, to: str | None, today: date) -> tuple[date, date]:
    """`to` is not included, as with exports."""
    last = today if to is None else read_date(to) - timedelta(1)
    first = last if from_ is None else read_date(from_)
    if first > last:
        raise DeskunitError("range_empty", exit_code=2, start=from_, end=to or today)
    return first, last
