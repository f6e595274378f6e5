"""Alarms begin once and end; two ports with one uid; what a store that fails is called."""

from pathlib import Path

import pytest
from deskunit.alarms import Alarm, Alarms
from deskunit.errors import DeskunitError
from deskunit.logger.twins import CERTAIN_MS, Twins
from deskunit.store import sqlite

UID = "a4cf12b3d0e8"
WHERE = "/dev/ttyUSB0"


def board() -> tuple[Alarms, list[tuple[str, bool]]]:
    told: list[tuple[str, bool]] = []

    def tell(alarm: Alarm, on: bool) -> None:
        told.append((alarm.word, on))

    return Alarms(tell), told


def test_an_alarm_is_told_once_at_its_start_and_once_at_its_end() -> None:
    alarms, told = board()
    cause = DeskunitError("alarm_repl", port=WHERE)
    for _ in range(3):
        alarms.begin("repl", WHERE, cause)
    assert told == [("repl", True)] and alarms.is_on("repl", WHERE)
    assert WHERE in alarms.active()[0].sentence("zh")
    alarms.end("/dev/ttyUSB1", "repl")
    alarms.end(WHERE, "baud", "flood")
    assert alarms.is_on("repl", WHERE)
    for _ in range(2):
        alarms.end(WHERE, "repl", "baud")
    assert told == [("repl", True), ("repl", False)] and alarms.active() == []


def test_without_words_everything_at_a_place_ends() -> None:
    alarms, told = board()
    for word in ("flood", "version"):
        alarms.begin(word, WHERE, DeskunitError(f"alarm_{word}", port=WHERE))
    alarms.begin("flood", "other", DeskunitError("alarm_flood", port="other"))
    alarms.end(WHERE)
    assert [one.where for one in alarms.active()] == ["other"]
    assert {word for word, on in told if not on} == {"flood", "version"}


def test_twins_are_two_ports_that_both_go_on_speaking() -> None:
    twins = Twins()
    for now_ms in range(0, CERTAIN_MS, 500):
        assert (
            twins.look([(UID, "a", now_ms), (UID, "b", now_ms), ("x", "c", now_ms)], now_ms) == {}
        )
    now_ms = CERTAIN_MS
    assert twins.look([(UID, "b", now_ms), (UID, "a", now_ms)], now_ms) == {UID: ["a", "b"]}
    assert twins.look([(UID, "b", now_ms)], now_ms) == {}
    assert twins.look([(UID, "b", now_ms), (UID, "a", now_ms)], now_ms) == {}, "counted anew"


def test_unit_that_came_back_under_another_name_is_no_twin() -> None:
    twins = Twins()
    for now_ms in range(0, 60_000, 500):
        assert twins.look([(UID, "old", 0), (UID, "new", now_ms)], now_ms) == {}


@pytest.mark.parametrize(
    ("pragma", "key"),
    [("max_page_count=1", "data_full"), ("query_only=1", "data_unwritable")],
)
def test_what_the_store_says_when_it_cannot_write(tmp_path: Path, pragma: str, key: str) -> None:
    file = tmp_path / "deskunit.db"
    engine = sqlite.writer(file)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    with (
        pytest.raises(DeskunitError) as caught,
        sqlite.readable_errors(file),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
    assert caught.value.key == key
    engine.dispose()
