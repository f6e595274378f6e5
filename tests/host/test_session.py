"""The host's side of the link in virtual time: bytes in, bytes and effects out, no port, no store."""

from dataclasses import replace
from itertools import pairwise

import pytest
from byte_unit import BOOT, UID, UTC_MS, ByteUnit, event, frame, hello, opened
from deskunit import wire
from deskunit.context import Context, Due
from deskunit.effects import (
    Alarm,
    AlarmsOver,
    Answered,
    Arrived,
    Begun,
    Heard,
    Met,
    Missing,
    Noted,
    Synced,
)


def test_never_writes_before_a_valid_hello() -> None:
    desk = ByteUnit()
    desk.say(b"ets Jul 29 2019\r\n" + event(1) + hello().replace(b"0.1.0", b"0.1.1"))
    desk.wait(60_000)
    assert desk.written == []
    desk.say(hello())
    assert desk.written[0][1] == ["S", 1, "5be0c211", "pc-test"]
    assert desk.of(Met) == [Met(UID, BOOT), Met(UID, BOOT)]


def test_heartbeat_of_a_dead_hosts_session_is_enough_to_open_one() -> None:
    desk = ByteUnit()
    desk.say(event(1, flags=2) + frame("t", 7, 5, 6) + frame("L", 1, "still here"))
    desk.wait(1_000)
    assert desk.written == []
    desk.say(frame("h", BOOT, 3, 9_000, {"st": "ready"}))
    desk.wait(600)
    assert desk.session.open and len(desk.frames("S")) == 1
    assert desk.of(Arrived) == [] and desk.of(Heard) == []
    desk.say(event(1, flags=2))
    assert [one.event.seq for one in desk.of(Arrived)] == [1]


def test_lost_hello_is_asked_for_again_at_the_next_heartbeat() -> None:
    desk = ByteUnit()
    desk.deaf = {"S"}
    desk.say(hello())
    desk.wait(1_000)
    desk.deaf = set()
    desk.say(frame("h", BOOT, 3, 9_000, {"st": "ready"}))
    desk.wait(100)
    assert desk.session.open and len(desk.frames("S")) == 2


def test_a_newer_protocol_is_an_alarm_and_what_is_understood_is_stored() -> None:
    desk = ByteUnit()
    desk.version = 2
    desk.say(hello(version=2))
    desk.wait(500)
    assert desk.frames("S")[0][1] == 1 and desk.session.open
    desk.say(event(1) + frame("Z", 1, 2) + event(2))
    assert [one.event.seq for one in desk.of(Arrived)] == [1, 2]
    assert desk.of(Alarm) == [Alarm("version")]
    assert not any("version" in one.words for one in desk.of(AlarmsOver))
    desk.version = 1
    desk.say(hello("42-00000001"))
    assert any("version" in one.words for one in desk.of(AlarmsOver))


def test_an_older_protocol_is_an_alarm_and_nothing_is_written() -> None:
    desk = ByteUnit()
    desk.say(hello(version=0))
    assert desk.written == [] and desk.of(Alarm) == [Alarm("version")]


def test_twelve_probes_give_the_offset_before_the_first_event() -> None:
    desk = ByteUnit(ahead_ms=5_000)
    desk.say(hello())
    desk.wait(400)
    desk.say(event(1) + event(2))
    (begun,) = desk.of(Begun)
    assert len(desk.frames("T")) == 12
    # utc = unit ms + offset: the unit's clock is 1 000 000 - 5 000 behind the host's
    assert abs(begun.reading.offset_ms - (UTC_MS + 995_000)) <= begun.reading.error_ms <= 3
    assert desk.effects.index(begun) < desk.effects.index(desk.of(Arrived)[0])
    assert [one.event.seq for one in desk.of(Arrived)] == [1, 2]


def test_figures_of_the_clock_are_there_after_the_first_round() -> None:
    desk = ByteUnit()
    assert (desk.session.round_trip_ms, desk.session.offset_error_ms) == (None, None)
    desk.say(hello())
    desk.wait(400)
    assert (desk.session.round_trip_ms, desk.session.offset_error_ms) == (4, 3)
    assert desk.session.slope_ppm is None
    desk.wait(660_000)
    assert desk.session.slope_ppm == 0.0


