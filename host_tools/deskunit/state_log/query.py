"""Which part of the log is asked for, as people write it: dates, times, zones, filters. Pure but for the
zone data of the machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskunit.errors import DeskunitError

MIDNIGHT, DAY = "midnight", "day"  # by the calendar; where the business day begins
MINUTES = {"15min": 15, "30min": 30, "hour": 60}
SPLITS = (MIDNIGHT, DAY, *MINUTES)


@dataclass(frozen=True, slots=True)
class Query:
    """Half-open [from, to); None: no bound. An empty filter lets everything through."""

    zone: ZoneInfo
    from_utc_ms: int | None = None
    to_utc_ms: int | None = None
    agents: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    reasons: tuple[int, ...] = ()
    split: str | None = None  # one of SPLITS
    day_start_min: int = 0  # minutes after midnight at which a business day begins
    is_raw: bool = False  # True: as the units told it, without corrections
    within: frozenset[str] | None = None  # agents whose log this user may see; None: everybody's


def query(
    *,
    from_: str | None = None,
    to: str | None = None,
    agents: Sequence[str] = (),
    units: Sequence[str] = (),
    tz: str | None = None,
) -> Query:
    """The question as typed. DeskunitError: unknown zone, unreadable time, nothing between the two."""
    in_zone = zone(tz)
    start = None if from_ is None else moment(from_, in_zone)
    end = None if to is None else moment(to, in_zone)
    if start is not None and end is not None and start >= end:
        raise DeskunitError("range_empty", exit_code=2, start=from_, end=to)
    return Query(in_zone, start, end, agents=tuple(agents), units=tuple(units))


def only(one: str | None) -> tuple[str, ...]:
    """A filter for one value; None: no filter."""
    return () if one is None else (one,)


def zone(name: str | None) -> ZoneInfo:
    """The zone of that name; None: the machine's own."""
    import tzlocal  # only when a zone is needed: help must answer at once

    wanted = name if name is not None else tzlocal.get_localzone_name()
    try:
        return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DeskunitError("unknown_zone", exit_code=2, zone=wanted) from error


def moment(text: str, in_zone: ZoneInfo) -> int:
    """UTC ms of a date (its midnight) or date-time in the zone; an offset in the text wins.

    An hour that a clock change repeats is taken as its first pass, one that it skips as if the old
    offset still held.
    """
    try:
        parsed = datetime.fromisoformat(text.strip())
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=in_zone)
        return round(aware.astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise DeskunitError("bad_date", exit_code=2, text=repr(text)) from error
