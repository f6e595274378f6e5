"""Callbacks over the link: units of bytes, a real recorder and store, virtual time."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from byte_floor import Floor, told
from byte_unit import BOOT, UID, ByteUnit, frame, hello
from deskunit.alarms import Alarms
from deskunit.calendar import Day
from deskunit.callbacks.folding import Callback
from deskunit.errors import DeskunitError
from deskunit.logger.notices import CallbacksChanged, Taken
from deskunit.repeats import FORGET_MS
from deskunit.settings import Callbacks, Settings
from deskunit.store import Store, open_store
from full_disk import full_disk

OTHER = "b4cf12b3d0e8"
OLDER = "40-77aa01b2"
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
SLACK_MS = 50  # how well a unit's clock is known here


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, write=True) as opened:
        yield opened


class Desk:
    """A byte unit as its agent uses it: one event a press, at the unit's own time."""

    def __init__(self, floor: Floor, uid: str = UID, agent: str = "1001") -> None:
        self.floor = floor
        self.unit = floor.plug(uid)
        self.agent, self.seq = agent, 0
        self.tell("st", to="signed_out", by="btn")
        self.enter("not_ready")

    def enter(self, state: str, **more: object) -> None:
        self.tell("st", to=state, by="btn", ag=self.agent, **more)

    def tell(self, kind: str, **body: object) -> None:
        self.unit.say(self.event(kind, **body))
        self.floor.wait(400)

    def event(self, kind: str, **body: object) -> bytes:
        """As its frame; it can be said later."""
        self.seq += 1
        flags = 1 if self.seq == 1 else 0
        return frame("E", flags, self.unit.session.boot, self.seq, self.unit.unit_ms, kind, body)

    def promise(self, kind: str = "fault") -> int:
        """A call with the gesture in it; the number of the callback."""
        self.enter("talking", call=1)
        self.tell("callback", call=1, k=kind)
        self.enter("wrap_up", call=1)
        self.enter("ready")
        return max(one.number for one in self.floor.store.callbacks())

    @property
    def due(self) -> list[object]:
        """What the unit was told last."""
        found = told(self.unit, "due")[-1]
        assert isinstance(found, list)
        return found


def found(floor: Floor, number: int = 1) -> Callback:
    callback = floor.store.find_callback(number)
    assert callback is not None
    return callback


def test_gesture_makes_a_callback_of_its_agent_and_the_unit_hears_its_number(store: Store) -> None:
    heard: list[CallbacksChanged] = []
    floor = Floor(store, on_callbacks=heard.append)
    desk = Desk(floor)
    assert desk.due == [0, 0, 0, 0, ""]
    desk.enter("talking", call=1)
    press_utc_ms = desk.unit.utc_ms
    desk.tell("callback", call=1, k="fault")
    one = found(floor)
    assert (one.owner, one.kind, one.call_no, one.uid) == ("1001", "fault", 1, UID)
    assert abs(one.taken_utc_ms - press_utc_ms) <= one.taken_error_ms <= SLACK_MS
    number, in_s = desk.due[2:4]
    assert desk.due == [1, 0, number, in_s, "fault"] and number == 1
    assert isinstance(in_s, int) and 24 * 3600 - 2 <= in_s <= 24 * 3600
    assert heard == [CallbacksChanged((1,), (Taken(1, UID, "1001", "fault"),))]


def test_promise_made_while_unplugged_and_replayed_two_hours_later_counts_from_the_press(
    store: Store,
) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    press_utc_ms = desk.unit.utc_ms
    unheard = desk.event("st", to="talking", by="btn", ag="1001", call=1)
    unheard += desk.event("callback", call=1, k="fault")
    desk.unit.now_ms += 2 * HOUR_MS
    floor.recorder.tick(desk.unit.utc_ms, desk.unit.now_ms)
    desk.unit.say(hello(BOOT, desk.unit.unit_ms))
    floor.wait(1_600)
    desk.unit.say(unheard)
    floor.wait(600)
    one = found(floor)
    assert abs(one.taken_utc_ms - press_utc_ms) <= one.taken_error_ms <= 500
    assert one.owner == "1001"
    in_s = desk.due[3]
    assert isinstance(in_s, int) and abs(in_s - 22 * 3600) <= 5