def test_clock_that_is_set_holds_events_back_until_it_is_read_again() -> None:
    desk = opened()
    desk.wait(5_000)
    before_ms = desk.unit_ms
    desk.set_by_ms = 3_600_000
    desk.say(event(1))
    assert desk.of(Arrived) == []
    desk.wait(400)
    first, second = desk.of(Begun)
    assert second.reading.offset_ms - first.reading.offset_ms == 3_600_000
    assert before_ms - 1_000 <= second.reading.stepped_ms <= before_ms
    assert [one.event.seq for one in desk.of(Arrived)] == [1]
    desk.wait(31_000)
    assert [one.reading.stepped_ms for one in desk.of(Synced)] == [None]


def test_events_before_the_sync_wait_a_second_then_hello_gives_a_provisional_offset() -> None:
    desk = ByteUnit()
    desk.deaf = {"T"}
    desk.say(hello(up=1840))
    opened_utc_ms = UTC_MS + 1_000_000
    desk.say(event(1, flags=1))
    desk.wait(900)
    assert desk.of(Arrived) == []
    desk.wait(200)
    (begun,) = desk.of(Begun)
    assert begun.start_utc_ms == opened_utc_ms - 1840
    assert not begun.reading.measured and begun.reading.error_ms >= 1000
    (arrived,) = desk.of(Arrived)
    assert arrived.event.oldest and arrived.event.line.startswith('["E",0,')


def test_acknowledges_only_what_commit_confirmed() -> None:
    desk = opened()
    desk.say(event(1) + event(2))
    desk.wait(5_000)
    assert desk.frames("A") == [], "nothing was committed"
    desk.session.committed({(UID, BOOT): (2, "b882ee7d"), ("000000000000", BOOT): (9, "00000000")})
    desk.pump()
    assert desk.frames("A") == [["A", BOOT, 2, "b882ee7d"]]
    desk.wait(10_000)
    assert len(desk.frames("A")) == 1, "an A is said once for each commit"


def test_acknowledgement_does_not_wait_for_an_unanswered_request() -> None:
    desk = opened()
    desk.deaf = {"T"}
    desk.wait(3_600)
    desk.session.committed({(UID, BOOT): (1, "b882ee7d")})
    desk.pump()
    assert desk.written[-1][1][0] == "A" and desk.written[-2][1][0] == "T"


def test_one_request_is_unanswered_at_a_time() -> None:
    desk = opened()
    desk.deaf = {"N", "K", "T"}
    desk.session.tell(Context(settings={"menu_s": 8}, seat="07", language="zh"))
    desk.wait(3_000)
    sent = [at_ms for at_ms, payload in desk.written if payload[0] in "NKT"][12:]
    assert len(sent) >= 4
    assert all(b - a >= 500 for a, b in pairwise(sent))


def test_never_more_than_200_bytes_in_any_25_ms() -> None:
    desk = ByteUnit()
    desk.delay_ms = 0
    desk.say(hello())
    names = [(f"{n:04}", "李晓晓晓") for n in range(8)]
    desk.session.tell(Context(settings={f"s{n}": n for n in range(9)}, roster=tuple(names)))
    for boot in range(9):
        desk.session.committed({(UID, f"{boot}-9f3c77e1"): (1, "b882ee7d")})
    desk.wait(500)
    assert len(desk.frames("N")) == 8 and len(desk.frames("A")) == 9
    for start_ms, _ in desk.sizes:
        window = [size for at_ms, size in desk.sizes if start_ms <= at_ms <= start_ms + 25]
        assert sum(window) <= 200


def test_probes_again_every_30_s_and_a_probe_at_least_every_4_s() -> None:
    desk = opened()
    desk.wait(95_000)
    at_ms = [at_ms for at_ms, payload in desk.written if payload[0] == "T"]
    gaps = [b - a for a, b in pairwise(at_ms)]
    assert max(gaps) <= 4_000
    rounds = [1 for a, b in pairwise(gaps) if a > 1000 and b < 100]
    assert len(rounds) == 3
    assert len(desk.frames("U")) == 4


