"""The store's intervals of a synthetic month against what its generator knows; and the generator itself."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from deskunit.agents import load
from deskunit.intervals import Interval
from deskunit.settings import load as load_settings
from deskunit.store import open_store
from floor import SHARES, make_day
from truth import Truth

PLACED_MS = 60  # how far the host's word of an instant may be from the truth here


@pytest.fixture(scope="module")
def rows(month: Path) -> list[Interval]:
    with open_store(month, write=False) as store:
        return list(store.intervals())


def test_every_state_is_derived_as_it_was(
    rows: list[Interval], month_and_truth: tuple[Path, Truth]
) -> None:
    truth = month_and_truth[1]
    derived = sorted(
        (one for one in rows if one.agent_id and one.end_utc_ms is not None),
        key=lambda one: (one.uid, one.start_utc_ms, one.end_utc_ms),
    )
    lived = sorted(
        (one for one in truth.spans if one.agent),
        key=lambda one: (one.uid, one.start_utc_ms, one.end_utc_ms),
    )
    assert len(derived) == len(lived) > 100_000
    for row, span in zip(derived, lived, strict=True):
        assert (row.uid, row.state, row.agent_id, row.reason_code) == (
            span.uid, span.state, span.agent, span.reason,
        )  # fmt: skip
        assert row.duration_ms is not None and row.end_utc_ms is not None
        may_differ_ms = PLACED_MS if span.state == "unknown" else 0
        assert abs(row.duration_ms - span.duration_ms) <= may_differ_ms
        assert abs(row.start_utc_ms - span.start_utc_ms) <= row.time_error_ms + 2
        assert row.call_no == (span.call[1] if span.call else None)


def test_the_states_of_a_sign_in_add_up_to_its_time(rows: list[Interval]) -> None:
    of: dict[str, list[Interval]] = defaultdict(list)
    for row in rows:
        if row.sign_in is not None and row.end_utc_ms is not None:
            of[row.sign_in].append(row)
    assert len(of) > 900
    for states in of.values():
        states.sort(key=lambda one: one.start_utc_ms)
        signed_in_ms = (states[-1].end_utc_ms or 0) - states[0].start_utc_ms
        # the unit's crystal is off by 20 ppm at most
        assert abs(sum(one.duration_ms or 0 for one in states) - signed_in_ms) <= (
            PLACED_MS + signed_in_ms * 20 // 1_000_000
        )


def test_holds_and_calls_are_those_that_were_pressed(
    rows: list[Interval], month_and_truth: tuple[Path, Truth]
) -> None:
    truth = month_and_truth[1]
    declined = sum(row.not_taken for row in rows)
    assert declined == sum(not hold.taken for hold in truth.holds) > 500
    talking = {(row.sign_in, row.call_no) for row in rows if row.state == "talking"}
    assert len(talking) == len({span.call for span in truth.spans if span.state == "talking"})
    with open_store(month_and_truth[0], write=False) as store:
        kinds = Counter(event.kind for event in store.events())
        assert len(store.gaps()) >= 1
    assert kinds == truth.kinds
    assert kinds["callback"] == truth.callbacks.total()
    assert kinds["outcome"] == truth.outcomes.total()


def test_everything_that_goes_wrong_on_a_floor_is_in_it(
    month_and_truth: tuple[Path, Truth],
) -> None:
    truth = month_and_truth[1]
    assert {one.kind for one in truth.mishaps} == set(SHARES)
    assert {shift.kind for shift in truth.shifts} == {"early", "late", "night"}
    late = [one for one in truth.shifts if one.comes_utc_ms > one.start_utc_ms]
    assert 0 < len(late) < len(truth.shifts) / 5


def test_the_lists_beside_the_log_can_be_read(month: Path) -> None:
    agents = load(month / "agents.csv")
    assert len(agents) == 50 and len({one.team for one in agents}) == 4
    assert load_settings(month).zone == "Asia/Shanghai"
    with (month / "roster.csv").open(encoding="utf-8-sig", newline="") as file:
        roster = list(csv.DictReader(file))
    assert list(roster[0]) == ["工号", "日期", "开始", "结束"]
    assert {row["工号"] for row in roster} == {one.id for one in agents}


def test_a_seed_always_makes_the_same_day(tmp_path: Path) -> None:
    def lines(name: str, seed: int) -> list[str]:
        make_day(tmp_path / name, seed, agents=6)
        with open_store(tmp_path / name, write=False) as store:
            return [event.line for event in store.events()]

    first = lines("first", 7)
    assert first == lines("again", 7)
    assert first != lines("other", 8)


def test_fixture_day_is_one_day(day: Path) -> None:
    with open_store(day, write=False) as store:
        rows = list(store.intervals())
    assert rows[-1].start_utc_ms - rows[0].start_utc_ms < 36 * 3_600_000
