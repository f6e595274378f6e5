"""The measures, with the numbers of the issue and of HANDBOOK §4."""

from dataclasses import replace

import pytest
from callback_paper import HOUR_MS, at
from deskunit.callbacks import measures
from deskunit.callbacks.measures import MEASURES, Kept, Ratio, counted, measured

TODAY, TOMORROW = at("2026-05-08 00:00"), at("2026-05-09 00:00")
NOON = at("2026-05-08 12:00")
NOW = at("2026-05-08 20:00")
OPEN = Kept(
    "complaint",
    "open",
    "1001",
    "A",
    "账单",
    NOON - 48 * HOUR_MS,
    NOON,
    None,
    None,
    False,
    False,
    False,
)


def closed(at_utc_ms: int, satisfaction: str = "not_asked", **changes: object) -> Kept:
    told = {"status": "closed", "closed_utc_ms": at_utc_ms, "satisfaction": satisfaction}
    return replace(OPEN, **told, **changes)  # type: ignore[arg-type]


IN_TIME, LATE = closed(NOON - 1), closed(NOON + 1)


def of_today(*callbacks: Kept) -> list[Kept]:
    return counted(callbacks, TODAY, TOMORROW, NOW)


def test_five_due_today_three_in_time_one_late_one_open() -> None:
    due = of_today(IN_TIME, IN_TIME, IN_TIME, LATE, OPEN)
    assert measures.reply_rate(due) == Ratio(4, 5) and measures.reply_rate(due).share == 0.8
    assert measures.on_time_rate(due) == Ratio(3, 5) and measures.on_time_rate(due).share == 0.6


@pytest.mark.parametrize("name", MEASURES)
def test_of_nothing_every_measure_is_undefined(name: str) -> None:
    assert MEASURES[name]([]).share is None


def test_voided_ones_are_nowhere() -> None:
    voided = replace(OPEN, status="voided", is_repeat=True, escalated=True, key_account=True)
    (line,) = measured([voided], TODAY, TOMORROW, NOW)
    assert line.due == 0
    assert {ratio.share for ratio in line.ratios.values()} == {None}


def test_what_may_still_be_kept_says_nothing_yet() -> None:
    assert counted([OPEN], TODAY, TOMORROW, NOON) == []
    assert counted([OPEN], TODAY, TOMORROW, NOON + 1) == [OPEN]
    assert counted([IN_TIME], TODAY, TOMORROW, NOON - 1) == [IN_TIME]


def test_the_period_is_half_open_and_counts_by_due_time() -> None:
    at_start, at_end = replace(LATE, due_utc_ms=TODAY), replace(LATE, due_utc_ms=TOMORROW)
    assert of_today(at_start, at_end) == [at_start]
    assert counted([at_start, at_end], None, None, NOW) == [at_start, at_end]


def test_closed_at_the_very_due_time_is_in_time() -> None:
    assert closed(NOON).is_on_time and not closed(NOON + 1).is_on_time


def test_a_promise_now_has_its_grace() -> None:
    assert measures.grace_s("now", 900) == 900 and measures.grace_s("h24", 900) == 0
    at_once = replace(OPEN, kind="dropped", grace_s=900)
    assert counted([at_once], TODAY, TOMORROW, NOON + 900_000) == []
    done = closed(NOON + 900_000, kind="dropped", grace_s=900)
    assert done.is_on_time and not replace(done, closed_utc_ms=NOON + 900_001).is_on_time


def test_two_repeats_among_twelve_complaints() -> None:
    repeat = replace(OPEN, is_repeat=True, taken_utc_ms=NOON)
    plain = replace(OPEN, taken_utc_ms=NOON)
    inquiry = replace(plain, kind="inquiry", is_repeat=True)
    taken = measures.taken_in([repeat] * 2 + [plain] * 10 + [inquiry, OPEN], TODAY, TOMORROW)
    assert measures.repeat_rate(taken) == Ratio(2, 10)
    assert measures.repeat_rate([repeat]).share is None  # nothing but repeats


def test_inquiry_satisfaction_is_of_those_asked() -> None:
    told = [closed(NOON, said, kind="inquiry") for said in ("yes", "yes", "no", "not_asked")]
    assert measures.inquiry_satisfaction([*told, closed(NOON, "yes")]) == Ratio(2, 3)


def test_complaint_satisfaction_is_of_all_replied() -> None:
    told = [closed(NOON, said, kind="days_2") for said in ("yes", "no", "not_asked")]
    assert measures.complaint_satisfaction([*told, OPEN]) == Ratio(1, 3)


def test_escalated_and_key_accounts_complaints_count_open_ones_too() -> None:
    happy = closed(NOON, "yes", escalated=True, key_account=True)
    waiting = replace(OPEN, escalated=True, key_account=True)
    inquiry = closed(NOON, "yes", kind="inquiry", escalated=True, key_account=True)
    due = [happy, waiting, inquiry, IN_TIME]
    assert measures.escalated_satisfaction(due) == Ratio(1, 2)
    assert measures.key_account_satisfaction(due) == Ratio(1, 2)


@pytest.mark.parametrize(
    ("by", "groups"),
    [("agent", ["1001", "1002"]), ("team", ["A", "B"]), ("class", ["complaint", "fault"]),
     ("subject", ["气表", "账单"])],
)  # fmt: skip
def test_a_line_a_group(by: str, groups: list[str]) -> None:
    other = replace(LATE, owner="1002", team="B", kind="fault", subject="气表")
    lines = {one.group: one for one in measured([IN_TIME, OPEN, other], TODAY, TOMORROW, NOW, by)}
    assert sorted(lines) == sorted(groups)
    assert [lines[name].due for name in groups] in ([2, 1], [1, 2])
    assert {lines[name].ratios["on_time_rate"].share for name in groups} == {0.5, 0.0}


def test_targets_are_met_from_below_or_above() -> None:
    assert measures.is_met("reply_rate", Ratio(9, 10), 90) is True
    assert measures.is_met("reply_rate", Ratio(8, 10), 90) is False
    assert measures.is_met("repeat_rate", Ratio(1, 10), 10) is True
    assert measures.is_met("repeat_rate", Ratio(2, 10), 10) is False
    assert measures.is_met("reply_rate", Ratio(0, 0), 90) is None
    assert measures.is_met("reply_rate", Ratio(1, 1), None) is None
