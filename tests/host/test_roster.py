"""roster.csv as people save it and the mistakes they make; who came when, and adherence."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from deskunit import measures, roster
from deskunit.errors import DeskunitError
from deskunit.measures import Limits, Measures, Period, by, measured, shift_results
from deskunit.roster import Shift
from log_paper import MIN, NINE, LogPaper

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEAD = "agent,date,start,end,activity\n"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def parsed(text: str, zone: ZoneInfo = SHANGHAI) -> list[Shift]:
    return roster.parse(text.encode(), zone)


def test_a_chinese_table_from_a_spreadsheet() -> None:
    text = "工号,日期,开始,结束,内容\n1001,2026/11/23,8：00,12:00:00,\n1001,2026年11月23日,12:00,12:30,就餐\n"
    assert roster.parse(text.encode("gbk"), SHANGHAI) == [
        Shift("1001", at("2026-11-23 08:00"), at("2026-11-23 12:00"), None, 2),
        Shift("1001", at("2026-11-23 12:00"), at("2026-11-23 12:30"), 2, 3),
    ]


def test_columns_in_any_order_without_activity() -> None:
    (shift,) = parsed("start;end;date;agent\n22:00;06:00;2026-11-23;1001\n")
    assert (shift.start_utc_ms, shift.end_utc_ms) == (
        at("2026-11-23 22:00"),
        at("2026-11-24 06:00"),
    )


def test_midnight_may_be_written_both_ways() -> None:
    both = [parsed(HEAD + f"1,2026-11-23,16:00,{end},\n")[0] for end in ("24:00", "00:00")]
    assert {one.end_utc_ms for one in both} == {at("2026-11-24 00:00")}


def test_a_night_in_which_the_clock_is_set_back_has_an_hour_more() -> None:
    (shift,) = parsed(HEAD + "1,2026-10-24,22:00,06:00,\n", ZoneInfo("Europe/Berlin"))
    assert shift.end_utc_ms - shift.start_utc_ms == 9 * 60 * MIN


@pytest.mark.parametrize("word", ["meal", "就餐", "Meal", "2"])
def test_an_activity_is_a_reason_by_word_label_or_number(word: str) -> None:
    assert parsed(HEAD + f"1,2026-11-23,12:00,12:30,{word}\n")[0].activity == 2


def test_no_file_is_no_roster(tmp_path: Path) -> None:
    assert roster.load(tmp_path / roster.FILE_NAME, SHANGHAI) == []


@pytest.mark.parametrize(
    ("rows", "key", "line"),
    [
        (",2026-11-23,08:00,12:00,\n", "roster_no_agent", 2),
        ("1,2026-02-30,08:00,12:00,\n", "roster_date", 2),
        ("1,tomorrow,08:00,12:00,\n", "roster_date", 2),
        ("1,2026-11-23,08:00,12:00,\n1,2026-11-24,8h,12:00,\n", "roster_time", 3),
        ("1,2026-11-23,08:60,12:00,\n", "roster_time", 2),
        ("1,2026-11-23,08:00,24:01,\n", "roster_time", 2),
        ("1,2026-11-23,08:00,08:00,\n", "roster_length", 2),
        ("1,2026-11-23,08:00,12:00,gardening\n", "roster_activity", 2),
    ],
)
def test_a_mistake_is_named_with_its_line(rows: str, key: str, line: int) -> None:
    with pytest.raises(DeskunitError) as caught:
        parsed(HEAD + rows)
    assert (caught.value.key, caught.value.values["line"]) == (key, line)
    assert str(line) in caught.value.sentence("zh") and "roster.csv" in caught.value.sentence("en")


def test_shifts_that_overlap_are_one_mistake_that_names_both_lines() -> None:
    night = (
        "1001,2026-11-24,05:00,09:00,\n1002,2026-11-23,22:00,06:00,\n1001,2026-11-23,22:00,06:00,\n"
    )
    with pytest.raises(DeskunitError, match=r"agent 1001 that overlap in line 2 and line 4"):
        parsed(HEAD + night)


# -- punctuality (HANDBOOK S1)

SHIFT = Shift("1001", NINE, NINE + 60 * MIN)
DAY = Period(NINE - 60 * MIN, NINE + 240 * MIN)


@pytest.mark.parametrize(
    ("signed_in_min", "status", "late_min"),
    [(-10, "on_time", 0), (-5, "on_time", 0), (-4, "late", 1), (20, "late", 25), (61, "absent", 0)],
)
def test_who_signed_in_when_a_shift_was_about_to_begin(
    signed_in_min: int, status: str, late_min: int
) -> None:
    paper = LogPaper(at=NINE + signed_in_min * MIN).state("not_ready", MIN).state("ready", MIN)
    paper.state("not_ready", 120 * MIN)
    (result,) = shift_results(paper.pieces, [SHIFT])
    assert (result.status, result.late_ms) == (status, late_min * MIN)
    came = None if status == "absent" else NINE + signed_in_min * MIN
    assert result.sign_in_utc_ms == came
    assert result.first_ready_utc_ms == (None if came is None else came + MIN)
    found = measured(paper.pieces, shifts=[SHIFT], period=DAY)
    assert (found.shifts_due, found.sign_ins_without_shift) == (1, int(status == "absent"))
    assert (found.on_time, found.late, found.absent) == tuple(
        int(status == one) for one in ("on_time", "late", "absent")
    )


def test_signed_in_early_but_gone_again_is_late() -> None:
    paper = LogPaper(at=NINE - 20 * MIN).state("not_ready", 10 * MIN).state("signed_out", 15 * MIN)
    (result,) = shift_results(paper.state("not_ready", 60 * MIN).pieces, [SHIFT])
    assert (result.status, result.sign_in_utc_ms) == ("late", NINE + 5 * MIN)


def test_a_sign_in_that_began_before_what_was_read_is_of_another_period() -> None:
    paper = LogPaper(at=NINE + 90 * MIN).state("not_ready", MIN)
    found = measured(paper.pieces, shifts=[SHIFT], period=DAY)
    assert found.sign_ins_without_shift == 1
    clipped = measured(paper.last(clipped_start=True).pieces, shifts=[SHIFT], period=DAY)
    assert clipped.sign_ins_without_shift == 0


def test_lines_without_a_pause_are_one_shift_and_what_comes_later_is_not_due() -> None:
    lines = [SHIFT, Shift("1001", NINE + 60 * MIN, NINE + 70 * MIN, 1)]
    lines.append(Shift("1001", NINE + 120 * MIN, NINE + 180 * MIN))
    paper = LogPaper(at=NINE - 6 * MIN).state("not_ready", 66 * MIN)
    assert [one.status for one in shift_results(paper.pieces, lines)] == ["on_time", "absent"]
    found = measured(paper.pieces, shifts=lines, period=DAY, now_utc_ms=NINE + 60 * MIN)
    assert (found.shifts_due, found.on_time, found.absent) == (1, 1, 0)


def test_who_was_absent_has_a_group_and_without_a_roster_nothing_is_said() -> None:
    groups = by([], shifts=[SHIFT], period=DAY, who="agent")
    assert {group.who: one.absent for group, one in groups.items()} == {"1001": 1}
    paper = LogPaper().state("ready", MIN)
    keys = ("on_time_sign_ins", "late_sign_ins", "absences", "sign_ins_without_shift", "adherence")
    assert {measured(paper.pieces).figure(key).text for key in keys} == {"–"}


# -- adherence


def adhered(paper: LogPaper, *shifts: Shift, grace_s: int = 0) -> Measures:
    limits = Limits(adherence_grace_s=grace_s)
    return measured(paper.pieces, shifts=shifts or (SHIFT,), period=DAY, limits=limits)


def ten_late_ten_over() -> LogPaper:
    paper = LogPaper(at=NINE + 10 * MIN).state("ready", 20 * MIN).call(20 * MIN, MIN, wrap_up=MIN)
    return paper.state("ready", 18 * MIN)


def test_ten_minutes_late_and_ten_over() -> None:
    found = adhered(ten_late_ten_over())
    assert (
        found.figure("adherence").part == 50 * MIN and found.figure("adherence").whole == 70 * MIN
    )
    assert found.figure("adherence").text == "71.4 %"
    assert found.figure("adherence_without_overtime").text == "83.3 %"
    assert Limits().adherence_key == "adherence"
    assert Limits(overtime_counts=False).adherence_key == "adherence_without_overtime"


@pytest.mark.parametrize(("grace_s", "text"), [(599, "71.4 %"), (600, "100.0 %")])
def test_a_deviation_within_the_grace_is_none(grace_s: int, text: str) -> None:
    assert adhered(ten_late_ten_over(), grace_s=grace_s).figure("adherence").text == text


def test_the_grace_is_for_the_ends_of_a_shift_only() -> None:
    paper = LogPaper().state("ready", 20 * MIN).state("not_ready", 5 * MIN, reason_code=1)
    paper.state("ready", 35 * MIN)
    assert adhered(paper, grace_s=600).adherent_ms == 55 * MIN


def test_overtime_apart_from_a_shift_has_no_grace() -> None:
    paper = (
        LogPaper().state("ready", 60 * MIN).state("signed_out", 10 * MIN).state("ready", 5 * MIN)
    )
    assert adhered(paper, grace_s=600).overtime_ms == 5 * MIN


@pytest.mark.parametrize(
    ("state", "reason", "fits"),
    [
        ("ready", None, True),
        ("talking", None, True),
        ("hold", None, True),
        ("wrap_up", None, True),
        ("not_ready", 0, True),
        ("not_ready", 7, True),
        ("not_ready", 1, False),
        ("not_ready", 4, False),
    ],
)
def test_what_fits_work(state: str, reason: int | None, fits: bool) -> None:
    paper = LogPaper().state(state, 60 * MIN, reason_code=reason)
    found = adhered(paper)
    assert (found.scheduled_ms, found.adherent_ms) == (60 * MIN, 60 * MIN * fits)


def test_a_planned_break_fits_the_break_or_nobody_at_the_desk() -> None:
    lines = [
        Shift("1001", NINE, NINE + 30 * MIN),
        Shift("1001", NINE + 30 * MIN, NINE + 60 * MIN, 2),
    ]
    paper = LogPaper().state("ready", 30 * MIN).state("not_ready", 10 * MIN, reason_code=2)
    paper.state("signed_out", 10 * MIN).state("ready", 10 * MIN)
    found = adhered(paper, *lines)
    assert (found.adherent_ms, found.scheduled_ms, found.overtime_ms) == (50 * MIN, 60 * MIN, 0)


def test_a_planned_meeting_fits_the_meeting_alone() -> None:
    paper = LogPaper().state("not_ready", 20 * MIN, reason_code=4).state("signed_out", 40 * MIN)
    found = adhered(paper, Shift("1001", NINE, NINE + 60 * MIN, 4))
    assert (found.adherent_ms, found.scheduled_ms) == (20 * MIN, 60 * MIN)


def test_what_is_unknown_is_neither_in_nor_out() -> None:
    paper = LogPaper().state("ready", 30 * MIN, end_inferred=True).state("unknown", 20 * MIN)
    found = adhered(paper.state("ready", 5 * MIN))
    assert (found.adherent_ms, found.scheduled_ms) == (35 * MIN, 40 * MIN)
    assert found.scheduled_unknown_ms == 20 * MIN


def test_what_is_unknown_at_one_unit_and_work_at_another_is_work() -> None:
    lost = LogPaper().state("ready", 30 * MIN, end_inferred=True).state("unknown", 30 * MIN)
    second = LogPaper(uid="b0", at=NINE + 40 * MIN).state("ready", 20 * MIN)
    found = measured([*lost.pieces, *second.pieces], shifts=[SHIFT], period=DAY)
    assert (found.adherent_ms, found.scheduled_unknown_ms) == (50 * MIN, 10 * MIN)


def test_at_two_units_at_once_a_minute_counts_once() -> None:
    first, second = LogPaper().state("ready", 60 * MIN), LogPaper(uid="b0").state("ready", 60 * MIN)
    found = measured([*first.pieces, *second.pieces], shifts=[SHIFT], period=DAY)
    assert (found.adherent_ms, found.scheduled_ms, found.overtime_ms) == (60 * MIN, 60 * MIN, 0)


def test_by_interval_the_parts_add_up_and_without_a_schedule_it_is_undefined() -> None:
    paper = ten_late_ten_over()
    parts = by(paper.pieces, shifts=[SHIFT], period=DAY, every="30min", zone=SHANGHAI)
    whole = measures.total(parts.values())
    assert whole.figure("adherence") == adhered(paper).figure("adherence")
    assert [one.figure("adherence").text for one in parts.values()] == ["66.7 %", "100.0 %", "–"]


def test_today_what_is_still_to_come_is_not_scheduled_yet() -> None:
    paper = LogPaper().state("ready", 30 * MIN)
    now = NINE + 30 * MIN
    found = measured(paper.pieces, shifts=[SHIFT], period=DAY, now_utc_ms=now)
    assert (found.scheduled_ms, found.adherent_ms) == (30 * MIN, 30 * MIN)
