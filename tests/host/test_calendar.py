"""Dates as the State Council decided them for 2024 to 2026, the site's own list, and other countries.

The decisions are written here from the published notices, so that they check the package too.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from deskunit import calendar
from deskunit.calendar import Calendar, Day
from deskunit.errors import DeskunitError

NEW_YEAR, SPRING, QINGMING, LABOUR = "new_year", "spring_festival", "qingming", "labour"
DRAGON, MID_AUTUMN, NATIONAL = "dragon_boat", "mid_autumn", "national"
# key, first and last day off; 2024's notice joins some one-day feasts to a weekend: all of it is off.
OFF = [
    (NEW_YEAR, "2023-12-30", "2024-01-01"),
    (SPRING, "2024-02-10", "2024-02-17"),
    (QINGMING, "2024-04-04", "2024-04-06"),
    (LABOUR, "2024-05-01", "2024-05-05"),
    (DRAGON, "2024-06-08", "2024-06-10"),
    (MID_AUTUMN, "2024-09-15", "2024-09-17"),
    (NATIONAL, "2024-10-01", "2024-10-07"),
    (NEW_YEAR, "2025-01-01", "2025-01-01"),
    (SPRING, "2025-01-28", "2025-02-04"),
    (QINGMING, "2025-04-04", "2025-04-06"),
    (LABOUR, "2025-05-01", "2025-05-05"),
    (DRAGON, "2025-05-31", "2025-06-02"),
    (NATIONAL, "2025-10-01", "2025-10-05"),
    (MID_AUTUMN, "2025-10-06", "2025-10-06"),
    (NATIONAL, "2025-10-07", "2025-10-08"),
    (NEW_YEAR, "2026-01-01", "2026-01-03"),
    (SPRING, "2026-02-15", "2026-02-23"),
    (QINGMING, "2026-04-04", "2026-04-06"),
    (LABOUR, "2026-05-01", "2026-05-05"),
    (DRAGON, "2026-06-19", "2026-06-21"),
    (MID_AUTUMN, "2026-09-25", "2026-09-27"),
    (NATIONAL, "2026-10-01", "2026-10-07"),
]
MADE_UP = {
    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14",
    "2024-09-29", "2024-10-12", "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28",
    "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20",
    "2026-10-10",
}  # fmt: skip


def day(text: str) -> date:
    return date.fromisoformat(text)


def dates(first: str, last: str) -> Iterator[date]:
    when = day(first)
    while when <= day(last):
        yield when
        when += timedelta(days=1)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return Calendar()


def test_three_years_are_as_they_were_decided(china: Calendar) -> None:
    keys = {when: key for key, first, last in OFF for when in dates(first, last)}
    for when in dates("2024-01-01", "2026-12-31"):
        found = china.day(when)
        if when in keys:
            assert (found.kind, found.key) == ("holiday", keys[when]), when
        elif when.isoformat() in MADE_UP or when.weekday() < 5:
            assert found == Day("work"), when
        else:
            assert found == Day("weekend", "weekend"), when


def test_a_day_of_a_holiday_has_its_name(china: Calendar) -> None:
    assert china.day(day("2026-10-06")).name == "国庆节", "a moved day"
    assert china.day(day("2026-02-21")).name == "春节", "a Saturday within"
    assert china.day(day("2026-02-16")).name == "农历除夕"


def test_the_published_years_are_those_in_which_the_package_moves_days(china: Calendar) -> None:
    moving = set()
    for year in range(2024, 2031):
        year_days = dates(f"{year}-01-01", f"{year}-12-31")
        if any(when.weekday() >= 5 and china.is_working_day(when) for when in year_days):
            moving.add(year)
    assert moving == calendar.PUBLISHED, "the package has learnt a year: check it, then list it"
    assert china.is_published(2026) and not china.is_published(2027)
    assert Calendar("DE").is_published(2027) and Calendar("").is_published(2027)


def test_two_working_days_from_the_friday_before_a_made_up_saturday(china: Calendar) -> None:
    friday = day("2026-02-27")
    assert china.next_working_days(friday, 2) == [day("2026-02-28"), day("2026-03-02")]
    plain = Calendar("")
    assert plain.next_working_days(friday, 2) == [day("2026-03-02"), day("2026-03-03")]
    not_here = Calendar("CN", {day("2026-02-28"): Day("holiday", "holiday")})
    assert not_here.next_working_days(friday, 2)[-1] == day("2026-03-03")


def test_working_days_over_the_spring_festival(china: Calendar) -> None:
    assert china.next_working_days(day("2026-02-13"), 2) == [day("2026-02-14"), day("2026-02-24")]
    assert china.next_working_days(day("2026-02-13"), 0) == []


def test_the_sites_list_counts_more_than_the_country() -> None:
    site = calendar.parse(
        "date,kind,name\n2026-10-02,work,值班\n2026-11-11,holiday,店庆\n2026-10-03,holiday,\n".encode()
    )
    here = Calendar("CN", site)
    assert here.day(day("2026-10-02")) == Day("work", "", "值班")
    assert here.day(day("2026-11-11")) == Day("holiday", "holiday", "店庆")
    assert here.day(day("2026-10-03")) == Day("holiday", "national", "国庆节")
    assert here.day(day("2026-10-04")).key == "national", "the others keep theirs"


def test_another_country_has_its_own_days_and_weekends() -> None:
    germany = Calendar("DE")
    assert germany.day(day("2026-01-01")) == Day("holiday", "new_year", "Neujahr")
    assert germany.day(day("2026-10-03")).key == "holiday"
    assert germany.day(day("2026-02-14")) == Day("weekend", "weekend")
    emirates_before, saudi = day("2026-11-06"), Calendar("SA")
    assert emirates_before.weekday() == 4 and saudi.day(emirates_before).kind == "weekend"
    assert saudi.is_working_day(day("2026-11-08")), "a Sunday"


@pytest.mark.parametrize(
    ("country", "when", "key", "name"),
    [
        ("HK", "2026-02-18", "spring_festival", "農曆年初二"),
        ("HK", "2026-09-26", "mid_autumn", "中秋節翌日"),
        ("HK", "2026-12-25", "holiday", "聖誕節"),
        ("TW", "2026-06-19", "dragon_boat", "端午節"),
        ("TW", "2026-10-10", "national", "國慶日"),
        ("TW", "2026-01-01", "new_year", "中華民國開國紀念日"),
        ("VN", "2026-05-01", "labour", "Ngày Quốc tế Lao động"),
        ("MY", "2026-06-17", "holiday", "Awal Muharam"),
    ],
)
def test_the_same_feasts_are_kept_elsewhere(country: str, when: str, key: str, name: str) -> None:
    assert Calendar(country).day(day(when)) == Day("holiday", key, name)


def test_without_a_country_there_are_weekends_alone() -> None:
    plain = Calendar("")
    assert plain.day(day("2026-10-01")) == Day("work")
    assert plain.day(day("2026-02-28")) == Day("weekend", "weekend")


def test_a_country_that_the_package_does_not_know_is_a_sentence() -> None:
    with pytest.raises(DeskunitError) as caught:
        Calendar("XX")
    assert caught.value.key == "unknown_country" and "XX" in caught.value.sentence("zh")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_file_is_read_however_a_spreadsheet_saved_it(encoding: str, delimiter: str) -> None:
    text = "日期,类型,名称\r\n2026/3/8,放假,妇女节\r\n\r\n2026年3月9日,上班,\r\n"
    found = calendar.parse(text.replace(",", delimiter).encode(encoding))
    assert found == {
        day("2026-03-08"): Day("holiday", "holiday", "妇女节"),
        day("2026-03-09"): Day("work"),
    }


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("day,kind\n", "table_header", 1),
        ("date,kind\n2026-02-30,work\n", "holidays_date", 2),
        ("date,kind\n2026-02-01,work\n1/2/2026,work\n", "holidays_date", 3),
        ("date,kind\n,work\n", "holidays_date", 2),
        ("date,kind\n2026-02-01,off\n", "holidays_kind", 2),
        ("date,kind\n2026-02-01,work\n\n2026/2/1,holiday\n", "holidays_twice", 4),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, key: str, line: int) -> None:
    with pytest.raises(DeskunitError) as caught:
        calendar.parse(text.encode())
    assert (caught.value.key, caught.value.values["line"]) == (key, line)
    assert f"第 {line} 行" in caught.value.sentence("zh")
    assert f"line {line}" in caught.value.sentence("en")


def test_no_file_means_no_days_of_its_own(tmp_path: Path) -> None:
    assert calendar.load(tmp_path / calendar.FILE_NAME) == {}
    (tmp_path / calendar.FILE_NAME).write_text("date,kind\n2026-03-08,holiday\n")
    assert set(calendar.load(tmp_path / calendar.FILE_NAME)) == {day("2026-03-08")}
