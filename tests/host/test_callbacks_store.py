"""Callbacks in the store: what units tell becomes facts once, facts stay, the rows follow from them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from callback_paper import BOOT, HOUR_MS, START, UID, Desk, open_desk
from deskunit.clock import ClockReading
from deskunit.store import FILE_NAME
from paper_unit import event

CALL = {"to": "talking", "by": "btn", "ag": "1001", "call": 1}


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as paper:
        yield paper


def promised(paper: Desk, kind: str = "fault") -> None:
    """Agent 1001 takes a call at 9:00:00, holds, and promises at 9:00:20."""
    paper.tell(
        (START - 5000, "st", {"to": "ready", "by": "btn", "ag": "1001"}),
        (START, "st", CALL),
        (START + 10_000, "st", {**CALL, "to": "hold", "hold": 1}),
        (START + 20_000, "callback", {"call": 1, "k": kind}),
    )


def test_a_gesture_becomes_a_callback_of_who_is_signed_in(paper: Desk) -> None:
    promised(paper)
    row = paper.desk.get(1)
    assert (row.number, row.kind, row.owner, row.status) == (1, "fault", "1001", "open")
    assert (row.taken_utc_ms, row.taken_error_ms) == (START + 20_000, 3)
    assert (row.unit, row.call_no, row.call_key) == (UID, 1, f"{UID}-{BOOT}-2")
    assert row.due_utc_ms == START + 20_000 + 24 * HOUR_MS


def test_a_commit_names_what_it_touched(paper: Desk) -> None:
    promised(paper)
    called = paper.tell((START + 60_000, "st", {**CALL, "call": 2, "cb": 1}))
    assert called.callbacks == [1]
    assert paper.tell((START + 61_000, "cb_quiet", {"cb": 1})).callbacks == []


def test_the_same_event_again_makes_no_second_callback(paper: Desk) -> None:
    promised(paper)
    line = event(UID, BOOT, 4, HOUR_MS + 20_000, "callback", {"call": 1, "k": "fault"})
    assert paper.store.commit([line], START).callbacks == []
    assert [row.number for row in paper.desk.due_list(None, START)] == [1]


def test_a_promise_replayed_two_hours_later_counts_from_the_press(paper: Desk) -> None:
    paper.now = START + 2 * HOUR_MS
    promised(paper, "complaint")
    assert paper.desk.get(1).due_utc_ms == START + 20_000 + 48 * HOUR_MS


def test_a_return_call_and_its_outcome_close_it(paper: Desk) -> None:
    promised(paper)
    paper.tell(
        (START + 60_000, "st", {**CALL, "call": 2, "cb": 1}),
        (START + 90_000, "st", {"to": "wrap_up", "by": "btn", "ag": "1001", "call": 2}),
        (START + 95_000, "outcome", {"cb": 1, "r": "settled", "sat": "yes"}),
    )
    row = paper.desk.get(1)
    assert (row.status, row.outcome, row.satisfaction) == ("closed", "settled", "yes")
    assert (row.ended_utc_ms, row.ended_by) == (START + 95_000, "1001")
    (attempt,) = row.attempts
    assert (attempt.at_utc_ms, attempt.outcome) == (START + 60_000, "settled")
    assert [entry.what for entry in row.history] == ["attempt", "outcome"]


def test_no_answer_does_not_close(paper: Desk) -> None:
    promised(paper)
    paper.tell(
        (START + 60_000, "st", {**CALL, "call": 2, "cb": 1}),
        (START + 95_000, "outcome", {"cb": 1, "r": "no_answer", "sat": "not_asked"}),
    )
    row = paper.desk.get(1)
    assert (row.status, row.to_complete) == ("open", None)
    assert [one.outcome for one in row.attempts] == ["no_answer"]


def test_an_outcome_that_nobody_gave_waits_to_be_completed(paper: Desk) -> None:
    promised(paper)
    paper.tell((START + 60_000, "st", {**CALL, "call": 2, "cb": 1}))
    row = paper.desk.get(1)
    assert [one.outcome for one in row.attempts] == ["not_given"]
    assert row.to_complete == row.attempts[0].id
    told = {"attempt": row.to_complete, "outcome": "not_settled", "satisfaction": "no"}
    row = paper.desk.write("attempt", 1, "1001", row.seen, **told)
    assert (row.status, row.outcome, row.satisfaction) == ("closed", "not_settled", "no")
    assert len(row.attempts) == 1 and row.to_complete is None


def test_words_about_a_callback_that_there_is_not_are_left_alone(paper: Desk) -> None:
    promised(paper)
    told = paper.tell((START + 95_000, "outcome", {"cb": 7, "r": "settled", "sat": "yes"}))
    assert told.callbacks == []


def test_what_a_unit_tells_of_a_closed_one_stays_in_its_history(paper: Desk) -> None:
    promised(paper)
    paper.desk.write("close", 1, "1002", outcome="settled", satisfaction="yes")
    paper.tell(
        (START + 60_000, "st", {**CALL, "call": 2, "cb": 1}),
        (START + 95_000, "outcome", {"cb": 1, "r": "not_settled", "sat": "no"}),
    )
    row = paper.desk.get(1)
    assert (row.outcome, row.ended_by) == ("settled", "1002")
    assert [one.outcome for one in row.attempts] == ["settled", "not_settled"]


def test_a_kind_of_newer_firmware_is_due_now(paper: Desk) -> None:
    promised(paper, "sms")
    row = paper.desk.get(1)
    assert (row.kind, row.promise, row.due_utc_ms) == ("sms", "now", START + 20_000)


def test_numbers_go_on_and_facts_are_refused_a_change(paper: Desk, tmp_path: Path) -> None:
    promised(paper)
    assert paper.add("inquiry", name="王女士") == 2
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        for table in ("callback", "callback_fact", "callback_person"):
            for change in (f"DELETE FROM {table}", f"UPDATE {table} SET number = 9"):
                with pytest.raises(sqlite3.IntegrityError):
                    other.execute(change)


def test_the_rows_can_be_derived_again(paper: Desk, tmp_path: Path) -> None:
    promised(paper)
    paper.add("inquiry", name="王女士", subject="账单", key_account=True)
    paper.desk.write("assign", 2, "1001", to="1002", why="班次结束")
    before = [paper.desk.get(number) for number in (1, 2)]
    with paper.store.writing_callbacks() as writer:
        assert writer.rebuild() == 0
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        other.execute("DELETE FROM callback_now WHERE number = 1")
        other.execute("UPDATE callback_now SET owner = 'x', state = '{}'")
        other.commit()
    with paper.store.writing_callbacks() as writer:
        assert writer.rebuild() == 2
    assert [paper.desk.get(number) for number in (1, 2)] == before


def test_a_refused_write_leaves_nothing(paper: Desk) -> None:
    promised(paper)
    with pytest.raises(RuntimeError), paper.store.writing_callbacks() as writer:
        writer.append(1, START, "1001", "voided", {"reason": "x"})
        raise RuntimeError
    assert (paper.desk.get(1).status, paper.desk.get(1).history) == ("open", ())


def test_a_boot_that_is_placed_better_takes_its_promises_along(paper: Desk) -> None:
    """Boot 42 was read by nobody; its place is known when boot 43 has begun and all of 42 has come."""
    older, current = "42-00000001", "43-00000002"

    words = [
        event(UID, older, 1, 5, "boot", {"rst": "PWRON", "fw": "1.0"}, True),
        event(UID, older, 2, 1000, "st", CALL),
        event(UID, older, 3, 2000, "callback", {"call": 1, "k": "fault"}),
        event(UID, older, 4, HOUR_MS, "st", {"to": "ready", "by": "btn", "ag": "1001"}),
    ]
    now = START + 9 * HOUR_MS
    paper.tell((START, "boot", {"rst": "PWRON", "fw": "1.0"}))
    paper.store.read_clock(UID, current, ClockReading(1000, now - 1000, 5), now)
    paper.store.begin_older_boot(words[0], current, now)
    assert paper.store.commit(words, now).callbacks == [1]
    before = paper.desk.get(1)
    paper.store.begin_boot(UID, current, fw="1.0", reset_cause="SOFT", now_utc_ms=now)
    after = paper.desk.get(1)
    at = paper.store.moment(UID, older, 2000)
    assert (after.taken_utc_ms, after.taken_error_ms) == (at.utc_ms, at.error_ms)
    assert after.taken_utc_ms != before.taken_utc_ms
    assert after.due_utc_ms == after.taken_utc_ms + 24 * HOUR_MS
    assert [(one.what, one.by) for one in after.history] == [("taken", "")]
