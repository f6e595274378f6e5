"""What the hour and the day are at the site, as the units are told. Pure: the time is an argument."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from deskunit.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Daytime:
    """`hello`: the greeting's opening word · `wish`: "" on a working day, weekend, or a holiday's key."""

    hour: int
    hello: str
    wish: str
    year: int


def daytime(now_utc_ms: int, zone: tzinfo | None, calendar: Calendar) -> Daytime:
    """The instant as it is in `zone` (None: this computer's)."""
    here = datetime.fromtimestamp(now_utc_ms / 1000, tz=zone)
    return Daytime(here.hour, hello_word(here.hour), calendar.day(here.date()).key, here.year)


def hello_word(hour: int) -> str:
    """morning, afternoon or evening."""
    if 5 <= hour < 12:
        return "morning"
    return "afternoon" if 12 <= hour < 18 else "evening"
