"""Erasing: the text is in no file of the database any more, a fact says so, the measures stay."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from callback_paper import HOUR_MS, START, Desk, open_desk
from deskunit.callbacks.measures import measured
from deskunit.errors import DeskunitError
from deskunit.store import sqlite

DAY_MS = 24 * HOUR_MS
CLOSE = {"outcome": "settled", "satisfaction": "yes"}
PERSON = {
    "caller_number": "13912345678",
    "name": "欧阳XYZZY",
    "phone": "02087654321",
    "address": "PLUGH 街 7 号" * 8,
    "account": "ACC-990017",
    "said": "FROBOZZ " * 120,
    "promised": "GRUE 回电",
}
MARKS = ("13912345678", "XYZZY", "02087654321", "PLUGH", "ACC-990017", "FROBOZZ", "GRUE")


def found_in_files(folder: Path) -> set[str]:
    """Which marks stand in any file of the data folder."""
    raw = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    return {mark for mark in MARKS if mark.encode() in raw}


def fill(paper: Desk, count: int) -> None:
    """Others before and after, of many sizes and numbers in no order, so that pages split."""
    chance = random.Random(5)
    for _ in range(count):
        called = str(chance.randrange(10**10, 10**11))
        number = paper.add(caller_number=called, said="x" * chance.randrange(900))
        if chance.random() < 0.5:
            paper.desk.write("edit", number, "1001", name="y" * chance.randrange(1, 40))


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_the_text_is_gone_from_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: str
) -> None:
    settings = {**sqlite.durable_settings((3, 40, 1)), "journal_mode": journal, "synchronous": 2}
    monkeypatch.setattr(sqlite, "durable_settings", lambda version: settings)
    with open_desk(tmp_path) as paper:
        fill(paper, 60)
        number = paper.add("complaint", **PERSON)
        paper.desk.write("edit", number, "1001", name="另一个 XYZZY")
        fill(paper, 60)
        assert found_in_files(tmp_path) == set(MARKS)
        row = paper.desk.write("forget", number, "supervisor", reason="客户要求")
        assert found_in_files(tmp_path) == set()
        assert (row.forgotten_utc_ms, dict(row.personal)) == (START, {})
        assert row.history[-1].what == "forgotten" and row.history[-1].by == "supervisor"
        assert row.history[0].body["personal"] == list(
            PERSON
        )  # which there were, not what they said
        assert paper.desk.get(number - 1, personal=True).personal["caller_number"]
        assert paper.desk.proposed_repeats(number) == []
    assert found_in_files(tmp_path) == set()
    with closing(sqlite3.connect(tmp_path / "deskunit.db")) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_forgotten_takes_no_new_text_but_lives_on(tmp_path: Path) -> None:
    with open_desk(tmp_path) as paper:
        number = paper.add(name="王女士")
        paper.desk.write("forget", number, "1001")
        with pytest.raises(DeskunitError) as caught:
            paper.desk.write("edit", number, "1001", name="王女士")
        assert caught.value.key == "callback_forgotten"
        paper.desk.write("edit", number, "1001", subject="账单")
        assert paper.desk.write("close", number, "1001", **CLOSE).status == "closed"
        paper.desk.write("forget", number, "1001")  # again: nothing is left to erase, and no harm


def test_measures_stay_right(tmp_path: Path) -> None:
    with open_desk(tmp_path) as paper:
        numbers = [paper.add("complaint", key_account=True, **PERSON) for _ in range(3)]
        paper.desk.write("close", numbers[0], "1001", **CLOSE)
        paper.desk.write("repeat", numbers[2], "1001", of=numbers[1])
        now = START + 3 * DAY_MS
        before = measured(paper.desk.kept(), None, None, now, "agent")
        for number in numbers:
            paper.desk.write("forget", number, "1001")
        assert measured(paper.desk.kept(), None, None, now, "agent") == before
        assert before[0].ratios["reply_rate"].share == 1 / 3


def test_the_retention_forgets_what_ended_long_ago(tmp_path: Path) -> None:
    with open_desk(tmp_path) as paper:
        old, young, still_open = (paper.add(name=f"客户{n}") for n in range(3))
        paper.desk.write("close", old, "1001", **CLOSE)
        paper.now += DAY_MS
        paper.desk.write("void", young, "1001", reason="误按")
        now = START + 30 * DAY_MS
        assert paper.desk.forget_older(0, now + DAY_MS) == []
        assert paper.desk.forget_older(30, now) == []
        assert paper.desk.forget_older(30, now + 1) == [old]
        assert paper.desk.forget_older(30, now + 1) == []
        assert paper.desk.get(old).history[-1].by == "retention"
        assert paper.desk.get(still_open, personal=True).personal == {"name": "客户2"}