def test_context_is_told_once_in_order_and_changes_alone_follow() -> None:
    desk = opened()
    context = Context(
        settings={"hold_remind_s": 45}, off_s=12, seat="07", language="zh", hello="morning",
        roster=(("1001", "李晓"), ("1002", "王芳")),
    )  # fmt: skip
    desk.session.tell(context)
    desk.wait(300)
    assert [one[2:] for one in desk.frames("N")] == [
        ["off_s", 12],
        ["seat", "07"],
        ["lang", "zh"],
        ["roster", [0, 2, "1001", "李晓"]],
        ["roster", [1, 2, "1002", "王芳"]],
        ["hello", "morning"],
    ]
    assert [one[2] for one in desk.frames("K")] == [{"hold_remind_s": 45}]
    assert desk.written.index(next(w for w in desk.written if w[1][0] == "K")) < desk.written.index(
        next(w for w in desk.written if w[1][0] == "N")
    )
    before = len(desk.frames("N"))
    desk.session.tell(Context(settings={"hold_remind_s": 45}, off_s=12, seat="08", language="zh"))
    desk.wait(300)
    assert [one[2:] for one in desk.frames("N")[before:]] == [["seat", "08"]]


def test_seconds_left_are_those_of_the_moment_of_sending() -> None:
    desk = opened()
    due = Due(open=3, overdue=1, number=17, kind="complaint", due_utc_ms=desk.utc_ms + 60_000)
    desk.deaf = {"N"}
    desk.session.tell(Context(due=due))
    desk.wait(900)  # nobody answers: said again
    desk.deaf = set()
    desk.wait(4_200)
    said = [one[2:] for one in desk.frames("N")]
    assert said == [["due", [3, 1, 17, left_s, "complaint"]] for left_s in (60, 60, 59)]
    desk.session.tell(Context(due=replace(due, told=1)))
    desk.wait(100)
    assert desk.frames("N")[-1][3] == [3, 1, 17, 55, "complaint"]
    desk.session.tell(Context(due=Due()))
    desk.wait(100)
    assert desk.frames("N")[-1][3] == [0, 0, 0, 0, ""]


def test_firmware_that_does_not_know_what_is_due_is_told_once_a_session() -> None:
    desk = opened()
    desk.refuses = {"due"}
    for number in range(3):
        desk.session.tell(Context(seat=str(number), due=Due(1, 0, number, "fault", desk.utc_ms)))
        desk.wait(200)
    assert [one[2] for one in desk.frames("N")] == ["seat", "due", "seat", "seat"]
    assert len([one for one in desk.of(Noted) if "refused due" in one.text]) == 1
    desk.say(hello())
    desk.wait(1_000)
    assert [one[2] for one in desk.frames("N")][4:] == ["seat", "due"]


@pytest.mark.parametrize(
    ("left_ms", "in_s"),
    [(1, 1), (0, 0), (-1, 0), (-1_000, -1), (10**13, 2_000_000), (-(10**13), -2_000_000)],
)
def test_seconds_left_never_make_it_due_too_early(left_ms: int, in_s: int) -> None:
    due = Due(1, 0, 100_000, "correction", due_utc_ms=UTC_MS + left_ms)
    frame = due.variable(9999, UTC_MS)
    assert frame.value[3] == in_s
    assert len(wire.encode(frame)) <= wire.FRAME_LIMIT_BYTES


def test_settings_of_later_firmware_have_a_frame_of_their_own() -> None:
    desk = opened()
    desk.session.tell(Context(settings={"menu_s": 8, "large_text": 0, "due_again_s": 300}))
    desk.wait(300)
    assert [one[2] for one in desk.frames("K")] == [
        {"menu_s": 8}, {"large_text": 0}, {"due_again_s": 300}
    ]  # fmt: skip


def test_empty_roster_is_said_and_a_long_name_is_cut_to_the_frame() -> None:
    desk = opened()
    desk.session.tell(Context(roster=()))
    desk.wait(100)
    assert desk.frames("N")[-1][3] == [0, 0, "", ""]
    desk.session.tell(Context(roster=(("1001", "欧" * 40),)))
    desk.wait(100)
    place, count, agent_id, name = desk.frames("N")[-1][3]
    assert (place, count, agent_id) == (0, 1, "1001") and 8 <= len(name) < 40


