"""Callbacks as the page and other commands reach them: floor and control socket over a real logger."""

import queue
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from byte_floor import Floor as Units
from byte_floor import st
from byte_unit import BOOT, UID, frame
from deskunit import control, settings
from deskunit.callback_floor import CallbackFloor
from deskunit.cli.desk import Desk
from deskunit.errors import DeskunitError
from deskunit.store import open_store
from deskunit.web.floor import Floor

PATIENCE_S = 40.0
CALLER = {"kind": "complaint", "name": "王女士", "caller_number": "13812345678", "said": "no gas"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "agents.csv").write_text(
        "id,name,team,level\n1001,李晓,热线组,\n1002,王芳,,\n", "utf-8"
    )
    (tmp_path / settings.FILE_NAME).write_text('[host]\nzone = "Asia/Shanghai"\n', "utf-8")
    desk = Desk(tmp_path, settings.load(tmp_path), ports=(), virtual=0, search=False)
    try:
        desk.start(wait=True)
        yield desk
    finally:
        desk.close()


@pytest.fixture
def floor(desk: Desk) -> Floor:
    return desk.floor


def refused(floor: Floor, action: str, number: int | None, seen: int | None, **values: Any) -> str:
    with pytest.raises(DeskunitError) as caught:
        floor.callback_write(action, number, "1002", seen, values)
    return caught.value.sentence("en")


def test_what_is_typed_is_there_masked_in_lists_and_whole_alone(floor: Floor) -> None:
    made = floor.callback_write("add", None, "1001", None, CALLER)
    assert (made["number"], made["owner"], made["owner_name"]) == (1, "1001", "李晓")
    assert made["personal"]["caller_number"] == "13812345678" and not made["is_masked"]
    (listed,) = floor.callbacks({"owner": "1001"}, 10)
    assert listed["personal"]["caller_number"] == "138****5678" and listed["is_masked"]
    assert listed["history"] == [] and "no gas" not in str(listed)
    alone = floor.callback(1)
    assert alone["history"][0]["what"] == "fields" and alone["history"][0]["by_name"] == "李晓"
    assert alone["history"][0]["personal"]["said"] == "no gas"
    assert alone["due_utc_ms"] - alone["taken_utc_ms"] == 48 * 3_600_000
    assert [one["id"] for one in floor.agents()] == ["1001", "1002"]


def test_lists_are_cut_by_owner_status_kind_and_text(floor: Floor) -> None:
    for kind, owner in (("complaint", "1001"), ("dropped", "1002"), ("fault", "1002")):
        floor.callback_write("add", None, owner, None, {**CALLER, "kind": kind})
    floor.callback_write("void", 3, "1002", None, {"reason": "twice"})

    def numbers(**asked: str) -> list[int]:
        return [one["number"] for one in floor.callbacks(asked, 10)]

    assert numbers() == [2, 1], "by due time"
    assert numbers(status="all") == [3, 2, 1]
    assert numbers(status="voided") == [3] and numbers(owner="1002") == [2]
    assert numbers(kind="complaint") == [1] and numbers(kind="fault") == []
    assert numbers(text="13812345678") == [2, 1]
    assert len(floor.callbacks({}, 1)) == 1


def test_an_agents_page_has_his_own_alone(desk: Desk, floor: Floor) -> None:
    for owner in ("1001", "1002", "1002"):
        floor.callback_write("add", None, owner, None, CALLER)
    with (desk.floor.data_dir / settings.FILE_NAME).open("a", encoding="utf-8") as file:
        file.write('[viewer]\nrole = "agent"\nagent = "1001"\n')
    for asked in ({}, {"status": "all"}, {"text": "13812345678"}):
        assert [one["number"] for one in floor.callbacks(asked, 10)] == [1]
    assert floor.callbacks({"owner": "1002"}, 10) == floor.callback_repeats(1) == []
    assert [one["id"] for one in floor.agents()] == ["1001"]
    assert floor.callback(1)["owner"] == "1001"
    with pytest.raises(DeskunitError, match="1002"):
        floor.callback(2)
    assert "1002" in refused(floor, "void", 2, None, reason="twice")
    given = floor.callback_write("assign", 1, "1001", None, {"to": "1002", "why": "ill"})
    assert given["owner"] == "1002" and floor.callbacks({}, 10) == []


