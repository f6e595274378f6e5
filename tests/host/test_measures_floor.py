"""The measures of a synthetic floor against what its generator knows: desks with all their mishaps."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import floor
import pytest
from deskunit import measures, roster
from deskunit.events import Happening
from deskunit.state_log.piece import Piece
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.store import open_store
from truth import Truth

SEED = 1
LOST = ("cut_resumed", "cut_left", "gap")  # mishaps of which a part is never told


@dataclass(frozen=True)
class Floor:
    truth: Truth
    folder: Path
    pieces: list[Piece]
    happenings: list[Happening]


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Floor:
    folder = tmp_path_factory.mktemp(f"floor-seed-{SEED}")
    truth = floor.make_month(folder, SEED, agents=16, days=2)
    with open_store(folder, write=False) as store:
        now = truth.to_utc_ms + 3_600_000
        log = list(pieces(store, Query(ZoneInfo(truth.zone)), now))
        return Floor(truth, folder, log, list(store.happenings(measures.HAPPENINGS)))


def test_every_agents_time_in_each_state_and_reason(two_days: Floor) -> None:
    over = [one for one in two_days.pieces if not one.is_running]  # the truth has what is over
    found = measures.by(over, who="agent")
    assert len(found) > 8
    for group, one in found.items():
        if one.overlap_ms:  # at two desks, which the truth counts twice
            continue
        known = two_days.truth.state_ms(group.who)
        assert {s: ms for s, ms in one.state_ms.items() if s != "unknown"} == {
            state: known[state] for state in one.state_ms if state != "unknown"
        }
        assert abs(one.unknown_ms - known["unknown"]) <= 2  # between two boots: placed in UTC
        assert one.reason_ms == dict(two_days.truth.reason_ms(group.who))
    assert {one.difference_ms for one in found.values()} == {0}


def test_every_idle_alert(two_days: Floor) -> None:
    found = measures.by(two_days.pieces, two_days.happenings, who="agent")
    counts = {group.who: one.idle_alerts for group, one in found.items() if one.idle_alerts}
    assert counts == two_days.truth.idle_alerts


def test_every_call_and_only_those_that_silence_touched_are_cut(two_days: Floor) -> None:
    calls = measures.calls(two_days.pieces)
    truth = two_days.truth
    agents = {span.agent for span in truth.spans if span.agent is not None}
    assert len(calls) == sum(len(truth.calls(agent)) for agent in agents) > 300
    cut = [call for call in calls if not call.is_complete]
    assert 0 < len(cut) <= sum(one.kind in LOST for one in truth.mishaps)
    losers = {one.agent for one in truth.mishaps if one.kind in LOST}
    assert {call.agent_id for call in cut} <= losers


def test_every_hold_its_consent_its_reminders_and_which_were_kept(two_days: Floor) -> None:
    pressed = sorted(two_days.truth.holds, key=lambda one: (one.agent, one.start_utc_ms))
    logged = sorted(
        measures.holds(two_days.pieces, two_days.happenings),
        key=lambda one: (one.agent_id, one.start_utc_ms),
    )
    assert [
        (
            one.agent_id,
            one.call_no,
            one.length_ms,
            one.is_episode,
            one.reminders,
            one.reminders_kept,
        )
        for one in logged
    ] == [
        (one.agent, one.call[1], one.duration_ms, one.taken, one.reminders, one.kept)
        for one in pressed
    ]
    assert sum(one.reminders_kept for one in logged) > 10


def test_who_came_late(two_days: Floor) -> None:
    truth = two_days.truth
    shifts = roster.load(two_days.folder / roster.FILE_NAME, ZoneInfo(truth.zone))
    results = measures.shift_results(two_days.pieces, shifts)
    planned = {(one.agent, one.start_utc_ms): one for one in truth.shifts}
    assert {(one.agent_id, one.start_utc_ms) for one in results} == {*planned}
    for one in results:
        comes = planned[one.agent_id, one.start_utc_ms].comes_utc_ms
        if one.status == "late":  # signing in takes some seconds; clocks are 25 ms apart at most
            assert -25 <= one.late_ms - (comes - one.due_utc_ms) <= 30_000
        else:
            assert one.status == "on_time" and comes <= one.due_utc_ms + 25
    assert {one.status for one in results} == {"on_time", "late"}
