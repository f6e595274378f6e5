"""What the host does with what it heard: real sessions, a real store on disk, virtual time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

import pytest
from byte_floor import Floor, st, told
from byte_unit import BOOT, UID, ByteUnit, frame, hello
from deskunit.agents import Agent
from deskunit.alarms import Alarms
from deskunit.calendar import Day
from deskunit.errors import DeskunitError
from deskunit.events import ecrc
from deskunit.logger.recorder import Recorder
from deskunit.repeats import FORGET_MS
from deskunit.settings import Settings
from deskunit.store import Store, open_store
from full_disk import full_disk

OTHER = "b4cf12b3d0e8"
SECOND = "42-00000001"
LI, WANG = Agent("1001", "李晓"), Agent("1002", "王芳", level="trainee")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, write=True) as opened:
        yield opened


def test_event_is_stored_then_acknowledged(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1001"))
    assert unit.frames("A") == []
    floor.wait(200)
    assert [one[2] for one in unit.frames("A")] == [2]
    assert [one.seq for one in store.events()] == [1, 2]
    assert floor.states() == [(UID, "signed_out"), (UID, "not_ready")]
    assert floor.changes


def test_full_disk_acknowledges_nothing_and_the_repetition_is_stored(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out"))
    with full_disk(), pytest.raises(DeskunitError):
        floor.wait(200)
    assert unit.frames("A") == [] and list(store.events()) == []
    floor.wait(FORGET_MS)
    unit.say(st(1, "signed_out"))
    floor.wait(200)
    assert [one[2] for one in unit.frames("A")] == [1]


def test_older_boot_is_placed_also_by_a_clock_that_nobody_could_read(store: Store) -> None:
    floor = Floor(store)
    unit = ByteUnit()
    unit.deaf.add("T")  # no time probe is answered: the current boot's start is a guess
    floor.units.append(unit)
    unit.say(hello(BOOT, unit.unit_ms))
    floor.wait(1_600)
    unit.say(st(1, "signed_out", OLDER) + st(2, "not_ready", OLDER, ag="1001"))
    floor.wait(400)
    unit.say(st(1, "signed_out"))
    floor.wait(400)
    assert [one[1:3] for one in unit.frames("A")] == [[OLDER, 2], [BOOT, 1]]
    rows = {(one.boot, one.state): one for one in store.intervals(unconfirmed=True)}
    away = rows[OLDER, "not_ready"]
    assert away.start_utc_ms <= rows[BOOT, "signed_out"].start_utc_ms
    assert away.time_quality == "bounded"


OLDER = "40-77aa01b2"


def test_replayed_older_boot_that_no_host_knew_comes_before_the_current_one(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(frame("h", BOOT, 3, 5_000, {"st": "not_ready"}))
    floor.wait(400)
    unit.say(st(1, "signed_out", OLDER) + st(2, "not_ready", OLDER, ag="1001"))
    floor.wait(200)
    unit.say(st(1, "signed_out"))
    floor.wait(200)
    assert [one[1:3] for one in unit.frames("A")] == [[OLDER, 2], [BOOT, 1]]
    rows = list(store.intervals(unconfirmed=True))
    assert [(one.boot, one.state) for one in rows] == [
        (OLDER, "signed_out"), (OLDER, "not_ready"), (OLDER, "unknown"), (BOOT, "signed_out")
    ]  # fmt: skip
    start_utc_ms = unit.utc_ms - unit.unit_ms
    assert rows[2].start_utc_ms <= start_utc_ms <= rows[3].start_utc_ms <= start_utc_ms + 1_010


def test_older_boot_is_stored_though_no_probe_of_the_current_one_was_answered(store: Store) -> None:
    floor = Floor(store)
    unit = ByteUnit()
    unit.deaf = {"T"}
    floor.units.append(unit)
    unit.say(hello(BOOT, unit.unit_ms))
    floor.wait(3_000)
    unit.say(st(1, "signed_out", OLDER))
    floor.wait(400)
    unit.say(st(1, "signed_out"))
    floor.wait(400)
    assert [one[1:3] for one in unit.frames("A")] == [[OLDER, 1], [BOOT, 1]]
    unit.deaf = set()
    floor.wait(40_000)
    assert [one.time_quality for one in store.intervals(unconfirmed=True)][-1] == "synced"


def test_unsynced_boot_lies_between_the_last_word_before_it_and_the_current_start(
    store: Store,
) -> None:
    floor = Floor(store)
    unit = floor.plug(boot="39-00000001")
    unit.say(st(1, "signed_out", "39-00000001"))
    floor.wait(400)
    last_utc_ms = unit.utc_ms
    unit.now_ms += 900_000
    unit.ahead_ms = 1_000_000 - unit.now_ms + 500  # its clock starts anew
    unit.say(hello(BOOT, unit.unit_ms))
    floor.wait(2_000)
    unit.say(st(1, "signed_out", OLDER) + st(90, "not_ready", OLDER, ag="1001"))
    floor.wait(200)
    unit.say(frame("X", OLDER, 2, 89, "full") + st(90, "not_ready", OLDER, ag="1001"))
    floor.wait(400)
    unit.say(st(1, "signed_out"))
    floor.wait(400)
    rows = {(one.boot, one.state): one for one in store.intervals(unconfirmed=True)}
    away = rows[OLDER, "not_ready"]
    assert last_utc_ms - 2_000 <= away.start_utc_ms <= unit.utc_ms - unit.unit_ms
    assert rows[BOOT, "signed_out"].start_utc_ms >= away.start_utc_ms


def test_heartbeat_of_a_boot_without_stored_events_creates_nothing(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(frame("h", BOOT, 3, 5_000, {"st": "not_ready"}))
    floor.wait(400)
    assert not store.has_boot(UID, BOOT) and floor.states() == []
    unit.say(st(1, "signed_out"))
    floor.wait(200)
    assert store.has_boot(UID, BOOT)


def test_gap_is_stored_and_acknowledged_with_its_own_check(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + frame("X", BOOT, 2, 9, "ring"))
    floor.wait(200)
    (ack,) = unit.frames("A")
    assert ack[1:] == [BOOT, 9, ecrc(f'["X","{BOOT}",2,9,"ring"]')]
    assert [tuple(row)[:5] for row in store.gaps()] == [(UID, BOOT, 2, 9, "ring")]
    unit.say(frame("X", BOOT, 2, 9, "ring"))
    floor.wait(200)
    assert unit.frames("A") == [ack, ack] and len(store.gaps()) == 1


def test_acknowledges_what_came_not_what_is_stored_from_before(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1") + st(3, "ready", ag="1"))
    floor.wait(200)
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1"))
    floor.wait(200)
    assert [one[2] for one in unit.frames("A")] == [3, 2]
    assert floor.recorder.repeated[UID] == 2


def test_record_beyond_a_hole_has_the_last_acknowledgement_said_again(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1"))
    floor.wait(200)
    unit.say(st(4, "ready", ag="1") + st(5, "not_ready", ag="1"))
    floor.wait(200)
    assert [one[2] for one in unit.frames("A")] == [2, 2]
    assert [one.seq for one in store.events()] == [1, 2]


def test_contradiction_is_put_aside_and_acknowledged_with_its_own_check(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out"))
    floor.wait(200)
    forged = st(1, "ready", ag="1")
    unit.say(forged)
    floor.wait(200)
    (row,) = store.quarantine()
    assert [one[2:] for one in unit.frames("A")][-1] == [1, ecrc(row.line)]


def test_what_was_met_and_begun_while_the_disk_was_full_is_done_after_it(store: Store) -> None:
    floor = Floor(store, virtual_seats={UID: "07"})
    with full_disk(), pytest.raises(DeskunitError):
        floor.plug()
    (unit,) = floor.units
    unit.say(frame("h", BOOT, 0, 5_000, {"st": "signed_out"}))
    floor.wait(1_000)
    assert told(unit, "seat") == ["07"]
    unit.say(st(1, "signed_out"))
    floor.wait(200)
    assert floor.states() == [(UID, "signed_out")]


def test_silent_unit_is_unknown_from_its_last_word_until_it_speaks(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1001"))
    unit.say(frame("h", BOOT, 2, 5_000, {"st": "not_ready"}))
    floor.wait(400)
    unit.deaf = set("STNKR")
    floor.wait(16_000)
    assert floor.states()[-1] == (UID, "unknown")
    unit.deaf = set()
    unit.say(frame("h", BOOT, 2, 30_000, {"st": "not_ready"}))
    floor.wait(400)
    assert floor.states()[-1] == (UID, "not_ready")
    assert (UID, "unknown") not in floor.states(), "the unit knew what it was"


def test_unit_of_an_earlier_run_that_does_not_come_back_becomes_unknown(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1001"))
    floor.wait(400)
    recorder = Recorder(store, Settings(zone="UTC"))
    recorder.tick(unit.utc_ms, unit.now_ms)
    recorder.tick(unit.utc_ms + 14_000, unit.now_ms + 14_000)
    assert floor.states()[-1] == (UID, "not_ready")
    recorder.tick(unit.utc_ms + 16_000, unit.now_ms + 16_000)
    assert floor.states()[-1] == (UID, "unknown")


def test_unit_learns_seat_roster_language_and_hour(store: Store) -> None:
    floor = Floor(store, language="en", virtual_seats={UID: "07"})
    floor.recorder.set_agents([LI, WANG])
    unit = floor.plug()
    floor.wait(1_000)
    assert told(unit, "seat") == ["07"] and told(unit, "lang") == ["en"]
    assert told(unit, "roster") == [[0, 2, "1001", "李晓"], [1, 2, "1002", "王芳"]]
    assert told(unit, "levels") == ["st"]
    assert unit.utc_ms // 3_600_000 % 24 == 14
    assert (told(unit, "hello"), told(unit, "hour")) == (["afternoon"], [14])
    assert told(unit, "wish") == [""] and told(unit, "caller") == []
    assert store.units()[0].confirmed and store.units()[0].seat == "07"
    assert list(chain(*(one[2] for one in unit.frames("K")))) == list(Settings().unit)


def test_last_agent_of_the_seat_comes_first(store: Store) -> None:
    floor = Floor(store)
    floor.recorder.set_agents([LI, WANG])
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1002"))
    floor.wait(1_000)
    assert told(unit, "roster")[-2:] == [[0, 2, "1002", "王芳"], [1, 2, "1001", "李晓"]]


def test_changed_level_is_told_with_the_roster_that_it_belongs_to(store: Store) -> None:
    floor = Floor(store)
    floor.recorder.set_agents([LI, WANG])
    unit = floor.plug()
    floor.wait(1_000)
    floor.recorder.set_agents([LI, Agent("1002", "王芳", level="coached")])
    floor.wait(600)
    assert told(unit, "levels") == ["st", "sc"]
    floor.recorder.set_agents([LI, Agent("1003", "张伟", level="coached")])
    floor.wait(600)
    assert told(unit, "levels") == ["st", "sc", "sc"], "the roster is another one"
    names = [one[2] for one in unit.frames("N") if one[2] in ("roster", "levels")]
    assert names == ["roster", "roster", "levels"] * 3
    floor.recorder.set_agents([])
    floor.wait(600)
    assert told(unit, "roster")[-1] == [0, 0, "", ""] and len(told(unit, "levels")) == 3


def set_clock(unit: ByteUnit, text: str) -> None:
    wanted = datetime.fromisoformat(text).replace(tzinfo=UTC)
    unit.set_by_ms += int(wanted.timestamp() * 1000) - unit.utc_ms


def test_hour_and_wish_follow_the_clock_into_a_holiday(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    set_clock(unit, "2026-09-30T22:59:58")
    floor.wait(5_000)
    assert told(unit, "hour")[-2:] == [22, 23] and set(told(unit, "wish")) == {""}
    set_clock(unit, "2026-09-30T23:59:58")
    floor.wait(5_000)
    assert told(unit, "hour")[-2:] == [23, 0] and told(unit, "wish") == ["", "national"]
    told_before = len(unit.frames("N"))
    floor.wait(20_000)
    assert len(unit.frames("N")) == told_before, "told once"


def test_clock_that_is_set_by_an_hour_is_followed_at_once(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    floor.wait(400)
    assert told(unit, "hour") == [14]
    unit.set_by_ms -= 3_600_000
    floor.wait(1_000)
    assert told(unit, "hour") == [14, 13]


def test_sites_own_holiday_reaches_the_unit_when_its_list_changes(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    set_clock(unit, "2026-11-11T09:30:00")
    floor.wait(1_000)
    floor.recorder.set_holidays({date(2026, 11, 11): Day("holiday", "holiday", "店庆")})
    floor.wait(1_000)
    assert told(unit, "wish")[-2:] == ["", "holiday"]


def in_a_call(floor: Floor) -> ByteUnit:
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1001"))
    unit.say(st(3, "talking", ag="1001", call=1))
    floor.wait(600)
    return unit


def test_caller_is_told_for_this_call_alone(store: Store) -> None:
    floor = Floor(store)
    unit = in_a_call(floor)
    floor.recorder.set_caller(UID, "  王女士 ")
    floor.wait(400)
    assert told(unit, "caller") == ["王女士"] and floor.recorder.caller(UID) == "王女士"
    unit.say(st(4, "hold", ag="1001", call=1, hold=1) + st(5, "talking", ag="1001", call=1))
    floor.wait(400)
    assert floor.recorder.caller(UID) == "王女士", "a hold is within the call"
    unit.say(st(6, "wrap_up", ag="1001", call=1))
    floor.wait(400)
    assert told(unit, "caller") == ["王女士", ""] and floor.recorder.caller(UID) == ""


def test_caller_of_the_call_before_is_not_greeted_in_the_next(store: Store) -> None:
    floor = Floor(store)
    unit = in_a_call(floor)
    floor.recorder.set_caller(UID, "王女士")
    unit.say(st(4, "wrap_up", ag="1001", call=1) + st(5, "talking", ag="1001", call=2))
    floor.wait(400)
    assert floor.recorder.caller(UID) == "" and told(unit, "caller")[-1] == ""
    floor.recorder.set_caller(UID, "张先生")
    floor.recorder.set_caller(UID, "")
    floor.wait(400)
    assert told(unit, "caller")[-1] == ""


def test_caller_without_a_call_and_one_that_does_not_fit_are_sentences(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out"))
    floor.wait(400)
    with pytest.raises(DeskunitError) as caught:
        floor.recorder.set_caller(UID, "王女士")
    assert caught.value.key == "no_call"
    unit.say(st(2, "not_ready", ag="1001") + st(3, "talking", ag="1001", call=1))
    floor.wait(400)
    floor.recorder.set_caller(UID, "王" * 14)
    for text in ("王" * 15, "W" * 17, "王\x1b[2J女士"):
        with pytest.raises(DeskunitError) as caught:
            floor.recorder.set_caller(UID, text)
        assert caught.value.key == "bad_caller"
    assert floor.recorder.caller(UID) == "王" * 14


def test_unit_that_does_not_know_the_new_settings_keeps_the_old_ones(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    floor.wait(1_000)
    frames = [set(one[2]) for one in unit.frames("K")]
    later = {"silent_step_s", "short_forms", "large_text"}
    assert set().union(*frames) == set(Settings().unit)
    assert all(names <= later or not names & later for names in frames)


def test_renamed_seat_and_chosen_language_reach_the_unit(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    floor.recorder.name_unit(UID, "A7")
    floor.recorder.set_language(UID, "en")
    floor.wait(600)
    assert told(unit, "seat")[-1] == "A7" and told(unit, "lang")[-1] == "en"
    with pytest.raises(DeskunitError):
        floor.recorder.name_unit(OTHER, "A8")


def test_new_boot_learns_how_long_the_unit_was_away(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out"))
    floor.wait(400)
    assert told(unit, "off_s") == []
    unit.now_ms += 700_000
    unit.ahead_ms = 1_000_000 - unit.now_ms + 500  # its clock starts anew
    unit.say(hello(SECOND, unit.unit_ms))
    floor.wait(2_000)
    (off_s,) = told(unit, "off_s")
    assert isinstance(off_s, int) and 695 <= off_s <= 705


def test_new_boot_learns_how_long_its_state_has_lasted_over_several_power_cuts(
    store: Store,
) -> None:
    floor = Floor(store)
    unit = floor.plug()
    hold = {"ag": "1001", "call": 1, "hold": 1}
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="1001") + st(3, "hold", **hold))
    floor.wait(400)
    began_ms = unit.now_ms - unit.unit_ms + 3_000
    for boot in (SECOND, "43-00000001"):
        unit.now_ms += 60_000
        unit.ahead_ms = 1_000_000 - unit.now_ms + 500
        unit.say(hello(boot, unit.unit_ms))
        unit.say(st(1, "hold", boot, rs=1, **hold))
        floor.wait(2_000)
        lasted_s = (unit.now_ms - unit.unit_ms - began_ms) / 1000
        assert told(unit, "held_s")[-1] == pytest.approx(lasted_s, abs=2)


def test_one_may_be_away_and_the_next_queues_until_the_first_is_back(store: Store) -> None:
    floor = Floor(store)
    first, second = floor.plug(), floor.plug(OTHER)
    for unit in (first, second):
        unit.say(st(1, "signed_out") + st(2, "not_ready", ag="?"))
        unit.say(frame("E", 0, BOOT, 3, 3_000, "leave", {"rc": 1}))
        floor.wait(400)
    assert told(first, "leave") == [0] and told(second, "leave") == [1]
    first.say(st(4, "ready", ag="?"))
    floor.wait(600)
    assert told(second, "leave") == [1, 0] and told(first, "leave") == [0]


def test_leave_that_is_asked_again_is_answered_again(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "signed_out") + st(2, "not_ready", ag="?"))
    unit.say(frame("E", 0, BOOT, 3, 3_000, "leave", {"rc": 1}))
    floor.wait(600)
    unit.say(st(4, "ready", ag="?") + st(5, "not_ready", ag="?"))
    floor.wait(600)
    unit.say(frame("E", 0, BOOT, 6, 6_000, "leave", {"rc": 1}))
    floor.wait(600)
    assert told(unit, "leave") == [0, 0]


def test_leave_outlives_a_restart_of_the_logger(store: Store) -> None:
    floor = Floor(store)
    first, second = floor.plug(), floor.plug(OTHER)
    for unit in (first, second):
        unit.say(st(1, "signed_out") + st(2, "not_ready", ag="?"))
        unit.say(frame("E", 0, BOOT, 3, 3_000, "leave", {"rc": 1}))
        floor.wait(400)
    again = Floor(store)
    units = [again.plug(OTHER), again.plug()]
    again.wait(600)
    assert [told(one, "leave") for one in units] == [[1], [0]]
    units[1].say(st(4, "ready", ag="?"))
    again.wait(600)
    assert told(units[0], "leave") == [1, 0]
    assert [one.uid for one in store.open_leaves()] == [OTHER]


def test_two_ports_of_one_uid_are_acknowledged_each_its_own(store: Store) -> None:
    floor = Floor(store)
    one, other = floor.plug(), floor.plug(boot=SECOND)
    for seq in (1, 2):
        one.say(st(seq, "not_ready", ag="1"))
        other.say(st(seq, "ready", SECOND, ag="2"))
        floor.wait(200)
    assert [ack[1:3] for ack in one.frames("A")] == [[BOOT, 1], [BOOT, 2]]
    assert [ack[1:3] for ack in other.frames("A")] == [[SECOND, 1], [SECOND, 2]]
    assert len(list(store.events())) == 4


def test_one_uid_and_one_boot_at_two_ports_is_put_aside_and_goes_on(store: Store) -> None:
    alarms = Alarms()
    floor = Floor(store, alarms=alarms)
    one, other = floor.plug(), floor.plug()
    one.say(st(1, "not_ready", ag="1") + st(2, "ready", ag="1"))
    other.say(st(1, "ready", ag="2"))
    floor.wait(200)
    assert [ack[2] for ack in one.frames("A")] == [2] and [a[2] for a in other.frames("A")] == [1]
    assert one.frames("A")[0][3] != other.frames("A")[0][3]
    assert [(alarm.word, alarm.where) for alarm in alarms.active()] == [("quarantine", UID)]
    other.say(hello(SECOND, other.unit_ms))
    floor.wait(2_000)
    assert alarms.active() == [], "another boot counts anew"


def test_within_one_commit_each_port_is_told_of_its_own_records(store: Store) -> None:
    floor = Floor(store)
    one, other = floor.plug(), floor.plug()
    one.say(st(1, "not_ready", ag="1") + st(2, "ready", ag="1") + st(3, "not_ready", ag="1"))
    other.say(st(1, "not_ready", ag="1") + st(2, "ready", ag="1"))
    batch = [(unit.session, effect) for unit in floor.units for effect in unit.effects]
    floor.recorder.apply(batch, one.utc_ms)
    for unit in floor.units:
        unit.pump()
    assert [ack[2] for ack in one.frames("A")] == [3]
    assert [ack[2] for ack in other.frames("A")] == [2], "it never sent the third"


def test_unit_that_left_its_port_to_another_one_is_unknown(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    unit.say(st(1, "not_ready", ag="1"))
    floor.wait(16_000)
    unit.uid = OTHER
    unit.say(hello(SECOND, unit.unit_ms, uid=OTHER))
    floor.wait(1_000)
    assert floor.states()[-1] == (UID, "unknown")


def test_agent_who_signs_in_elsewhere_is_signed_out_here(store: Store) -> None:
    floor = Floor(store)
    here, there = floor.plug(), floor.plug(OTHER)
    here.say(st(1, "signed_out") + st(2, "not_ready", ag="1001"))
    floor.wait(400)
    there.say(st(1, "signed_out"))
    there.say(frame("E", 0, BOOT, 2, 20_000, "st", {"to": "not_ready", "by": "btn", "ag": "1001"}))
    floor.wait(600)
    assert told(here, "signout") == ["1001"] and told(there, "signout") == []


def test_list_of_agents_that_changes_reaches_the_unit(store: Store) -> None:
    floor = Floor(store)
    unit = floor.plug()
    floor.wait(600)
    floor.recorder.set_agents([LI])
    floor.wait(600)
    assert told(unit, "roster") == [[0, 0, "", ""], [0, 1, "1001", "李晓"]]