def test_while_settings_have_a_mistake_the_page_shows_what_it_did(desk: Desk, floor: Floor) -> None:
    floor.callback_write("add", None, "1001", None, CALLER)
    (desk.floor.data_dir / settings.FILE_NAME).write_text("[viewer", "utf-8")
    assert [one["number"] for one in floor.callbacks({}, 10)] == [1]


def test_two_tabs_do_not_overwrite_each_other_and_the_second_hears_who_was_first(
    floor: Floor,
) -> None:
    seen = floor.callback_write("add", None, "1001", None, CALLER)["seen"]
    floor.callback_write("edit", 1, "1001", seen, {"name": "王先生"})
    assert "1001" in refused(floor, "edit", 1, seen, name="王某")
    floor.callback_write("edit", 1, "1002", seen, {"address": "1 Main Street"})
    one = floor.callback(1)
    assert (one["personal"]["name"], one["personal"]["address"]) == ("王先生", "1 Main Street")
    floor.callback_write("close", 1, "1001", one["seen"], {"outcome": "settled"})
    assert "closed by 1001" in refused(floor, "assign", 1, one["seen"], to="1002", why="x")


def test_each_change_is_told_and_a_refused_one_is_not(floor: Floor) -> None:
    heard: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
    floor.subscribe(lambda change, body: heard.put(body) if change == "callbacks" else None)
    floor.callback_write("add", None, "1001", None, CALLER)
    refused(floor, "void", 1, None, reason=" ")
    refused(floor, "void", 2, None, reason="x")
    floor.callback_write("void", 1, "1001", None, {"reason": "twice"})
    told = []
    while len(told) < 2:
        body = heard.get(timeout=PATIENCE_S)
        told += [body] if body["numbers"] else []  # [] at the start: the calendar was read
    assert told == [{"numbers": [1], "taken": []}] * 2


def test_other_commands_write_through_the_socket_and_nonsense_stops_nothing(desk: Desk) -> None:
    folder = desk.floor.data_dir

    def ask(number: object = 1, values: object = None, action: str = "void") -> dict[str, Any]:
        asked = {"action": action, "number": number, "by": "1001", "seen": None, "values": values}
        return control.call(folder, "callback_write", **asked)

    row = ask(None, CALLER, "add")
    assert (row["number"], row["owner"], row["is_masked"]) == (1, "1001", True)
    for number, values in ((2**80, {}), (1, {"reason": None}), (1, ["reason"]), ("x", {}), (1, 5)):
        with pytest.raises(DeskunitError):
            ask(number, values)
    with pytest.raises(DeskunitError) as caught:
        ask(action="explode", values={})
    assert "explode" in caught.value.sentence("zh")
    assert desk.logger.alive
    assert ask(values={"reason": "twice"})["status"] == "voided"


