"""When a callback is due: its promise, the moment it was taken and the site's calendar. Pure, asked on read.

Hours are real hours, also where the clock is set in between. A promise in working days ends at closing time
of the n-th next working day, make-up days included.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deskunit.calendar import Calendar
from deskunit.callbacks import kinds

HOUR_MS = 3_600_000
NOW_GRACE_S = 900
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the site chose. `inquiry_h`: until the agreed time is set. `now_grace_s`: a promise `now` counts
    as kept so long after it was made; it is shown as due at once. `repeat_days`: same caller and subject
    again within so many may be a repeat.
    """

    calendar: Calendar
    zone: ZoneInfo
    closing_time: time = time(18)
    inquiry_h: int = 24
    now_grace_s: int = NOW_GRACE_S
    repeat_days: int = 30


@dataclass(frozen=True, slots=True)
class Due:
    """`is_published` False: it rests on a year whose moved days are not official yet."""

    utc_ms: int
    calendar: str
    is_published: bool = True


def due(kind: str, taken_utc_ms: int, agreed_utc_ms: int | None, rules: Rules) -> Due:
    """When the callback is due, and by which version of the calendar."""
    promise = kinds.promise(kind, agreed_utc_ms is not None)
    version = rules.calendar.version
    if promise == kinds.AGREED and agreed_utc_ms is not None:
        return Due(agreed_utc_ms, version)
    if promise not in kinds.WORKING_DAYS:
        return Due(taken_utc_ms + _hours(promise, rules) * HOUR_MS, version)
    taken = _local_date(taken_utc_ms, rules.zone)
    last = rules.calendar.next_working_days(taken, kinds.WORKING_DAYS[promise])[-1]
    years = range(taken.year, last.year + 1)
    is_published = all(rules.calendar.is_published(year) for year in years)
    return Due(_closing_utc_ms(last, rules), version, is_published)


def due_before(promise: str, now_utc_ms: int, rules: Rules) -> int:
    """Callbacks of that promise with a smaller sort_utc_ms are overdue at `now`, all others are not.

    Overdue is what is due before `now`, not at it.
    """
    if promise == kinds.AGREED:
        return now_utc_ms
    if promise not in kinds.WORKING_DAYS:
        return now_utc_ms - _hours(promise, rules) * HOUR_MS
    day = _local_date(now_utc_ms, rules.zone)
    while not _is_over(day, kinds.WORKING_DAYS[promise], now_utc_ms, rules):
        day -= _ONE
    return _utc_ms(datetime.combine(day + _ONE, time(), rules.zone))


def _is_over(taken: date, count: int, now_utc_ms: int, rules: Rules) -> bool:
    last = rules.calendar.next_working_days(taken, count)[-1]
    return _closing_utc_ms(last, rules) < now_utc_ms


def _hours(promise: str, rules: Rules) -> int:
    return rules.inquiry_h if promise == kinds.INQUIRY else kinds.HOURS.get(promise, 0)


def _local_date(utc_ms: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(utc_ms / 1000, zone).date()


def _closing_utc_ms(day: date, rules: Rules) -> int:
    return _utc_ms(datetime.combine(day, rules.closing_time, rules.zone))


def _utc_ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
