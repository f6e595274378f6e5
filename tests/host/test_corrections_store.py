"""Corrections in the store: facts that stay, numbers that never come twice, read by time and unit."""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from callback_paper import HOUR_MS, START, UID, Desk, open_desk
from deskunit.correction import Correction, Said
from deskunit.intervals import Interval
from deskunit.store import FILE_NAME, Store, open_store
from paper_unit import Begin, Event, PaperUnit, Word

OTHER = "b4cf12b3d0e8"
MADE = Correction(
    0, UID, START, START + HOUR_MS, "supervisor", "forgot a press", START + 2 * HOUR_MS,
    state="not_ready", reason_code=1, sign_in=f"{UID}-1-1", beneath=(Said("ready", None, "1001", "s"),),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_desk(tmp_path) as paper:
        paper.store.remember_unit(OTHER, virtual=True, now_utc_ms=START)
        yield paper.store


def add(store: Store, *made: Correction) -> list[Correction]:
    with store.writing_corrections() as writer:
        return [writer.add(one) for one in made]


def withdraw(store: Store, number: int) -> None:
    with store.writing_corrections() as writer:
        writer.withdraw(number, "1001", "was right", START + 3 * HOUR_MS)


def test_what_was_said_comes_back_as_it_was_said(store: Store) -> None:
    (first,) = add(store, MADE)
    assert first == replace(MADE, number=1) and first.holds
    assert store.corrections() == [first] and store.find_correction(1) == first
    (second,) = add(store, replace(MADE, state=None, reason_code=None, agent_id="1002", beneath=()))
    assert second.number == 2 and store.find_correction(2) == second
    assert store.find_correction(3) is None


def test_a_withdrawn_one_stays_and_its_number_is_not_used_again(store: Store) -> None:
    add(store, MADE, MADE)
    withdraw(store, 2)
    assert [one.number for one in store.corrections()] == [1]
    gone = store.corrections(including_withdrawn=True)[1]
    assert not gone.holds
    expected = ("1001", "was right", START + 3 * HOUR_MS)
    assert (gone.withdrawn_by, gone.withdrawn_why, gone.withdrawn_utc_ms) == expected
    assert add(store, MADE)[0].number == 3


def test_the_file_refuses_to_change_or_forget_them(store: Store, tmp_path: Path) -> None:
    add(store, MADE)
    withdraw(store, 1)
    for table in ("correction", "correction_withdrawal"):
        for verb in (f"UPDATE {table} SET why = ''", f"DELETE FROM {table}"):
            refused = pytest.raises(sqlite3.IntegrityError, match="append-only")
            with closing(sqlite3.connect(tmp_path / FILE_NAME)) as file, refused:
                file.execute(verb)


def test_a_group_that_fails_half_way_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing_corrections() as writer:
        writer.add(MADE)
        raise ZeroDivisionError
    assert store.corrections(including_withdrawn=True) == []
    assert add(store, MADE)[0].number == 1


def test_a_reader_sees_them_and_they_outlive_a_rebuild(store: Store, tmp_path: Path) -> None:
    add(store, MADE)
    store.rebuild(UID)
    with open_store(tmp_path, write=False) as reader:
        assert reader.corrections() == store.corrections() != []


@pytest.mark.parametrize("seed", range(4))
def test_those_of_a_period_are_those_that_touch_it(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    made = []
    for _ in range(200):
        start = START + chance.randrange(1000)
        uid = chance.choice((UID, OTHER))
        made.append(
            replace(MADE, uid=uid, start_utc_ms=start, end_utc_ms=start + chance.randint(1, 90))
        )
    made = add(store, *made)
    for one in chance.sample(made, 40):
        withdraw(store, one.number)
    made = store.corrections(including_withdrawn=True)
    assert len(made) == 200 and made == sorted(made, key=lambda one: (one.start_utc_ms, one.number))
    for _ in range(50):
        first = START + chance.randrange(1000)
        last, uid = first + chance.randint(1, 100), chance.choice((UID, OTHER, None))
        expected = [
            one
            for one in made
            if one.start_utc_ms < last
            and one.end_utc_ms > first
            and uid in (None, one.uid)
            and one.holds
        ]
        assert store.corrections(first, last, uid) == expected


def test_an_index_leads_to_those_of_a_period(store: Store, tmp_path: Path) -> None:
    add(store, MADE)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as file:
        for where, index in (("", "correction_by_end"), ("uid = 'u' AND ", "correction_by_unit")):
            asked = f"EXPLAIN QUERY PLAN SELECT * FROM correction WHERE {where}end_utc_ms > 5"
            assert index in file.execute(asked).fetchone()[3]


def test_the_rows_of_a_sign_in(tmp_path: Path) -> None:
    with open_desk(tmp_path) as paper:
        first, second = two_sign_ins(paper)
        rows = paper.store.sign_in_rows(first)
        assert [row.state for row in rows] == ["not_ready", "ready"]
        assert [row.state for row in paper.store.sign_in_rows(second)] == ["not_ready"]
        assert paper.store.sign_in_rows("nobody") == []
        assert paper.store.sign_in_at(UID, START) == first
        assert paper.store.sign_in_at(UID, START + 2000) is None
        assert paper.store.sign_in_at(UID, START + 9000) == second
        assert paper.store.sign_in_at(UID, START - HOUR_MS) is None


@pytest.mark.parametrize("seed", range(4))
def test_a_part_of_the_log_is_what_touches_it(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with open_store(tmp_path, write=True) as store:
        for number, uid in enumerate((UID, OTHER, "c4cf12b3d0e8")):
            store.remember_unit(uid, virtual=True, now_utc_ms=START)
            told(store, PaperUnit(uid, seed * 10 + number, losses=True).live(30).words, uid)
        rows = list(store.intervals())
        for _ in range(60):
            first = chance.choice(rows).start_utc_ms + chance.choice((-1, 0, 1, 5000))
            last, uid = first + chance.choice((1, 100_000)), chance.choice(rows).uid
            part = touching(rows, first, last)
            of_unit = [row for row in part if row.uid == uid]
            assert list(store.intervals(first, last, unit=uid)) == of_unit
            mine = by_key(row for row in part if row.agent_id == "1001")
            assert by_key(store.intervals(first, last, agent="1001")) == mine
        with sqlite3.connect(tmp_path / FILE_NAME) as file:
            file.execute("UPDATE unit SET is_confirmed = 0 WHERE uid = ?", (OTHER,))
        first, last = rows[0].start_utc_ms, rows[-1].start_utc_ms
        for start in (first, (first + last) // 2):
            assert OTHER not in {row.uid for row in store.intervals(start, last)}
        for sign_in in {row.sign_in for row in rows if row.sign_in is not None}:
            assert store.sign_in_rows(sign_in) == [one for one in rows if one.sign_in == sign_in]


def touching(rows: list[Interval], first: int, last: int) -> list[Interval]:
    """By the plain rule, row by row."""
    return [
        row
        for row in rows
        if row.start_utc_ms < last
        and (row.start_utc_ms >= first or row.end_utc_ms is None or row.end_utc_ms > first)
    ]


def by_key(rows: Iterable[Interval]) -> list[Interval]:
    return sorted(rows, key=lambda row: row.row_id)


def told(store: Store, words: list[Word], uid: str) -> None:
    """Boots and events of a unit; what it says of silence is not needed here."""
    for kind, run in groupby(words, key=type):
        for word in run if kind is Begin else ():
            if isinstance(word, Begin):
                store.begin_boot(uid, word.boot, fw="1", reset_cause="PWRON",
                                 now_utc_ms=START, offset_ms=word.offset_ms)  # fmt: skip
        store.commit([word for word in run if isinstance(word, Event)], START)


def test_units_are_known_by_seat_and_confirmed_or_not(store: Store) -> None:
    store.name_unit(UID, "07")
    store.remember_unit("c4cf12b3d0e8", virtual=False, now_utc_ms=START)
    assert store.seats() == {UID: "07", OTHER: "", "c4cf12b3d0e8": ""}
    assert [store.is_confirmed(uid) for uid in (UID, "c4cf12b3d0e8", "nobody")] == [
        True,
        False,
        None,
    ]


def two_sign_ins(paper: Desk) -> tuple[str, str]:
    """1001 from 0 to 2 s, nobody, 1002 from 3 s on."""
    who = {"by": "btn", "ag": "1001", "rc": 90}
    paper.tell(
        (START, "st", {**who, "to": "not_ready"}),
        (START + 1000, "st", {"to": "ready", "by": "btn", "ag": "1001"}),
        (START + 2000, "st", {"to": "signed_out", "by": "btn"}),
        (START + 3000, "st", {**who, "to": "not_ready", "ag": "1002"}),
    )
    first, second = (
        row.sign_in for row in paper.store.intervals() if row.reason_code == 90 and row.sign_in
    )
    return first, second
