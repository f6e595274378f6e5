"""Writing and asking: the life of a callback, who comes first, bad input, repeats, masks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from callback_paper import HOUR_MS, START, Desk, at, open_desk, rules
from deskunit.calendar import Calendar
from deskunit.callbacks import masking
from deskunit.callbacks.rows import Summary
from deskunit.errors import DeskunitError

CLOSE: dict[str, Any] = {"outcome": "settled", "satisfaction": "yes"}
MINUTE_MS = 60_000


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as paper:
        yield paper


def refused(paper: Desk, action: str, number: int | None, by: str = "1001",
            seen: int | None = None, **values: Any) -> DeskunitError:  # fmt: skip
    """The error of a write that leaves everything as it was."""
    before = [one.seen for one in paper.desk.search()]
    with pytest.raises(DeskunitError) as caught:
        paper.desk.write(action, number, by, seen, **values)
    assert [one.seen for one in paper.desk.search()] == before
    for language in ("zh", "en"):
        assert "{" not in caught.value.sentence(language)
    return caught.value


# --- lists ---------------------------------------------------------------------------------------


def test_the_due_list_is_by_due_time_over_all_classes(paper: Desk) -> None:
    kinds = ("complaint", "days_5", "fault", "inquiry", "dropped", "days_2")
    numbers = {kind: paper.add(kind) for kind in kinds}
    paper.desk.write("agree", numbers["inquiry"], "1001", agreed_utc_ms=START + HOUR_MS)
    order = [one.kind for one in paper.desk.due_list("1001", START)]
    assert order == ["dropped", "inquiry", "fault", "complaint", "days_2", "days_5"]
    assert [one.kind for one in paper.desk.due_list(None, START, 2)] == ["dropped", "inquiry"]
    assert paper.desk.due_list("1002", START) == []


def test_the_summary_counts_what_is_overdue_and_names_the_next(paper: Desk) -> None:
    assert paper.desk.summary("1001", START) == Summary()
    first = paper.add("fault")
    paper.add("complaint")
    paper.add("days_2", agent="1002")
    later = START + 24 * HOUR_MS
    assert paper.desk.summary("1001", later) == Summary(2, 0, first, later, "fault")
    assert paper.desk.summary("1001", later + 1).overdue == 1
    assert paper.desk.summary(None, later).open == 3


def test_a_corrected_calendar_heals_what_was_taken(paper: Desk) -> None:
    paper.now = at("2026-05-08 16:00")
    number = paper.add("days_2")
    before = paper.desk.get(number)
    assert before.due_utc_ms == at("2026-05-11 18:00")
    paper.desk.rules = rules(calendar=Calendar(""))
    after = paper.desk.get(number)
    assert after.due_utc_ms == at("2026-05-12 18:00") and after.seen == before.seen
    assert (before.calendar == after.calendar) is False


def test_search_by_number_text_subject_and_digits(paper: Desk) -> None:
    first = paper.add(caller_number="138 0013 8000", name="王女士", subject="账单")
    second = paper.add("inquiry", caller_number="+86 (138) 0013-8000", said="燃气表不走")
    third = paper.add("complaint", phone="010-1234567", by="1002")
    found = lambda **asked: [one.number for one in paper.desk.search(**asked)]  # noqa: E731
    assert found(text="13800138000") == [second, first]
    assert found(text="气表") == [second] and found(text="账单") == [first]
    assert found(text=str(third)) == [third]
    assert found(owner="1002") == [third] and found(kind="inquiry") == [second]
    assert found(text="nobody") == [] and found(status="closed") == []
    assert found(from_utc_ms=START + 1) == [] and found(limit=1) == [third]


# --- life ----------------------------------------------------------------------------------------


def test_from_the_promise_to_the_close_with_its_history(paper: Desk) -> None:
    number = paper.add("complaint", name="王女士", caller_number="13800138000")
    paper.now += MINUTE_MS
    paper.desk.write("edit", number, "1001", subject="账单", promised="48 小时内答复")
    paper.desk.write("escalate", number, "supervisor", value=True)
    paper.desk.write("attempt", number, "1001", outcome="no_answer")
    paper.desk.write("assign", number, "1001", to="1002", why="班次结束")
    paper.now += MINUTE_MS
    row = paper.desk.write("close", number, "1002", personal=True, **CLOSE)
    assert (row.status, row.owner, row.taken_by) == ("closed", "1002", "1001")
    assert (row.escalated, row.subject, row.assigned_why) == (True, "账单", "班次结束")
    assert row.personal["promised"] == "48 小时内答复"
    assert [one.outcome for one in row.attempts] == ["no_answer", "settled"]
    what = ["fields", "fields", "escalated", "attempt", "assigned", "closed"]
    assert [entry.what for entry in row.history] == what
    assert row.history[0].personal == {"name": "王女士", "caller_number": "13800138000"}
    assert (row.ended_utc_ms, row.ended_by) == (START + 2 * MINUTE_MS, "1002")


def test_voided_keeps_who_when_and_why(paper: Desk) -> None:
    row = paper.desk.write("void", paper.add(), "supervisor", reason=" 重复登记 ")
    assert (row.status, row.reason, row.ended_by) == ("voided", "重复登记", "supervisor")
    assert paper.desk.due_list(None, START) == []


def test_every_version_of_a_field_stays_in_the_history(paper: Desk) -> None:
    number = paper.add(name="王女士")
    row = paper.desk.write("edit", number, "1001", name="黄女士", personal=True)
    assert row.personal == {"name": "黄女士"}
    assert [one.personal["name"] for one in row.history] == ["王女士", "黄女士"]


def test_what_does_not_change_writes_nothing(paper: Desk) -> None:
    number = paper.add(name="王女士", subject="账单", key_account=True)
    seen = paper.desk.get(number).seen
    same = {"name": "王女士", "subject": "账单", "key_account": True, "phone": ""}
    assert paper.desk.write("edit", number, "1001", **same).seen == seen


# --- who comes first -----------------------------------------------------------------------------


def test_a_hand_over_in_the_same_second_as_a_close_is_refused_with_who_and_when(
    paper: Desk,
) -> None:
    number = paper.add()
    seen = paper.desk.get(number).seen
    paper.desk.write("close", number, "1001", seen, **CLOSE)
    error = refused(paper, "assign", number, "supervisor", seen, to="1002", why="班次结束")
    assert error.key == "callback_closed"
    assert error.values["by"] == "1001" and error.values["when"] == "2026-05-08 09:00:00"
    assert "1001" in error.sentence("zh") and "09:00:00" in error.sentence("zh")


def test_a_close_in_the_same_second_as_a_hand_over_is_refused_with_who_and_when(
    paper: Desk,
) -> None:
    number = paper.add()
    seen = paper.desk.get(number).seen
    paper.desk.write("assign", number, "supervisor", seen, to="1002", why="班次结束")
    error = refused(paper, "close", number, "1001", seen, **CLOSE)
    assert error.key == "callback_handed_over"
    assert (error.values["to"], error.values["by"]) == ("1002", "supervisor")
    assert "班长" in error.sentence("zh") and "the supervisor" in error.sentence("en")
    assert paper.desk.write("close", number, "1002", seen, **CLOSE).status == "closed"


def test_closing_twice(paper: Desk) -> None:
    number = paper.add()
    paper.desk.write("close", number, "1001", **CLOSE)
    assert refused(paper, "close", number, "1001", **CLOSE).key == "callback_closed"
    assert refused(paper, "void", number, "1001", reason="x").key == "callback_closed"
    assert refused(paper, "attempt", number, "1002").key == "callback_closed"


def test_editing_what_another_just_closed(paper: Desk) -> None:
    number = paper.add()
    paper.desk.write("close", number, "1002", **CLOSE)
    assert refused(paper, "edit", number, "1001", name="王女士").key == "callback_closed"
    row = paper.desk.write("edit", number, "1002", name="王女士")  # who closed it may complete it
    assert row.personal == {"name": "王***"}
    paper.desk.write("escalate", number, "supervisor", value=True)
    assert refused(paper, "escalate", number, "supervisor", 0, value=False).key == "callback_closed"


def test_nothing_is_done_to_a_voided_one_but_forgetting(paper: Desk) -> None:
    number = paper.add()
    paper.desk.write("void", number, "1001", reason="误按")
    for action, values in (("edit", {"name": "x"}), ("close", CLOSE), ("attempt", {})):
        assert refused(paper, action, number, "1001", **values).key == "callback_voided"
    assert paper.desk.write("forget", number, "1001").forgotten_utc_ms == START


def test_two_tabs_that_edit_different_fields_keep_both(paper: Desk) -> None:
    number = paper.add()
    seen = paper.desk.get(number).seen
    paper.desk.write("edit", number, "1001", seen, name="王女士")
    row = paper.desk.write("edit", number, "1001", seen, phone="010-1234567", personal=True)
    assert row.personal == {"name": "王女士", "phone": "010-1234567"}


def test_two_tabs_that_edit_the_same_field_the_second_is_told(paper: Desk) -> None:
    number = paper.add()
    seen = paper.desk.get(number).seen
    paper.desk.write("edit", number, "1001", seen, subject="账单")
    error = refused(paper, "edit", number, "1002", seen, subject="气表", name="王女士")
    assert (error.key, error.values["field"]) == ("callback_field_changed", "subject")
    assert "业务类别" in error.sentence("zh")
    assert paper.desk.write("edit", number, "1002", seen, subject="账单").subject == "账单"


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"caller_number": "138OO13"}, "callback_number"),
        ({"phone": "12"}, "callback_digits"),
        ({"phone": "1" * 19}, "callback_digits"),
        ({"name": "x" * 41}, "callback_long"),
        ({"name": 7}, "callback_no_text"),
        ({"escalated": "yes"}, "callback_no_flag"),
        ({"repeat_of": "1"}, "callback_no_whole"),
        ({"repeat_of": 1}, "callback_repeat_later"),
        ({"repeat_of": 99}, "callback_unknown"),
        ({"agreed_utc_ms": START}, "callback_agreed_kind"),
        ({"colour": "red"}, "callback_no_field"),
    ],
)
def test_a_field_that_cannot_be(paper: Desk, values: dict[str, Any], key: str) -> None:
    assert refused(paper, "edit", paper.add(), **values).key == key


@pytest.mark.parametrize(
    ("action", "values", "key"),
    [
        ("void", {}, "callback_no_reason"),
        ("void", {"reason": "  "}, "callback_no_reason"),
        ("assign", {"to": "1002"}, "callback_no_why"),
        ("assign", {"to": "1001", "why": "x"}, "callback_same_owner"),
        ("assign", {"to": "9999", "why": "x"}, "unknown_agent"),
        ("assign", {"to": "supervisor", "why": "x"}, "unknown_agent"),
        ("close", {}, "callback_word"),
        ("close", {"outcome": "no_answer"}, "callback_no_answer"),
        ("close", {"outcome": "settled", "satisfaction": "maybe"}, "callback_word"),
        ("attempt", {"outcome": "busy"}, "callback_word"),
        ("attempt", {"outcome": "settled", "attempt": 99}, "callback_attempt_done"),
        ("close", {"reason": "x"}, "callback_no_field"),
        ("delete", {}, "callback_action"),
    ],
)
def test_a_write_that_cannot_be(paper: Desk, action: str, values: dict[str, Any], key: str) -> None:
    assert refused(paper, action, paper.add(), **values).key == key


def test_who_writes_must_be_known_and_so_must_the_number(paper: Desk) -> None:
    assert refused(paper, "edit", paper.add(), "9999", name="x").key == "unknown_agent"
    assert refused(paper, "edit", 99, name="x").key == "callback_unknown"
    assert refused(paper, "edit", None, name="x").key == "callback_unknown"
    with pytest.raises(DeskunitError):
        paper.desk.get(99)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"kind": "sms"}, "callback_word"),
        ({}, "callback_word"),
        ({"kind": "fault", "agent": "9999"}, "unknown_agent"),
        ({"kind": "fault", "taken_utc_ms": START + 1}, "callback_taken_later"),
        ({"kind": "inquiry", "agreed_utc_ms": START - 1}, "callback_due_before_taken"),
        ({"kind": "fault", "phone": "no"}, "callback_number"),
    ],
)
def test_one_that_cannot_be_added(paper: Desk, values: dict[str, Any], key: str) -> None:
    assert refused(paper, "add", None, **values).key == key
    assert paper.desk.search() == []


def test_numbers_are_kept_in_plain_digits(paper: Desk) -> None:
    number = paper.add(caller_number=" １３８ 0013 8000 ")
    assert paper.desk.get(number, personal=True).personal["caller_number"] == "138 0013 8000"


# --- repeats -------------------------------------------------------------------------------------


def test_a_repeat_is_proposed_for_caller_and_subject_within_the_days(paper: Desk) -> None:
    first = paper.add("complaint", caller_number="13800138000", subject="账单")
    paper.add("complaint", caller_number="13800138000", subject="气表")
    paper.add("complaint", caller_number="13900139000", subject="账单")
    paper.now += 30 * 24 * HOUR_MS
    again = paper.add("complaint", caller_number="+86 138-0013-8000", subject="账 单")
    assert [one.number for one in paper.desk.proposed_repeats(again)] == [first]
    assert paper.desk.get(again).repeat_of is None  # the agent decides
    assert paper.desk.write("repeat", again, "1001", of=first).repeat_of == first
    assert paper.desk.write("repeat", again, "1001", of=None).repeat_of is None
    paper.desk.rules = rules(repeat_days=29)
    assert paper.desk.proposed_repeats(again) == []


def test_no_repeat_of_a_voided_one_nor_without_caller_or_subject(paper: Desk) -> None:
    first = paper.add("complaint", caller_number="13800138000", subject="账单")
    no_subject = paper.add("complaint", caller_number="13800138000")
    no_caller = paper.add("complaint", subject="账单")
    again = paper.add("complaint", caller_number="13800138000", subject="账单")
    assert paper.desk.proposed_repeats(no_subject) == paper.desk.proposed_repeats(no_caller) == []
    assert [one.number for one in paper.desk.proposed_repeats(again)] == [first]
    paper.desk.write("void", first, "1001", reason="误按")
    assert paper.desk.proposed_repeats(again) == []


# --- masks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ("caller_number", "13800138000", "138****8000"),
        ("phone", "+86 138 0013 8000", "861******8000"),
        ("phone", "1234567", "123*567"),
        ("phone", "95598", "***98"),
        ("phone", "110", "*0"),
        ("name", "王女士", "王***"),
        ("name", "王", "***"),
        ("address", "人民路 1 号", "***"),
        ("said", "", ""),
    ],
)
def test_what_a_mask_leaves(field: str, text: str, shown: str) -> None:
    assert masking.masked_text(field, text) == shown


def test_lists_and_histories_are_masked_unless_asked(paper: Desk) -> None:
    number = paper.add(caller_number="13800138000", name="王女士", address="人民路 1 号")
    hidden = {"caller_number": "138****8000", "name": "王***", "address": "***"}
    for row in (*paper.desk.due_list(None, START), *paper.desk.search(), paper.desk.get(number)):
        assert row.personal == hidden and row.is_masked
    assert paper.desk.get(number).history[0].personal == hidden
    (row,) = paper.desk.search(personal=True)
    assert row.personal["name"] == "王女士" and not row.is_masked
