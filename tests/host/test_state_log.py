"""The state log as asked for: cut at local bounds, corrected, clipped, chosen; nothing is ever lost."""

import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from deskunit.agents import Agent
from deskunit.correction import Correction
from deskunit.errors import DeskunitError
from deskunit.state_log import days
from deskunit.state_log.piece import Piece
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query, query
from deskunit.store import Store, open_store
from paper_unit import event

UID, OTHER = "a4cf12b3d0e8", "b4cf12b3d0e8"
SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
States = Sequence[tuple[str, str]]


def at(text: str) -> int:
    """UTC ms of an ISO instant with its offset."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "data", write=True) as store:
        store.set_agents([Agent("1001", "王小明", "客服一组"), Agent("1002", "李雷", "客服二组")])
        yield store


def tell(store: Store, states: States, *, uid: str = UID, agent: str = "1001") -> None:
    """One boot of a unit whose states begin at those instants; a call at each talking after another state."""
    begin_ms = at(states[0][0])
    store.remember_unit(uid, virtual=True, now_utc_ms=begin_ms)
    store.begin_boot(uid, "1-00000001", fw="1", reset_cause="PWRON", now_utc_ms=begin_ms,
                     offset_ms=begin_ms)  # fmt: skip
    told, call = [event(uid, "1-00000001", 1, 0, "boot", {"rst": "PWRON"})], 0
    for seq, (instant, state) in enumerate(states, start=2):
        call += state == "talking" and states[seq - 3][1] != "hold"
        body: dict[str, object] = {"to": state, "by": "btn"}
        body |= {"ag": agent} if state != "signed_out" else {}
        body |= {"rc": 0} if state == "not_ready" else {}
        body |= {"call": call} if state in ("talking", "hold", "wrap_up") else {}
        body |= {"hold": 1} if state == "hold" else {}
        told.append(event(uid, "1-00000001", seq, at(instant) - begin_ms, "st", body))
    store.commit(told, at(states[-1][0]))


def read(store: Store, asked: Query, now: str = "2027-01-01T00:00+00:00") -> list[Piece]:
    return list(pieces(store, asked, at(now)))


def seconds(found: Sequence[Piece]) -> list[tuple[str, float]]:
    return [(one.state, one.duration_ms / 1000) for one in found]


NIGHT = (
    ("2026-11-24T22:00+08:00", "not_ready"),
    ("2026-11-24T23:50+08:00", "ready"),
    ("2026-11-25T00:20+08:00", "not_ready"),
    ("2026-11-25T06:00+08:00", "signed_out"),
)


def test_a_night_shift_is_one_row_two_days_or_one_business_day(store: Store) -> None:
    tell(store, NIGHT)
    asked = replace(query(tz=SHANGHAI), states=("ready",))
    assert seconds(read(store, asked)) == [("ready", 1800)]
    split = read(store, replace(asked, split="midnight"))
    assert seconds(split) == [("ready", 600), ("ready", 1200)]
    assert [(one.row_id, one.part) for one in split] == [(split[0].row_id, 1), (split[0].row_id, 2)]
    from_five = replace(asked, split="day", day_start_min=300)
    (whole,) = read(store, from_five)
    assert whole.duration_ms == 1_800_000
    assert days.day_at(asked.zone, whole.start_utc_ms, 300).date == date(2026, 11, 24)


def test_a_call_over_the_end_of_summer_time_has_its_true_length(store: Store) -> None:
    tell(
        store,
        (
            ("2026-10-25T02:50+02:00", "ready"),
            ("2026-10-25T02:55+02:00", "talking"),
            ("2026-10-25T02:05+01:00", "wrap_up"),
            ("2026-10-25T02:20+01:00", "signed_out"),
        ),
    )
    asked = replace(query(tz=BERLIN), states=("talking",))
    assert seconds(read(store, asked)) == [("talking", 600)]
    halves = [
        (one.start_utc_ms, one.duration_ms) for one in read(store, replace(asked, split="hour"))
    ]
    assert halves == [
        (at("2026-10-25T02:55+02:00"), 300_000),
        (at("2026-10-25T02:00+01:00"), 300_000),
    ]


@pytest.mark.parametrize(
    ("on", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-11-25", 24)]
)
def test_a_day_has_as_many_hours_as_it_has(store: Store, on: str, hours: int) -> None:
    berlin = ZoneInfo(BERLIN)
    day = days.day(berlin, date.fromisoformat(on))
    assert day.end_utc_ms - day.start_utc_ms == hours * 3_600_000
    tell(store, (("2026-03-01T00:00+00:00", "not_ready"), ("2026-12-01T00:00+00:00", "signed_out")))
    asked = Query(berlin, day.start_utc_ms, day.end_utc_ms, states=("not_ready",))
    for split, length_ms in (("hour", 3_600_000), ("30min", 1_800_000), ("15min", 900_000)):
        found = read(store, replace(asked, split=split))
        assert {one.duration_ms for one in found} == {length_ms}
        assert len(found) == hours * 3_600_000 // length_ms


def test_bounds_are_the_zones_own_also_where_it_is_a_quarter_off(store: Store) -> None:
    tell(store, (("2026-11-24T00:00+00:00", "ready"), ("2026-11-24T03:00+00:00", "signed_out")))
    asked = replace(query(tz="Asia/Kathmandu"), split="hour", states=("ready",))
    assert [one.start_utc_ms % 3_600_000 for one in read(store, asked)] == [
        0,
        900_000,
        900_000,
        900_000,
    ]


@pytest.mark.parametrize("seed", [6])
def test_ranges_side_by_side_add_up_to_the_whole(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    tell(store, _shift(chance, 400))
    with closing(sqlite3.connect(store.file)) as file, file:  # a crystal that is not the host's
        file.execute(
            "UPDATE interval SET duration_ms = duration_ms + seq % 7 WHERE duration_ms > 0"
        )
    whole = read(store, query(tz=SHANGHAI))
    total_ms = sum(one.duration_ms for one in whole)
    cut = sorted(chance.sample(range(whole[0].start_utc_ms, whole[-1].end_utc_ms), 20))
    bounds = [None, *cut, None]
    for split in (None, "day", "15min"):
        parts = [
            replace(query(tz=SHANGHAI), from_utc_ms=first, to_utc_ms=last, split=split)
            for first, last in pairwise(bounds)
        ]
        assert sum(one.duration_ms for part in parts for one in read(store, part)) == total_ms


def _shift(chance: random.Random, count: int) -> list[tuple[str, str]]:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    told = []
    for _ in range(count):
        told.append(
            (moment.isoformat(), chance.choice(["ready", "talking", "not_ready", "wrap_up"]))
        )
        moment += timedelta(milliseconds=chance.randrange(1, 3_000_000))
    return [*told, (moment.isoformat(), "signed_out")]


CALLS = (
    ("2026-11-24T09:00+08:00", "not_ready"),
    ("2026-11-24T09:10+08:00", "ready"),
    ("2026-11-24T09:20+08:00", "talking"),
    ("2026-11-24T09:30+08:00", "wrap_up"),
    ("2026-11-24T09:32+08:00", "ready"),
    ("2026-11-24T12:00+08:00", "not_ready"),
    ("2026-11-24T13:00+08:00", "signed_out"),
)


def said(store: Store, start: str, end: str, **values: object) -> None:
    """A correction written past its rules: what the overlay makes of it is asked here."""
    made = Correction(0, UID, at(start), at(end), "sup", "forgot", at(end), sign_in="-", **values)  # type: ignore[arg-type]
    with store.writing_corrections() as writer:
        writer.add(made)


def test_a_correction_cuts_relabels_and_shows_what_was_there(store: Store) -> None:
    tell(store, CALLS)
    said(
        store, "2026-11-24T11:00+08:00", "2026-11-24T12:30+08:00", state="not_ready", reason_code=2
    )
    asked = query(from_="2026-11-24 10:00", tz=SHANGHAI)
    found = [
        (one.state, one.reason_code, one.duration_ms // 60_000, one.correction, one.original_state)
        for one in read(store, asked)[:4]
    ]
    assert found == [
        ("ready", None, 60, None, None),
        ("not_ready", 2, 60, 1, "ready"),
        ("not_ready", 2, 30, 1, "not_ready"),
        ("not_ready", 0, 30, None, None),
    ]
    untouched = read(store, replace(asked, is_raw=True))
    assert {one.correction for one in untouched} == {None}
    assert seconds(untouched)[0] == ("ready", 7200)


def test_filters_choose_by_what_holds_after_corrections(store: Store) -> None:
    tell(store, CALLS, agent="?")
    said(store, "2026-11-24T09:00+08:00", "2026-11-24T13:00+08:00", agent_id="1002")
    asked = replace(query(tz=SHANGHAI), agents=("1002",))
    assert {one.original_agent_id for one in read(store, asked)} == {"?"}
    assert sum(one.duration_ms for one in read(store, asked)) == 4 * 3_600_000
    assert not read(store, replace(asked, agents=("1001",)))


def test_time_of_nobody_stays_nobodys(store: Store) -> None:
    tell(store, CALLS)
    said(store, "2026-11-24T12:30+08:00", "2026-11-24T18:00+08:00", state="signed_out")
    asked = query(from_="2026-11-24 12:00", to="2026-11-25", tz=SHANGHAI)
    found = [(one.state, one.agent_id, one.correction) for one in read(store, asked)]
    assert found == [
        ("not_ready", "1001", None),
        ("signed_out", None, 1),
        ("signed_out", None, None),
    ]


def test_a_call_relabelled_is_no_call(store: Store) -> None:
    tell(store, CALLS)
    said(store, "2026-11-24T09:25+08:00", "2026-11-24T09:32+08:00", state="ready")
    asked = query(tz=SHANGHAI)
    calls = [(one.state, one.call_no, one.cause) for one in read(store, asked)[3:7]]
    assert calls == [
        ("talking", 1, "button"),
        ("ready", None, "correction"),
        ("ready", None, "correction"),
        ("ready", None, "button"),
    ]


def test_filters_teams_units_states_reasons_and_who_may_see(store: Store) -> None:
    tell(store, CALLS)
    tell(store, CALLS, uid=OTHER, agent="1002")
    asked = query(tz=SHANGHAI)

    def uids(**values: object) -> set[str]:
        return {one.uid for one in read(store, replace(asked, **values))}  # type: ignore[arg-type]

    assert uids() == {UID, OTHER}
    assert uids(teams=("客服二组",)) == {OTHER} and uids(agents=("1001",)) == {UID}
    assert uids(agents=("1001",), teams=("客服二组",)) == {UID, OTHER}
    assert uids(units=(OTHER,)) == {OTHER}
    assert uids(within=frozenset({"1002"})) == {OTHER}
    assert uids(within=frozenset({"1002"}), agents=("1001",)) == set()
    assert {one.state for one in read(store, replace(asked, reasons=(0,)))} == {"not_ready"}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"agents": ("9",)}, "unknown_agent"),
        ({"teams": ("夜班",)}, "unknown_team"),
        ({"units": ("x",)}, "unknown_unit"),
        ({"states": ("busy",)}, "unknown_state"),
        ({"reasons": (49,)}, "unknown_reason"),
    ],
)
def test_what_is_not_there_is_said(store: Store, values: dict[str, object], key: str) -> None:
    tell(store, CALLS)
    with pytest.raises(DeskunitError) as refused:
        read(store, replace(query(tz=SHANGHAI), **values))  # type: ignore[arg-type]
    assert refused.value.key == key and refused.value.exit_code == 2


def test_a_running_state_ends_now_and_says_so(store: Store) -> None:
    tell(store, CALLS[:3])
    now = "2026-11-24T09:26+08:00"
    running = read(store, query(tz=SHANGHAI), now)[-1]
    assert (running.duration_ms, running.is_running, running.clipped_end) == (360_000, True, True)
    earlier = read(store, query(to="2026-11-24 09:25", tz=SHANGHAI), now)[-1]
    assert (earlier.duration_ms, earlier.is_running, earlier.clipped_end) == (300_000, False, True)
    assert read(store, query(from_="2026-11-24 10:00", tz=SHANGHAI), now) == []


@pytest.mark.parametrize("seed", [7])
def test_pages_of_any_size_tell_the_same(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(5):  # all of them change their states in the same moments
        tell(store, _shift(random.Random(3), 40), uid=f"a{number}cf12b3d0e8", agent="1001")
    tell(store, _shift(chance, 60), uid=OTHER, agent="1002")
    whole = [page.to_pylist() for page in store.interval_columns()]
    rows = [row for page in whole for row in page]
    keys = [(row["start_utc_ms"], row["uid"], row["boot"], row["seq"]) for row in rows]
    assert keys == sorted(keys) and len(rows) == store.count_intervals()
    for page_rows in (1, 2, 7, 64):
        paged = [
            row for page in store.interval_columns(page_rows=page_rows) for row in page.to_pylist()
        ]
        assert paged == rows


def test_what_lasts_into_a_range_is_read_with_it(store: Store) -> None:
    tell(store, CALLS)
    tell(store, CALLS, uid=OTHER, agent="1002")
    found = defaultdict(set)
    for start in ("09:05", "09:15", "09:25", "11:00", "12:59"):
        for one in read(store, query(from_=f"2026-11-24 {start}", tz=SHANGHAI)):
            if one.clipped_start:
                found[start].add((one.uid, one.state))
    assert [len(found[start]) for start in sorted(found)] == [2, 2, 2, 2, 2]
    assert {state for _, state in found["11:00"]} == {"ready"}
