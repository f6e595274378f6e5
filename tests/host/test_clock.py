"""The points and the slope of one unit's clock, and which rows come of readings."""

import random

import pytest
from deskunit import epochs
from deskunit.clock import RATE_PPB, ClockReading, Sync
from deskunit.epochs import BOUNDED, SYNCED, Epoch

UTC_LESS_MS = 1_795_309_200_000


def probed(sync: Sync, true_ms: int, ppm: float, there_ms: int = 2, back_ms: int = 2) -> None:
    at_ms = int((true_ms + there_ms) * (1 + ppm / 1e6))
    sync.add(true_ms, at_ms, at_ms, true_ms + there_ms + back_ms, UTC_LESS_MS)


def after(rounds: int, ppm: float, outliers: float = 0) -> tuple[Sync, ClockReading | None]:
    chance = random.Random(1)
    sync, reading = Sync(), None
    for number in range(rounds):
        late_ms = 400 if chance.random() < outliers else 2
        probed(sync, 30_000 * number, ppm, there_ms=late_ms)
        reading = sync.finish()
    return sync, reading


def test_the_quickest_answer_of_a_round_is_its_point() -> None:
    sync = Sync()
    for there_ms, back_ms in [(50, 1), (1, 3), (2, 90)]:
        probed(sync, 1_000, 0, there_ms, back_ms)
    reading = sync.finish()
    assert reading is not None and sync.round_trip_ms == 4
    assert (reading.offset_ms - UTC_LESS_MS, reading.error_ms) == (1, 4), "3 and the 91 ms since"


def test_no_answer_no_reading() -> None:
    assert Sync().finish() is None


@pytest.mark.parametrize("ppm", [-100, -20, 0, 60])
@pytest.mark.parametrize("outliers", [0, 0.2])
def test_slope_is_the_crystals_also_with_late_answers(ppm: float, outliers: float) -> None:
    sync, reading = after(120, ppm, outliers)
    assert reading is not None and abs(sync.slope_ppb / 1000 + ppm) < 3
    assert reading.drift_ppb < RATE_PPB / 4


def test_slope_waits_for_ten_minutes_and_is_no_more_than_100_ppm() -> None:
    assert after(20, 80)[0].slope_ppb == 0
    assert after(22, 80)[0].slope_ppb != 0
    assert after(60, 400)[0].slope_ppb == -RATE_PPB


def test_a_late_round_does_not_make_a_good_one_worse() -> None:
    sync, _ = after(5, 0)
    probed(sync, 150_000, 0, there_ms=300)
    reading = sync.finish()
    assert reading is not None and reading.error_ms <= 3 + 4
    assert abs(reading.offset_ms - UTC_LESS_MS) <= 1


def test_step_is_seen_at_once_and_told_with_the_next_reading() -> None:
    sync, _ = after(3, 0)
    assert not sync.look(UTC_LESS_MS + 61_000, 61_000)
    assert not sync.look(UTC_LESS_MS + 62_200, 62_000), "a correction of 0.2 s is none"
    assert sync.look(UTC_LESS_MS + 62_200 + 10_000, 63_000)
    probed(sync, 64_000, 0)
    reading = sync.finish()
    assert reading is not None and abs((reading.stepped_ms or 0) - 62_000) <= 2
    probed(sync, 94_000, 0)
    following = sync.finish()
    assert following is not None and following.stepped_ms is None


def read(at_ms: int, offset_ms: int, error_ms: int = 3, **more: int) -> ClockReading:
    return ClockReading(at_ms, offset_ms, error_ms, **more)


def test_reading_soon_after_the_start_makes_one_row_for_all_of_the_boot() -> None:
    (row,) = epochs.first(read(2_000, 70))
    assert (row.from_ms, row.offset(0), row.quality) == (0, 70, SYNCED)
    assert row.error(0) == row.error(2_000) == 3 + 14 + 1


def test_late_first_reading_is_less_sure_of_what_was_long_before() -> None:
    back, live = epochs.first(read(3_600_000, 70))
    assert (back.from_ms, live.from_ms) == (0, 3_600_000)
    assert (back.error(0), back.error(3_599_999), live.error(9_000_000)) == (17 + 360, 18, 17)


def test_reading_that_agrees_adds_nothing_and_one_that_does_not_begins_beyond_every_word() -> None:
    rows = epochs.first(read(2_000, 70))
    assert epochs.more(rows, 2_000, 20_000, read(32_000, 78)) == []
    (row,) = epochs.more(rows, 2_000, 40_000, read(32_000, 90))
    assert (row.from_ms, row.offset(40_000)) == (40_000, 90)


def test_noisy_cable_makes_few_rows() -> None:
    chance = random.Random(3)
    rows = epochs.first(read(2_000, 0, 12))
    for number in range(1, 1_000):
        reading = read(30_000 * number, chance.randint(-10, 10), 12)
        rows += epochs.more(rows, 30_000 * (number - 1), 30_000 * number - 500, reading)
    assert len(rows) < 5 and all(abs(row.offset(0)) <= row.error(0) for row in rows)


def test_step_leaves_the_words_in_between_unsure() -> None:
    rows = epochs.first(read(2_000, 0))
    unsure, live = epochs.more(rows, 602_000, 500_000, read(1_200_000, 3_600_000))
    assert (unsure.from_ms, unsure.quality, live.quality) == (602_001, BOUNDED, SYNCED)
    assert unsure.error(700_000) > 3_600_000 and live.error(1_200_000) == 17


def test_words_without_a_reading_are_less_sure_the_later_and_said_so_once() -> None:
    rows = epochs.first(read(2_000, 0))
    (row,) = epochs.unread(rows, 62_000, 80_000)
    assert (row.from_ms, row.error(62_000)) == (80_000, rows[0].error(0))
    assert row.error(10_062_000) == rows[0].error(0) + 1_000
    assert epochs.unread([*rows, row], 62_000, 90_000) == []


def test_placed_boots_stand_one_after_the_other_in_the_middle() -> None:
    (one,), (two,) = epochs.placed((1_000_000, 5), (2_000_000, 7), [100_000, 300_000])
    assert (one.offset(0), two.offset(0)) == (1_300_000, 1_400_000)
    assert one.error(0) == two.error(0) == 300_000 + 1 + 5 + 7
    (alone,) = epochs.placed(None, (2_000_000, 7), [100_000])[0]
    assert alone.offset(0) == 1_900_000 and alone.error(0) >= 365 * 86_400_000
    assert epochs.find([one], -5) == one and isinstance(alone, Epoch)