def test_refused_setting_is_noted_and_not_repeated() -> None:
    desk = opened()
    desk.refuses = {"K"}
    desk.session.tell(Context(settings={"menu_s": 8}))
    desk.wait(5_000)
    assert len(desk.frames("K")) == 1
    assert any("refused" in one.text for one in desk.of(Noted))


def test_lost_roster_entry_begins_the_run_again() -> None:
    desk = opened()
    desk.deaf = {"N"}
    desk.session.tell(Context(roster=(("1001", "Li"), ("1002", "Wang"))))
    desk.pump()
    desk.deaf = set()
    desk.wait(1_000)
    assert [one[3][0] for one in desk.frames("N")] == [0, 0, 1]


def test_restarted_unit_gets_a_new_session_and_its_own_offset() -> None:
    desk = opened()
    desk.say(event(1))
    desk.session.tell(Context(seat="07"))
    desk.wait(2_000)
    desk.say(hello("42-00000001", up=5))
    desk.say(event(1, "42-00000001", flags=1))
    desk.wait(1_500)
    assert [one.boot for one in desk.of(Begun)] == [BOOT, "42-00000001"]
    assert len(desk.frames("S")) == 2
    assert [(one.event.boot, one.event.seq) for one in desk.of(Arrived)] == [
        (BOOT, 1),
        ("42-00000001", 1),
    ]


def test_hello_of_the_same_boot_opens_again_and_waits_for_its_first_round() -> None:
    desk = opened()
    desk.session.tell(Context(seat="07"))
    desk.wait(20_000)
    desk.deaf = {"T"}
    desk.say(hello())
    desk.say(event(5))
    assert desk.of(Arrived) == []
    desk.wait(1_100)
    assert [one.event.seq for one in desk.of(Arrived)] == [5]
    assert [one.reading.measured for one in desk.of(Begun)] == [True, False]
    assert len(desk.frames("S")) == 2
    desk.wait(8_000)
    assert [one[2:] for one in desk.frames("N")] == [["seat", "07"]] * 2


def test_hello_that_crossed_s_on_the_wire_does_not_open_twice() -> None:
    desk = opened()
    desk.say(hello())
    assert len(desk.frames("S")) == 1 and desk.session.open


def test_unanswered_s_waits_for_the_next_hello() -> None:
    desk = ByteUnit()
    desk.deaf = {"S"}
    desk.say(hello())
    desk.wait(1_900)
    assert len(desk.frames("S")) == 1 and not desk.session.open
    desk.deaf = set()
    desk.say(hello())
    desk.wait(600)
    desk.say(hello())
    assert desk.session.open


def test_heartbeat_is_heard_and_another_boots_is_not() -> None:
    desk = opened()
    status = {"st": "ready", "q": 0, "bad": 2, "mem": 91024, "jr": 0}
    desk.say(frame("h", BOOT, 3, 9_000, status) + frame("h", "40-77aa01b2", 3, 9_000, status))
    assert desk.of(Heard) == [Heard(UID, BOOT, 9_000, 3, "ready")]
    assert desk.session.status is not None and desk.session.status.bad == 2


def test_silence_of_15_s_and_reopening_after_30() -> None:
    desk = opened()
    last_ms = desk.session.last_frame_ms
    assert last_ms is not None
    assert not desk.session.silent(last_ms + 14_999) and desk.session.silent(last_ms + 15_000)
    assert not desk.session.reopen_due(last_ms + 29_999)
    assert desk.session.reopen_due(last_ms + 30_000)


def test_text_without_a_frame_for_10_s_is_a_wrong_baud_rate_once() -> None:
    desk = ByteUnit()
    for _ in range(30):
        desk.say(b"\xf3\x0c\x9e\x80\n")
        desk.wait(1_000)
    assert desk.of(Alarm) == [Alarm("baud")]


