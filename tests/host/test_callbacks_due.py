"""When a callback is due: real hours over clock changes, working days, make-up days, unpublished years."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from callback_paper import HOUR_MS, START, at, rules
from deskunit.calendar import Calendar, Day
from deskunit.callbacks.due import due, due_before
from deskunit.callbacks.kinds import KINDS, PROMISES, promise

BERLIN = ZoneInfo("Europe/Berlin")


def due_at(kind: str, taken: str, **changes: object) -> int:
    return due(kind, at(taken), None, rules(**changes)).utc_ms


@pytest.mark.parametrize(
    ("kind", "hours"), [("dropped", 0), ("correction", 0), ("fault", 24), ("complaint", 48)]
)
def test_the_classes_in_hours(kind: str, hours: int) -> None:
    assert due_at(kind, "2026-05-08 16:00") == at("2026-05-08 16:00") + hours * HOUR_MS


def test_friday_before_a_make_up_saturday_two_working_days_end_on_monday() -> None:
    assert due_at("days_2", "2026-05-08 16:00") == at("2026-05-11 18:00")


def test_without_the_make_up_day_they_end_on_tuesday() -> None:
    weeks = rules(calendar=Calendar(""))
    assert due("days_2", at("2026-05-08 16:00"), None, weeks).utc_ms == at("2026-05-12 18:00")
    day_off = Calendar("CN", {date(2026, 5, 9): Day("holiday", "holiday")})
    healed = due("days_2", at("2026-05-08 16:00"), None, rules(calendar=day_off))
    assert healed.utc_ms == at("2026-05-12 18:00")


def test_five_working_days_over_the_national_holiday() -> None:
    # 1–7 October are free, Saturday the 10th works: 30 Sept. → 8, 9, 10, 12, 13 October
    assert due_at("days_5", "2026-09-30 09:00") == at("2026-10-13 18:00")


def test_taken_in_the_last_and_the_first_second_of_a_day() -> None:
    assert due_at("fault", "2026-05-07 23:59:30") == at("2026-05-08 23:59:30")
    assert due_at("days_2", "2026-05-06 23:59:59") == at("2026-05-08 18:00")
    assert due_at("days_2", "2026-05-07 00:00:00") == at("2026-05-09 18:00")


def test_closing_time_is_the_sites() -> None:
    early = due_at("days_2", "2026-05-08 16:00", closing_time=time(17, 30))
    assert early == at("2026-05-11 17:30")


@pytest.mark.parametrize(
    ("taken", "shown"),
    [
        ("2026-03-28 12:00", "2026-03-30 13:00"),  # the clock goes forward in between
        ("2026-10-24 12:00", "2026-10-26 11:00"),  # and back
    ],
)
def test_48_hours_are_48_real_hours_over_a_clock_change(taken: str, shown: str) -> None:
    found = due("complaint", at(taken, BERLIN), None, rules(zone=BERLIN))
    assert found.utc_ms - at(taken, BERLIN) == 48 * HOUR_MS
    assert found.utc_ms == at(shown, BERLIN)


def test_closing_time_is_local_over_a_clock_change() -> None:
    europe = rules(zone=BERLIN, calendar=Calendar(""))
    found = due("days_2", at("2026-10-23 10:00", BERLIN), None, europe)
    assert found.utc_ms == at("2026-10-27 18:00", BERLIN)


def test_an_inquiry_is_due_at_the_agreed_time_and_before_it_is_agreed_after_the_setting() -> None:
    taken, agreed = at("2026-05-08 16:00"), at("2026-05-09 10:15")
    assert due("inquiry", taken, agreed, rules()).utc_ms == agreed
    assert due("inquiry", taken, None, rules(inquiry_h=4)).utc_ms == taken + 4 * HOUR_MS


def test_a_year_that_is_not_published_is_said() -> None:
    assert due("days_2", at("2026-05-08 16:00"), None, rules()).is_published
    assert not due("days_2", at("2026-12-31 16:00"), None, rules()).is_published
    assert due("complaint", at("2026-12-31 16:00"), None, rules()).is_published  # asks no calendar


def test_the_calendar_has_a_version_that_changes_with_the_sites_list() -> None:
    plain = due("days_2", at("2026-05-08 16:00"), None, rules())
    own = Calendar("CN", {date(2026, 11, 11): Day("holiday", "holiday")})
    other = due("days_2", at("2026-05-08 16:00"), None, rules(calendar=own))
    assert plain.calendar.startswith("CN ") and other.calendar.startswith(plain.calendar + "+")
    assert Calendar("").version == "- weeks"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("now", ["2026-05-11 17:59:59", "2026-05-11 18:00:01", "2026-10-08 09:00"])
def test_what_is_overdue_is_found_without_looking_at_each(kind: str, now: str) -> None:
    """Every half hour of three weeks before: the bound and the due time agree."""
    here, end = rules(), at(now)
    before = due_before(promise(kind, False), end, here)
    for step in range(0, 21 * 48):
        taken = end - step * HOUR_MS // 2
        assert (due(kind, taken, None, here).utc_ms < end) == (taken < before)


def test_an_agreed_one_is_overdue_by_its_own_time() -> None:
    assert due_before("agreed", START, rules()) == START


def test_every_kind_has_its_promise() -> None:
    assert {promise(kind, False) for kind in KINDS} | {promise("inquiry", True)} == set(PROMISES)
