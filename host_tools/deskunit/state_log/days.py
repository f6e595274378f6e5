"""Business days of a zone: from when to when each lasts, also where clocks change. Pure.

A day begins `day_start_min` minutes after midnight by the clock on the wall and belongs to the date on
which it begins, so that a night shift stays on one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from deskunit.local_time import local, utc_ms

YEARS = range(2, 9999)  # whose dates have a day before and after them


@dataclass(frozen=True, slots=True)
class Day:
    """[start, end) of the business day of that date; 23, 24 or 25 hours."""

    date: date
    start_utc_ms: int
    end_utc_ms: int


def day(zone: ZoneInfo, on: date, day_start_min: int = 0) -> Day:
    """The business day of a date. An hour that does not exist is taken by the old offset."""
    return Day(on, _start(zone, on, day_start_min), _start(zone, on + timedelta(1), day_start_min))


def day_at(zone: ZoneInfo, utc_ms: int, day_start_min: int = 0) -> Day:
    """The business day in which an instant lies."""
    on = local(utc_ms, zone).date()
    found = day(zone, on, day_start_min)
    if utc_ms < found.start_utc_ms:
        return day(zone, on - timedelta(1), day_start_min)
    return found if utc_ms < found.end_utc_ms else day(zone, on + timedelta(1), day_start_min)


def days(zone: ZoneInfo, from_utc_ms: int, to_utc_ms: int, day_start_min: int = 0) -> list[Day]:
    """The business days that [from, to) touches, whole, in order."""
    found = [day_at(zone, from_utc_ms, day_start_min)]
    while found[-1].end_utc_ms < to_utc_ms:
        found.append(day(zone, found[-1].date + timedelta(1), day_start_min))
    return found


def find_day(in_order: Sequence[Day], utc_ms: int) -> Day | None:
    """The one of them in which an instant lies."""
    place = bisect_right(in_order, utc_ms, key=lambda one: one.start_utc_ms) - 1
    found = in_order[place] if place >= 0 else None
    return found if found is not None and utc_ms < found.end_utc_ms else None


def _start(zone: ZoneInfo, on: date, day_start_min: int) -> int:
    wall = datetime(on.year, on.month, on.day, day_start_min // 60, day_start_min % 60)
    return utc_ms(wall.replace(tzinfo=zone))
