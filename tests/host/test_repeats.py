"""What a unit sends again while its first sending waits for the commit costs the writer nothing."""

from byte_unit import BOOT, UID, event, opened
from deskunit.effects import Arrived, Repeated
from deskunit.events import Event
from deskunit.repeats import FORGET_MS, Repeats


def one(seq: int, line: str = "a", boot: str = BOOT) -> Event:
    return Event(UID, boot, seq, 0, "st", {}, f"{line}{seq}")


def test_the_same_record_within_two_seconds_is_a_repetition() -> None:
    repeats = Repeats()
    assert not repeats.is_one(one(1), 0)
    assert repeats.is_one(one(1), FORGET_MS - 1)
    assert not repeats.is_one(one(1), FORGET_MS)
    assert repeats.is_one(one(1), FORGET_MS + 1)


def test_another_content_or_boot_is_none() -> None:
    repeats = Repeats()
    repeats.is_one(one(1), 0)
    assert not repeats.is_one(one(1, "b"), 1)
    assert not repeats.is_one(one(1, "b", "42-00000001"), 1)


def test_what_was_answered_or_stood_behind_a_hole_counts_again() -> None:
    repeats = Repeats()
    for seq in (1, 2, 3):
        repeats.is_one(one(seq), 0)
    repeats.answered(BOOT, 2)
    assert [repeats.is_one(one(seq), 1) for seq in (1, 2, 3)] == [False, False, True]
    repeats.forget(BOOT)
    assert not repeats.is_one(one(3), 1)


def test_a_session_hands_out_once_until_the_recorder_answers() -> None:
    desk = opened()
    desk.say(event(1) + event(2))
    for _ in range(5):
        desk.wait(300)
        desk.say(event(1, flags=3) + event(2, flags=2))
    assert [arrived.event.seq for arrived in desk.of(Arrived)] == [1, 2]
    assert len(desk.of(Repeated)) == 10
    first = desk.of(Arrived)[0].event
    desk.session.committed({(UID, BOOT): (1, first.ecrc)})
    desk.say(event(1, flags=3) + event(2, flags=2))
    assert [arrived.event.seq for arrived in desk.of(Arrived)] == [1, 2, 1]


def test_after_a_commit_that_failed_the_repetition_is_taken() -> None:
    desk = opened()
    desk.say(event(1))
    desk.wait(FORGET_MS + 300)
    desk.say(event(1, flags=3))
    assert [arrived.event.seq for arrived in desk.of(Arrived)] == [1, 1]
