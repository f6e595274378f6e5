"""Hour, greeting and wish of an instant, across midnights and changes of the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from deskunit.calendar import Calendar
from deskunit.daytime import Daytime, daytime

CHINA, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = CHINA, calendar: Calendar | None = None) -> Daytime:
    instant = datetime.fromisoformat(text)
    return daytime(int(instant.timestamp() * 1000), zone, calendar or Calendar())


@pytest.mark.parametrize(
    ("text", "hour", "hello"),
    [
        ("2026-11-25T00:00:00+08:00", 0, "evening"),
        ("2026-11-25T04:59:59+08:00", 4, "evening"),
        ("2026-11-25T05:00:00+08:00", 5, "morning"),
        ("2026-11-25T11:59:59+08:00", 11, "morning"),
        ("2026-11-25T12:00:00+08:00", 12, "afternoon"),
        ("2026-11-25T18:00:00+08:00", 18, "evening"),
        ("2026-11-25T23:59:59+08:00", 23, "evening"),
    ],
)
def test_the_hour_opens_the_greeting(text: str, hour: int, hello: str) -> None:
    found = at(text)
    assert (found.hour, found.hello, found.wish) == (hour, hello, "")


def test_midnight_at_the_site_begins_the_holiday() -> None:
    assert at("2026-09-30T23:59:59.999+08:00").wish == ""
    assert at("2026-10-01T00:00:00+08:00").wish == "national"
    assert at("2026-09-30T16:00:00+00:00").wish == "national", "it is the site's midnight"
    assert at("2026-10-07T23:59:59+08:00").wish == "national"
    assert at("2026-10-08T00:00:00+08:00").wish == ""


def test_a_saturday_is_a_weekend_unless_it_is_made_up() -> None:
    assert at("2026-10-17T09:00:00+08:00").wish == "weekend"
    assert at("2026-10-10T09:00:00+08:00").wish == ""


def test_the_hour_jumps_with_summer_time() -> None:
    plain = Calendar("DE")
    before, after = "2026-03-29T00:59:59+00:00", "2026-03-29T01:00:00+00:00"
    assert [at(one, BERLIN, plain).hour for one in (before, after)] == [1, 3]
    before, after = "2026-10-25T00:59:59+00:00", "2026-10-25T01:00:00+00:00"
    assert [at(one, BERLIN, plain).hour for one in (before, after)] == [2, 2]