def test_promise_in_a_boot_that_nobody_read_is_placed_better_with_its_boot(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    desk.unit.now_ms += 2 * HOUR_MS  # it restarts, a promise is made, it restarts again
    unread = "42-00000001"
    events = [
        ("st", {"to": "talking", "by": "btn", "ag": "1001", "call": 1}),
        ("callback", {"k": "fault"}),
    ]
    lines = [
        frame("E", int(seq == 1), unread, seq, 60_000 * seq, kind, body)
        for seq, (kind, body) in enumerate(events, 1)
    ]
    newest = "43-00000001"
    desk.unit.ahead_ms = -desk.unit.unit_ms + 5_000
    floor.recorder.tick(desk.unit.utc_ms, desk.unit.now_ms)
    desk.unit.say(hello(newest, 5_000))
    floor.wait(1_600)
    desk.unit.say(b"".join(lines))
    floor.wait(600)
    first = found(floor)
    state = {"to": "signed_out", "by": "btn"}
    desk.unit.say(frame("E", 1, newest, 1, 5_500, "st", state))
    floor.wait(600)
    one = found(floor)
    (press,) = [two for two in store.events() if two.kind == "callback"]
    at = store.moment(UID, press.boot, press.ms)
    assert (one.taken_utc_ms, one.taken_error_ms) == (at.utc_ms, at.error_ms)
    assert first.number == one.number


def test_what_came_while_the_pc_was_away_is_told_by_the_next_session(store: Store) -> None:
    desk = Desk(Floor(store))
    desk.promise("fault")
    back = Floor(store)
    unit = ByteUnit()
    unit.now_ms = desk.unit.now_ms + 25 * HOUR_MS
    back.units.append(unit)
    unit.say(hello(BOOT, unit.unit_ms))
    back.wait(1_600)
    (last,) = told(unit, "due")
    assert isinstance(last, list)
    assert last[:3] == [1, 1, 1] and abs(last[3] + 3600) <= 5 and last[4] == "fault"


def test_each_unit_hears_of_its_own_agent_and_a_hand_over_moves_it(store: Store) -> None:
    floor = Floor(store)
    one, two = Desk(floor), Desk(floor, OTHER, "1002")
    number = one.promise("complaint")
    assert one.due[:3] == [1, 0, number] and two.due[:3] == [0, 0, 0]
    before = len(told(one.unit, "due"))
    second = two.promise("dropped")
    assert two.due[2:3] == [second] and len(told(one.unit, "due")) == before
    values = {"to": "1002", "why": "off tomorrow"}
    now_utc_ms = one.unit.utc_ms
    floor.recorder.write_callback("assign", number, "1001", None, values, now_utc_ms)
    floor.wait(400)
    assert one.due == [0, 0, 0, 0, ""] and two.due[0] == 2


def test_write_on_the_pc_is_told_to_the_unit_and_a_refused_one_changes_nothing(
    store: Store,
) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    number, now_utc_ms = desk.promise(), desk.unit.utc_ms
    heard = len(told(desk.unit, "due"))
    with pytest.raises(DeskunitError):
        floor.recorder.write_callback("void", number, "1001", None, {"reason": ""}, now_utc_ms)
    with pytest.raises(DeskunitError):
        floor.recorder.write_callback("void", 99, "1001", None, {"reason": "x"}, now_utc_ms)
    floor.wait(400)
    assert len(told(desk.unit, "due")) == heard and found(floor, number).status == "open"
    reason = {"reason": "same as 12"}
    row = floor.recorder.write_callback("void", number, "1001", None, reason, now_utc_ms)
    floor.wait(400)
    assert row.status == "voided" and desk.due == [0, 0, 0, 0, ""]


def test_return_call_with_its_outcome_closes_and_without_one_stays_open(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    number = desk.promise("dropped")
    for told_outcome in (None, "no_answer", "settled"):
        desk.enter("talking", call=2, cb=number)
        desk.enter("wrap_up", call=2)
        if told_outcome:
            desk.tell("outcome", cb=number, r=told_outcome, sat="yes")
        desk.enter("ready")
        assert found(floor, number).status == ("closed" if told_outcome == "settled" else "open")
    outcomes = [(one.outcome, one.by) for one in found(floor, number).attempts]
    assert outcomes == [("not_given", "1001"), ("no_answer", "1001"), ("settled", "1001")]
    assert desk.due == [0, 0, 0, 0, ""]


def test_promise_of_an_unknown_agent_waits_to_be_assigned(store: Store) -> None:
    floor = Floor(store)
    one, two = Desk(floor, agent="?"), Desk(floor, OTHER, "1002")
    number = one.promise()
    assert found(floor, number).owner == "?" and one.due == [0, 0, 0, 0, ""]
    values = {"to": "1002", "why": "was at seat 7"}
    floor.recorder.write_callback("assign", number, "supervisor", None, values, one.unit.utc_ms)
    floor.wait(400)
    assert two.due[:3] == [1, 0, number]


def test_sign_out_and_a_start_signed_out_clear_what_the_unit_shows(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    desk.promise()
    desk.enter("not_ready")
    desk.tell("st", to="signed_out", by="btn")
    assert desk.due == [0, 0, 0, 0, ""]
    desk.enter("not_ready")
    assert desk.due[:3] == [1, 0, 1]
    desk.unit.ahead_ms = -desk.unit.unit_ms
    desk.unit.say(hello("42-00000001", 5))
    floor.wait(1_600)
    desk.unit.say(frame("E", 1, "42-00000001", 1, 4, "boot", {"rst": "PWRON", "fw": "0.4.0"}))
    floor.wait(600)
    assert desk.due == [0, 0, 0, 0, ""]


def test_falling_due_is_told_at_once_and_the_countdown_every_five_minutes(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    desk.promise("fault")
    taken_utc_ms = found(floor).taken_utc_ms
    before = len(told(desk.unit, "due"))
    floor.wait(10 * MINUTE_MS + 2_000, 1_000)
    assert [one[:3] for one in told(desk.unit, "due")[before:]] == [[1, 0, 1]] * 2  # type: ignore[index]
    agreed = {"agreed_utc_ms": desk.unit.utc_ms + 60_500}
    number = desk.promise("inquiry")
    floor.recorder.write_callback("agree", number, "1001", None, agreed, desk.unit.utc_ms)
    floor.wait(1_000)
    assert desk.due[:3] == [2, 0, number] and desk.due[4] == "inquiry"
    while desk.due[1] == 0:
        floor.wait(200)
    assert 0 <= desk.unit.utc_ms - agreed["agreed_utc_ms"] <= 800
    assert taken_utc_ms < desk.unit.utc_ms


def test_another_calendar_moves_what_is_due(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    desk.promise("days_2")  # taken on a Monday: due on Wednesday at 18:00
    first = desk.due[3]
    floor.recorder.set_holidays({date(2026, 9, 22): Day("holiday", "holiday", "typhoon")})
    floor.wait(1_000)
    assert isinstance(first, int) and isinstance(desk.due[3], int)
    assert abs(desk.due[3] - first - 24 * 3600) <= 5


def test_full_disk_makes_no_callback_and_the_repetition_makes_one(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    desk.enter("talking", call=1)
    press = desk.event("callback", call=1, k="fault")
    desk.unit.say(press)
    with full_disk(), pytest.raises(DeskunitError):
        floor.wait(200)
    assert list(store.callbacks()) == []
    floor.wait(FORGET_MS)
    for _ in range(2):
        desk.unit.say(press)
        floor.wait(FORGET_MS)
    assert [one.number for one in store.callbacks()] == [1]


def test_rebuilding_the_intervals_leaves_the_callbacks_as_they_are(store: Store) -> None:
    floor = Floor(store)
    desk = Desk(floor)
    number = desk.promise()
    desk.enter("talking", call=2, cb=number)
    before = [found(floor, number), store.callback_facts(number)]
    store.rebuild(UID)
    assert [found(floor, number), store.callback_facts(number)] == before


def test_alarm_is_on_only_if_the_site_wants_one_and_while_as_many_are_overdue(store: Store) -> None:
    alarms = Alarms()
    chosen = Settings(zone="UTC", callbacks=Callbacks(overdue_alarm=1))
    floor = Floor(store, chosen, alarms=alarms)
    desk = Desk(floor)
    number = desk.promise("dropped")
    floor.wait(MINUTE_MS + 1_000, 1_000)
    assert alarms.is_on("callbacks")
    assert "1" in alarms.active()[0].sentence("zh")
    values = {"reason": "called back by phone"}
    floor.recorder.write_callback("void", number, "1001", None, values, desk.unit.utc_ms)
    floor.wait(MINUTE_MS + 1_000, 1_000)
    assert not alarms.is_on("callbacks")


def test_retention_forgets_once_a_day_what_is_older(store: Store) -> None:
    chosen = Settings(zone="UTC", callbacks=Callbacks(retention_days=1))
    floor = Floor(store, chosen)
    desk = Desk(floor)
    number = desk.promise("dropped")
    write, now_utc_ms = floor.recorder.write_callback, desk.unit.utc_ms
    write("edit", number, "1001", None, {"name": "王女士"}, now_utc_ms)
    write("void", number, "1001", None, {"reason": "twice"}, now_utc_ms)
    floor.recorder.tick(now_utc_ms + 23 * HOUR_MS, 0)
    assert found(floor, number).forgotten is None
    floor.recorder.tick(now_utc_ms + 49 * HOUR_MS, 0)
    forgotten = found(floor, number)
    assert forgotten.forgotten is not None
    assert store.personal([forgotten])[number] == {}
