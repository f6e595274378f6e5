"""What must hold of any log: sums, nothing negative, groups and intervals that add up to the whole."""

import random
from dataclasses import fields, replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from deskunit import measures
from deskunit.agents import Agent
from deskunit.events import Happening
from deskunit.measures import Every, Limits, Measures, Period, by, measured
from deskunit.roster import Shift
from deskunit.state_log.piece import Piece
from deskunit.states import STATES
from log_paper import MIN, NINE, LogPaper, S, by_start

SEEDS = range(20)
ZONE = ZoneInfo("Europe/Berlin")
PERIOD = Period(NINE + 7 * MIN + 1, NINE + 397 * MIN)
AGENTS = [Agent("1001", "A", "X", "trainee"), Agent("1002", "B", "X"), Agent("1003", "C", "Y")]
NEXT = {
    "signed_out": ("not_ready",),
    "not_ready": ("ready", "ready", "talking", "not_ready", "signed_out", "unknown"),
    "ready": ("talking", "talking", "not_ready", "unknown"),
    "talking": ("wrap_up", "hold", "ready", "unknown"),
    "hold": ("talking", "talking", "wrap_up", "unknown"),
    "wrap_up": ("ready", "talking", "not_ready"),
    "unknown": ("talking", "ready", "not_ready"),
}


def life(chance: random.Random, agent: str, uid: str) -> LogPaper:
    """Eight hours at a desk; sign-ins of one agent at two desks come about by themselves."""
    paper = LogPaper(agent, uid, NINE + chance.randrange(60 * MIN), chance.randint(-100, 100))
    state = "signed_out"
    while paper.at < NINE + 480 * MIN:
        state = chance.choice(NEXT[state])
        if state == "not_ready" and paper.sign_in is None:
            paper.agent = chance.choice(["1001", "1002", "1003", "?"])
        more = {"reason_code": chance.choice([0, 1, 2, 7, 50])} if state == "not_ready" else {}
        length = chance.choice([0, chance.randrange(20 * S), chance.randrange(15 * MIN)])
        paper.state(state, length, **more)
        if state == "unknown" and len(paper.pieces) > 1:
            paper.pieces[-2] = replace(paper.pieces[-2], end_inferred=True)
        if state == "hold":
            paper.last(not_taken=chance.random() < 0.2)
            remind(chance, paper)
        paper.tells(chance.choice(["idle", "refused", "overrun"]), paper.at - length // 2, rc=1)
    return paper


def remind(chance: random.Random, paper: LogPaper) -> None:
    hold = paper.pieces[-1]
    for number in range(chance.randrange(4)):
        at = chance.randint(hold.start_utc_ms, hold.end_utc_ms)
        kind = chance.choice(["remind", "spoke", "limit"])
        paper.tells(kind, at, hold=hold.hold_no, n=number + 1)


def floor(seed: int) -> tuple[list[Piece], list[Happening]]:
    chance = random.Random(seed)
    papers = [life(chance, "1001", uid) for uid in ("a0", "b0", "c0", "d0")]
    return by_start(*papers), [one for paper in papers for one in paper.happenings]


def roster(seed: int) -> list[Shift]:
    chance = random.Random(seed)
    shifts = []
    for agent in ("1001", "1002", "1004"):
        bounds = sorted(NINE + chance.randrange(480) * MIN for _ in range(6))
        shifts += [
            Shift(agent, start, end, chance.choice([None, None, 2, 4]))
            for start, end in pairwise(bounds)
            if start < end and chance.random() < 0.8
        ]
    return shifts


def numbers(one: Measures) -> list[int]:
    found: list[int] = []
    for each in fields(one):
        value = getattr(one, each.name)
        if isinstance(value, dict):
            found += value.values()
        elif isinstance(value, list):
            found += value
        else:
            found.append(value)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_states_add_up_to_the_signed_in_time_and_nothing_is_negative(seed: int) -> None:
    pieces, seen = floor(seed)
    found = measured(pieces, seen, period=PERIOD, shifts=roster(seed))
    assert found.difference_ms == 0 and found.states_ms > 0
    assert min(numbers(found)) >= 0
    assert sum(found.reason_ms.values()) == found.state_ms["not_ready"]
    assert found.reminders_kept + found.reminders_missed <= found.reminders
    assert sum(found.hold_bins) == found.whole_holds <= found.hold_episodes
    assert found.adherent_ms <= found.scheduled_ms
    for key in measures.MEASURES:
        figure = found.figure(key)
        assert figure.kind != "share" or figure.value is None or 0 <= figure.value <= 1, key


def same(whole: Measures, parts: list[Measures]) -> None:
    added = measures.total(parts)
    added.away_rows_ms, away = whole.away_rows_ms, added.away_rows_ms
    assert added == whole
    assert sum(away.values()) == sum(whole.away_rows_ms.values())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("who", ["agent", "team", "level"])
def test_groups_add_up_to_the_whole(seed: int, who: measures.Who) -> None:
    pieces, seen = floor(seed)
    shifts = roster(seed)
    whole = measured(pieces, seen, period=PERIOD, shifts=shifts)
    parts = by(pieces, seen, period=PERIOD, shifts=shifts, who=who, agents=AGENTS)
    same(whole, [*parts.values()])
    assert {one.difference_ms for one in parts.values()} == {0}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("every", measures.EVERY)
def test_intervals_add_up_to_the_whole_and_each_keeps_the_invariant(
    seed: int, every: Every
) -> None:
    pieces, seen = floor(seed)
    shifts = roster(seed)
    whole = measured(pieces, seen, period=PERIOD, shifts=shifts)
    parts = by(pieces, seen, period=PERIOD, shifts=shifts, who="agent", every=every, zone=ZONE)
    same(whole, [*parts.values()])
    assert {one.difference_ms for one in parts.values()} == {0}
    minutes = {"15min": 15, "30min": 30, "hour": 60, "day": 1500}[every]
    for group, one in parts.items():
        assert group.end_utc_ms - group.start_utc_ms <= minutes * MIN
        if group.who != "?":  # whose time may be several people's
            assert one.signed_in_ms <= (group.end_utc_ms - group.start_utc_ms) * 1.0002 + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_calls_and_holds_have_their_time_and_the_log_has_no_more(seed: int) -> None:
    pieces, seen = floor(seed)
    handling = sum(p.duration_ms for p in pieces if p.state in ("talking", "hold", "wrap_up"))
    calls = measures.calls(pieces)
    assert sum(call.handle_ms for call in calls) == handling
    holds = measures.holds(pieces, seen, Limits())
    assert sum(h.length_ms for h in holds) == sum(c.hold_ms for c in calls)
    assert sum(h.is_episode for h in holds) == sum(c.holds for c in calls)
    assert {h.call_key for h in holds} <= {c.key for c in calls}
    assert len({c.key for c in calls}) == len(calls)


def test_the_random_floor_has_what_it_should_have() -> None:
    """Every state, overlaps, cut calls, kept and missed reminders: else the tests above prove little."""
    pieces, seen = floor(0)
    found = measured(pieces, seen, period=PERIOD, shifts=roster(0))
    assert min(found.state_ms[state] for state in STATES[1:]) > 0
    for name in ("overlap_ms", "calls_handled", "calls_cut", "holds_declined", "reminders_kept"):
        assert getattr(found, name) > 0, name
    for name in ("reminders_missed", "overtime_ms", "scheduled_unknown_ms", "idle_alerts"):
        assert getattr(found, name) > 0, name
