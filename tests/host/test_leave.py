"""Leave within the limit, the queue behind it, and who is signed out because of a second sign-in."""

from deskunit.events import Event
from deskunit.leave import AwayDesk
from deskunit.presence import Presence

A, B, C = "a" * 12, "b" * 12, "c" * 12


def event(uid: str, seq: int, kind: str, boot: str = "1-00000001", **body: object) -> Event:
    return Event(uid, boot, seq, seq * 1000, kind, body, "")


def test_the_first_is_granted_the_others_queue_in_order() -> None:
    desk = AwayDesk(1)
    for uid in (B, A, C):
        desk.take(event(uid, 5, "leave", rc=1))
    assert desk.answers() == {B: 0, A: 1, C: 2}


def test_being_back_at_work_or_signing_out_frees_the_place() -> None:
    desk = AwayDesk(1)
    for uid in (A, B, C):
        desk.take(event(uid, 5, "leave", rc=1))
    desk.take(event(A, 6, "st", to="ready"))
    assert desk.answers() == {B: 0, C: 1}
    desk.take(event(C, 6, "st", to="signed_out"))
    assert desk.answers() == {B: 0}


def test_another_reason_keeps_the_leave_and_a_replay_changes_nothing() -> None:
    desk = AwayDesk(2)
    desk.take(event(A, 5, "leave", rc=1))
    desk.take(event(A, 6, "st", to="not_ready", rc=2))
    desk.take(event(A, 4, "st", to="ready"))
    desk.take(event(A, 5, "leave", rc=1))
    assert desk.answers() == {A: 0}


def test_limit_0_grants_nobody() -> None:
    desk = AwayDesk(0)
    desk.take(event(A, 5, "leave", rc=1))
    assert desk.answers() == {A: 1}


def test_the_earlier_seat_of_an_agent_is_to_be_signed_out() -> None:
    here = Presence()
    here.take(event(A, 2, "st", to="not_ready", ag="1001"), 1000)
    here.take(event(B, 2, "st", to="not_ready", ag="1002"), 1500)
    assert here.to_sign_out() == {}
    here.take(event(B, 9, "st", to="not_ready", ag="1001"), 2000)
    assert here.to_sign_out() == {A: "1001"}
    here.take(event(A, 3, "st", to="signed_out"), 2500)
    assert here.to_sign_out() == {}


def test_an_old_sign_in_that_arrives_late_does_not_win() -> None:
    here = Presence()
    here.take(event(B, 2, "st", to="not_ready", ag="1001"), 5000)
    here.take(event(A, 2, "st", to="not_ready", ag="1001"), 1000)
    assert here.to_sign_out() == {A: "1001"}


def test_agents_to_be_assigned_later_are_nobody_twice() -> None:
    here = Presence()
    here.take(event(A, 2, "st", to="not_ready", ag="?"), 1000)
    here.take(event(B, 2, "st", to="not_ready", ag="?"), 2000)
    assert here.to_sign_out() == {}


def test_a_replay_does_not_sign_in_again() -> None:
    here = Presence()
    here.take(event(A, 2, "st", to="not_ready", ag="1001"), 1000)
    here.take(event(A, 3, "st", to="signed_out"), 1500)
    here.take(event(B, 2, "st", to="not_ready", ag="1001"), 1200)
    here.take(event(B, 2, "st", to="not_ready", ag="1001"), 1200)
    assert here.to_sign_out() == {}


def test_what_the_store_knew_at_the_start_is_older_than_any_sign_in() -> None:
    here = Presence()
    here.seed(A, "1001")
    here.take(event(B, 2, "st", to="not_ready", ag="1001"), 1000)
    assert here.to_sign_out() == {A: "1001"}