def test_text_between_frames_is_no_alarm() -> None:
    desk = opened()
    for _ in range(15):
        desk.say(b"hello\n")
        desk.wait(2_000)
        desk.say(hello())
    assert desk.of(Alarm) == []


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"MicroPython v1.27\r\n>>> ", "repl"),
        (b"The filesystem appears corrupted. If you had important data: filesystem corrupted\n",
         "filesystem"),
    ],
)  # fmt: skip
def test_named_alarms(data: bytes, word: str) -> None:
    desk = ByteUnit()
    for byte in data:
        desk.say(bytes([byte]))
    desk.wait(60_000)
    assert desk.of(Alarm) == [Alarm(word)]
    assert not any(word in one.words for one in desk.of(AlarmsOver))
    desk.say(hello())
    assert any(word in one.words for one in desk.of(AlarmsOver)), "a session opened"


def test_more_than_200_frames_in_a_second_are_dropped() -> None:
    desk = opened()
    desk.wait(1_000 - desk.now_ms % 1_000)
    desk.say(b"".join(event(seq) for seq in range(1, 1001)))
    assert len(desk.of(Arrived)) <= 200
    assert desk.of(Alarm) == [Alarm("flood")]
    desk.wait(4_000)
    assert not any("flood" in one.words for one in desk.of(AlarmsOver))
    desk.wait(4_000)
    assert any("flood" in one.words for one in desk.of(AlarmsOver))


def test_request_is_answered_refused_or_times_out() -> None:
    desk = opened()
    desk.session.request("repl")
    desk.wait(100)
    desk.refuses = {"R"}
    desk.session.request("flush")
    desk.wait(100)
    desk.deaf = {"R"}
    desk.session.request("reset")
    desk.wait(600)
    assert [(one.what, one.ok) for one in desk.of(Answered)] == [
        ("repl", True),
        ("flush", False),
        ("reset", False),
    ]


def test_gap_is_handed_out_in_order_and_acknowledged_by_its_last_seq() -> None:
    desk = opened()
    desk.say(event(1) + frame("X", BOOT, 2, 9, "ring") + event(10))
    told = [one for one in desk.effects if isinstance(one, Arrived | Missing)]
    assert [type(one) for one in told] == [Arrived, Missing, Arrived]
    (lost,) = [one.lost for one in desk.of(Missing)]
    assert (lost.first, lost.last, lost.why, lost.seq) == (2, 9, "ring", 9)
    assert lost.line == f'["X","{BOOT}",2,9,"ring"]' and not lost.oldest


def test_gap_before_everything_that_hello_lists_is_the_oldest() -> None:
    desk = opened()
    desk.say(frame("X", BOOT, 1, 9, "damaged") + frame("X", BOOT, 12, 13, "damaged"))
    assert [one.lost.oldest for one in desk.of(Missing)] == [True, False]


def test_gap_of_a_boot_beyond_those_that_hello_lists_asks_for_another_hello() -> None:
    desk = opened()
    desk.say(hello(more=1))
    desk.wait(2_000)
    before = len(desk.frames("S"))
    desk.say(frame("X", "40-77aa01b2", 20, 57, "full"))
    desk.wait(200)
    assert len(desk.frames("S")) == before + 1


def test_gap_that_ends_before_it_begins_is_no_frame() -> None:
    desk = opened()
    desk.say(frame("X", BOOT, 9, 2, "full"))
    assert desk.of(Missing) == [] and desk.session.decoder.bad == 1


def test_hole_has_the_last_acknowledgement_of_this_session_said_again() -> None:
    desk = opened()
    desk.session.committed({}, [(UID, BOOT)])
    desk.pump()
    assert desk.frames("A") == [], "nothing was acknowledged in this session"
    desk.session.committed({(UID, BOOT): (2, "b882ee7d")})
    desk.pump()
    desk.session.committed({}, [(UID, BOOT), (UID, "40-77aa01b2")])
    desk.pump()
    assert desk.frames("A") == [["A", BOOT, 2, "b882ee7d"]] * 2
    desk.wait(2_000)
    desk.say(hello())
    desk.session.committed({}, [(UID, BOOT)])
    desk.pump()
    assert len(desk.frames("A")) == 2, "that was the session before"