@pytest.mark.parametrize(
    ("number", "by", "seen", "values", "key"),
    [
        (2**70, "1001", None, {"reason": "x"}, "callback_range"),
        (-1, "1001", None, {"reason": "x"}, "callback_range"),
        ("1", "1001", None, {"reason": "x"}, "callback_no_whole"),
        (True, "1001", None, {"reason": "x"}, "callback_no_whole"),
        (1, ["1001"], None, {"reason": "x"}, "unknown_agent"),
        (1, "\ud800", None, {"reason": "x"}, "callback_no_text"),
        (1, "1001", 2**64, {"reason": "x"}, "callback_range"),
        (1, "1001", None, {"reason": ["x"]}, "callback_no_text"),
        (1, "1001", None, ["reason"], "callback_no_field"),
        (1, "1001", None, {"self": "x"}, "callback_no_field"),
        (1, "1001", None, {"personal": True}, "callback_no_field"),
        (1, "1001", None, {"name": "x"}, "callback_no_field"),
        (99, "1001", None, {"reason": "x"}, "callback_unknown"),
    ],
)
def test_what_no_write_has_is_refused_in_a_sentence(
    floor: Floor, number: Any, by: Any, seen: Any, values: Any, key: str
) -> None:
    floor.callback_write("add", None, "1001", None, CALLER)
    with pytest.raises(DeskunitError) as caught:
        floor.callback_write("void", number, by, seen, values)
    assert caught.value.key == key
    assert caught.value.sentence("zh") and caught.value.sentence("en")
    assert floor.callback(1)["status"] == "open"


@pytest.mark.parametrize("agreed", [2**63, -5, "soon", 1.5, {"at": 3}])
def test_an_agreed_time_out_of_this_world_is_refused(floor: Floor, agreed: Any) -> None:
    made = floor.callback_write("add", None, "1001", None, {"kind": "inquiry"})
    with pytest.raises(DeskunitError):
        floor.callback_write("agree", 1, "1001", None, {"agreed_utc_ms": agreed})
    assert floor.callback(1)["seen"] == made["seen"]


def test_a_fault_in_a_write_is_the_askers_and_the_writer_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*asked: object) -> None:
        raise OverflowError("date value out of range")

    with monkeypatch.context() as broken:
        broken.setattr(desk.logger.recorder, "write_callback", fail)
        with pytest.raises(OverflowError):
            desk.floor.callback_write("void", 1, "1001", None, {"reason": "x"})
    assert desk.logger.alive
    assert desk.floor.callback_write("add", None, "1001", None, CALLER)["number"] == 1


def test_health_counts_everybodys(desk: Desk) -> None:
    desk.floor.callback_write("add", None, "1001", None, CALLER)
    old = {"kind": "fault", "taken_utc_ms": 1_790_000_000_000}
    desk.floor.callback_write("add", None, "1002", None, old)
    found = control.call(desk.floor.data_dir, "health")["callbacks"]
    while found != {"open": 2, "overdue": 1}:
        assert found["open"] <= 2 and found["overdue"] <= 1
        found = control.call(desk.floor.data_dir, "health")["callbacks"]


def test_a_return_call_is_to_be_completed_when_it_is_over(tmp_path: Path) -> None:
    with open_store(tmp_path, write=True) as store:
        units = Units(store)
        unit = units.plug()
        known = {"store": store, "recorder": units.recorder, "data_dir": tmp_path}
        page = CallbackFloor(cast(Any, SimpleNamespace(**known)))
        about = {"ag": "1001", "call": 1}
        unit.say(st(1, "signed_out") + st(2, "talking", **about))
        unit.say(frame("E", 0, BOOT, 3, 3_000, "callback", {"call": 1, "k": "dropped"}))
        unit.say(st(4, "ready", ag="1001"))
        units.wait(400)
        summary = page.callback_summary(UID)
        assert (summary["agent_id"], summary["open"], summary["number"]) == ("1001", 1, 1)
        for seq, state in ((5, "talking"), (6, "hold"), (7, "talking"), (8, "wrap_up")):
            more = {"cb": 1} if seq == 5 else {}
            unit.say(st(seq, state, ag="1001", call=2, **more))
            units.wait(400)
            one = page.callback(1)
            assert len(one["attempts"]) == 1 and one["to_complete"] is None
        unit.say(st(9, "ready", ag="1001"))
        units.wait(400)
        one = page.callback(1)
        assert one["to_complete"] == one["attempts"][0]["id"]
        assert one["attempts"][0]["outcome"] == "not_given"
