"""The desk of corrections over a store: what is meant, who comes first, what late events do."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from callback_paper import SHANGHAI, at
from correction_paper import OTHER, UID, Morning, open_morning
from deskunit.correction import Said
from deskunit.corrections.desk import CorrectionDesk
from deskunit.corrections.orders import Order, checked
from deskunit.errors import DeskunitError
from deskunit.settings import Viewer
from paper_unit import event


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    with open_morning(tmp_path) as morning:
        yield morning


def refused(morning: Morning, *span: str | None, **said: Any) -> str:
    with pytest.raises(DeskunitError) as caught:
        morning.say(*span, **said)
    assert caught.value.sentence("zh") and caught.value.sentence("en")
    return caught.value.key


def test_a_row_is_said_otherwise_and_the_log_is_as_it_was(morning: Morning) -> None:
    before = morning.rows()
    row = morning.say("09:25", state="not_ready", reason_code=2)
    assert (row.number, row.seat, row.author, row.why) == (1, "07", "supervisor", "forgot")
    assert (row.start_utc_ms, row.end_utc_ms) == (at("2026-05-08 09:20"), at("2026-05-08 09:30"))
    (part,) = row.parts
    assert part.before == Said("not_ready", 0, "1001", morning.rows()[0].sign_in)
    assert (part.after.state, part.after.reason_code, part.after.agent_id) == (
        "not_ready",
        2,
        "1001",
    )
    assert morning.rows() == before and not row.is_stale


def test_a_span_over_several_rows_names_each_before_and_after(morning: Morning) -> None:
    row = morning.say("09:13:30", "09:16", state="wrap_up")
    assert [(part.before.state, part.after.state) for part in row.parts] == [
        ("hold", "wrap_up"),
        ("talking", "wrap_up"),
        ("ready", "wrap_up"),
    ]
    times = [(part.start_utc_ms, part.end_utc_ms) for part in row.parts]
    assert times[0][0] == at("2026-05-08 09:13:30") and times[-1][1] == at("2026-05-08 09:16")
    assert [end for _, end in times[:-1]] == [start for start, _ in times[1:]]


def test_a_typed_second_is_the_bound_of_the_row_in_it(morning: Morning) -> None:
    row = morning.say("09:05", "09:10", state="talking")
    assert row.start_utc_ms == at("2026-05-08 09:05") + 250
    assert [part.before.state for part in row.parts] == ["ready"]
    assert morning.say("09:30", "10:00", state="talking").end_utc_ms == at("2026-05-08 10:00") + 400


def test_signed_out_goes_from_a_moment_to_the_end_of_the_sign_in(morning: Morning) -> None:
    row = morning.say("09:40", state="signed_out")
    assert (row.start_utc_ms, row.end_utc_ms) == (
        at("2026-05-08 09:40"),
        at("2026-05-08 10:00") + 400,
    )
    assert [part.after for part in row.parts] == [Said("signed_out")]


def test_another_agent_gets_the_whole_sign_in(morning: Morning) -> None:
    row = morning.say("09:40", agent_id="1002")
    assert (row.start_utc_ms, row.end_utc_ms) == (
        at("2026-05-08 09:00"),
        at("2026-05-08 10:00") + 400,
    )
    assert {part.after.agent_id for part in row.parts} == {"1002"}
    assert [part.after.state for part in row.parts] == [part.before.state for part in row.parts]


def test_an_agent_who_was_elsewhere_then_is_not_signed_in_twice(morning: Morning) -> None:
    morning.tell(OTHER, "1002", (1_800_000, "not_ready", {"rc": 90}), (5_000_000, "signed_out", {}))
    assert refused(morning, "09:40", agent_id="1002") == "correction_twice"
    assert morning.say("10:00", uid=OTHER, agent_id="1003").number == 1  # it was 1003 who sat there
    assert morning.say("09:40", agent_id="1002").number == 2
    assert refused(morning, "10:10", uid=OTHER, agent_id="1002") == "correction_overlaps"


@pytest.mark.parametrize(
    ("span", "said", "why"),
    [
        (("08:59", None), {"state": "ready"}, "correction_outside"),
        (("10:10", None), {"state": "signed_out"}, "correction_outside"),
        (("10:10", None), {"agent_id": "1002"}, "correction_outside"),
        (("09:50", "10:10"), {"state": "ready"}, "correction_beyond"),
        (("10:10", "10:40"), {"state": "ready"}, "correction_future"),
        (("09:40", "09:50"), {"state": "signed_out"}, "correction_not_to_end"),
        (("09:01", "09:50"), {"agent_id": "1002"}, "correction_not_whole"),
        (("09:25", None), {"state": "not_ready"}, "correction_same"),
    ],
)
def test_what_the_rules_refuse_leaves_nothing(
    morning: Morning, span: tuple[str, str | None], said: dict[str, str], why: str
) -> None:
    assert refused(morning, *span, **said) == why
    assert morning.store.corrections(including_withdrawn=True) == []


def test_who_writes_and_where_must_be_known(morning: Morning) -> None:
    wish = {"uid": UID, "start_utc_ms": at("2026-05-08 09:25"), "state": "ready"}
    for order, why in (
        (Order("9999", "why", **wish), "unknown_agent"),
        (Order("1001", "why", **{**wish, "uid": "c4cf12b3d0e8"}), "unknown_unit"),
        (Order("1001", "  ", **wish), "correction_no_why"),
        (Order("1001", "why", 7), "correction_unknown"),
    ):
        with pytest.raises(DeskunitError) as caught:
            morning.desk.write(order)
        assert caught.value.key == why
    assert morning.desk.write(Order("1001", "why", **wish)).author == "1001"


def test_an_unconfirmed_unit_must_be_confirmed_first(morning: Morning) -> None:
    stranger = "c4cf12b3d0e8"
    morning.store.remember_unit(stranger, virtual=False, now_utc_ms=morning.now)
    morning.store.begin_boot(stranger, "1-1", fw="1", reset_cause="PWRON", now_utc_ms=morning.now,
                             offset_ms=at("2026-05-08 09:00"))  # fmt: skip
    body = {"to": "not_ready", "by": "btn", "ag": "1002", "rc": 90}
    morning.store.commit([event(stranger, "1-1", 1, 5, "st", body)], morning.now)
    assert (
        refused(morning, "09:10", "09:20", uid=stranger, state="ready") == "correction_unconfirmed"
    )
    morning.store.confirm_unit(stranger)
    assert morning.say("09:10", "09:20", uid=stranger, state="ready").number == 1


def test_a_running_state_can_be_corrected_up_to_now_but_not_ended(morning: Morning) -> None:
    morning.tell(UID, "1002", (4_000_000, "not_ready", {"rc": 90}), (4_200_000, "ready", {}))
    assert refused(morning, "10:15", state="signed_out") == "correction_running"
    assert refused(morning, "10:15", agent_id="1003") == "correction_running"
    row = morning.say("10:15", state="talking")
    assert row.end_utc_ms == morning.now
    morning.now += 60_000
    assert not morning.desk.get(1).is_stale
    assert morning.say("10:30", "10:31", state="talking").number == 2


def test_a_preview_says_what_would_be_and_writes_nothing(morning: Morning) -> None:
    order = Order("supervisor", "why", None, UID, at("2026-05-08 09:25"), None, "ready")
    draft = morning.desk.preview(order)
    assert [(part.before.state, part.after.state) for part in draft.parts] == [
        ("not_ready", "ready")
    ]
    assert morning.store.corrections() == []
    assert morning.desk.write(order).parts == draft.parts
    with pytest.raises(DeskunitError, match="Correction 1 holds there"):
        morning.desk.preview(order)


def test_a_withdrawal_makes_room_and_is_done_once(morning: Morning) -> None:
    morning.say("09:25", state="ready")
    assert refused(morning, "09:20", "09:21", state="talking") == "correction_overlaps"
    row = morning.desk.write(Order("1001", "was right", 1))
    assert (row.withdrawn_by, row.withdrawn_why, row.withdrawn_utc_ms) == (
        "1001",
        "was right",
        morning.now,
    )
    assert morning.desk.list() == [] and morning.desk.list(including_withdrawn=True) == [row]
    assert morning.say("09:20", "09:21", state="talking").number == 2
    with pytest.raises(DeskunitError) as caught:
        morning.desk.write(Order("1001", "again", 1))
    assert caught.value.sentence("en") == (
        "Correction 1 was withdrawn by 1001 at 2026-05-08 10:30:00 already."
    )


def test_the_list_is_of_a_time_a_unit_or_an_agent(morning: Morning) -> None:
    morning.tell(OTHER, "1002", (0, "not_ready", {"rc": 90}), (1_000_000, "signed_out", {}))
    morning.say("09:25", state="ready")
    morning.say("09:05", uid=OTHER, agent_id="1003")
    numbers = lambda **asked: [row.number for row in morning.desk.list(**asked)]  # noqa: E731
    assert numbers() == [2, 1]
    assert numbers(uid=UID) == [1] and numbers(from_utc_ms=at("2026-05-08 09:20")) == [1]
    assert numbers(to_utc_ms=at("2026-05-08 09:20")) == [2]
    assert (numbers(agent="1001"), numbers(agent="1002"), numbers(agent="1003")) == ([1], [2], [2])


def test_of_two_that_overlap_the_first_committed_wins(morning: Morning) -> None:
    desk = CorrectionDesk(morning.store, SHANGHAI, lambda: morning.now)
    start, order = Barrier(2), {"uid": UID, "start_utc_ms": at("2026-05-08 09:25")}
    told: list[str] = []

    def write(to: CorrectionDesk, state: str) -> None:
        start.wait()
        try:
            told.append(f"{to.write(Order('1001', 'why', None, **order, state=state)).state}")
        except DeskunitError as error:
            told.append(error.key)

    threads = [
        Thread(target=write, args=one) for one in ((morning.desk, "ready"), (desk, "talking"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (held,) = morning.store.corrections()
    assert sorted(told) == sorted([held.state or "", "correction_overlaps"])


def test_a_teams_supervisor_corrects_the_team_and_nobody_else(morning: Morning) -> None:
    team_a = CorrectionDesk(morning.store, SHANGHAI, lambda: morning.now, Viewer(teams=("A",)))
    team_b = CorrectionDesk(morning.store, SHANGHAI, lambda: morning.now, Viewer(teams=("B",)))
    wish = Order("supervisor", "why", None, UID, at("2026-05-08 09:25"), None, "ready")
    for refusing in (team_b.write, team_b.preview):
        with pytest.raises(DeskunitError) as caught:
            refusing(wish)
        assert (caught.value.key, caught.value.values) == ("not_yours", {"agent": "1001"})
    assert team_a.write(wish).number == 1
    assert team_b.list() == [] and len(team_a.list()) == 1
    for reading in (team_b.get, lambda number: team_b.write(Order("1002", "why", number))):
        with pytest.raises(DeskunitError) as caught:
            reading(1)
        assert caught.value.key == "correction_unknown"
    assert team_a.write(Order("1001", "why", 1)).withdrawn_by == "1001"


def test_a_teams_supervisor_may_give_the_time_to_the_team_alone(morning: Morning) -> None:
    team_b = CorrectionDesk(morning.store, SHANGHAI, lambda: morning.now, Viewer(teams=("B",)))
    morning.tell(OTHER, "?", (0, "not_ready", {"rc": 90}), (1_000_000, "signed_out", {}))
    moment = at("2026-05-08 09:05")
    with pytest.raises(DeskunitError) as caught:
        team_b.write(Order("supervisor", "why", None, OTHER, moment, agent_id="1003"))
    assert caught.value.values == {"agent": "1003"}
    made = team_b.write(Order("supervisor", "why", None, OTHER, moment, agent_id="1002"))
    assert [part.before.agent_id for part in made.parts] == ["?"]


def test_an_agents_role_reads_its_own_and_corrects_nothing(morning: Morning) -> None:
    morning.say("09:25", state="ready")
    own = CorrectionDesk(
        morning.store, SHANGHAI, lambda: morning.now, Viewer("agent", agent="1001")
    )
    other = CorrectionDesk(
        morning.store, SHANGHAI, lambda: morning.now, Viewer("agent", agent="1002")
    )
    assert [row.number for row in own.list()] == [1] and other.list() == []
    wish = Order("1001", "why", None, UID, at("2026-05-08 09:06"), None, "talking")
    for order in (wish, Order("1001", "why", 1)):
        with pytest.raises(DeskunitError) as caught:
            own.write(order)
        assert caught.value.key == "correction_role"
    assert len(morning.store.corrections()) == 1


def silence(morning: Morning) -> None:
    """1002 signs in at 10:10 and is not heard of any more from 10:15 on."""
    morning.tell(UID, "1002", (4_200_000, "not_ready", {"rc": 90}), (4_500_000, "ready", {}))
    morning.store.silent(UID, morning.now)


def test_a_correction_of_unknown_time_holds_when_the_buffer_comes_and_is_flagged(
    morning: Morning,
) -> None:
    silence(morning)
    row = morning.say("10:20", "10:25", state="talking")
    assert [part.before.state for part in row.parts] == ["unknown"] and not row.is_stale
    morning.tell(UID, "1002", (4_860_000, "not_ready", {"rc": 1}), (5_400_000, "ready", {}))
    late = morning.desk.get(1)
    assert late.is_stale and late.then == tuple(part.before for part in row.parts)
    assert [(part.before.state, part.after.state) for part in late.parts] == [
        ("ready", "talking"),
        ("not_ready", "talking"),
    ]
    assert morning.store.corrections()[0].holds


def test_a_sign_out_that_comes_late_leaves_nobodys_time_alone(morning: Morning) -> None:
    silence(morning)
    morning.say("10:20", "10:25", state="talking")
    morning.tell(UID, "1002", (4_920_000, "signed_out", {}))  # 10:22
    late = morning.desk.get(1)
    assert late.is_stale
    assert [(part.before.state, part.after.state) for part in late.parts] == [
        ("ready", "talking"),
        ("signed_out", "signed_out"),
    ]


def test_a_withdrawn_one_needs_no_more_looking_at(morning: Morning) -> None:
    silence(morning)
    morning.say("10:20", "10:25", state="talking")
    morning.tell(UID, "1002", (4_920_000, "signed_out", {}))
    assert not morning.desk.write(Order("1001", "the log is right now", 1)).is_stale


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"author": None}, "unknown_agent"),
        ({"author": 7}, "unknown_agent"),
        ({"why": None}, "correction_no_why"),
        ({"why": "\n\t"}, "correction_no_why"),
        ({"why": ["x"]}, "correction_no_why"),
        ({"why": "x" * 201}, "correction_long"),
        ({"uid": None}, "correction_no_field"),
        ({"start_utc_ms": None}, "correction_no_field"),
        ({"start_utc_ms": "9:00"}, "correction_bad_field"),
        ({"start_utc_ms": 2**63}, "correction_bad_field"),
        ({"end_utc_ms": -1}, "correction_bad_field"),
        ({"end_utc_ms": True}, "correction_bad_field"),
        ({"state": 5}, "correction_bad_field"),
        ({"uid": "\ud800"}, "correction_bad_field"),
        ({"number": 1.5}, "correction_bad_field"),
        ({"colour": "red"}, "correction_no_field"),
    ],
)
def test_what_a_program_may_send_is_checked(changes: dict[str, object], key: str) -> None:
    sent = {"author": "1001", "why": "why", "uid": UID, "start_utc_ms": 5, "state": "ready"}
    assert checked(sent) == Order("1001", "why", None, UID, 5, None, "ready")
    with pytest.raises(DeskunitError) as caught:
        checked({**sent, **changes})
    assert caught.value.key == key and caught.value.sentence("zh")
