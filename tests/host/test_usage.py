"""How scripts are used, by hand-made calls with known numbers, and the same through a store on disk."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from deskunit.events import Event
from deskunit.scripts.usage import KINDS, StepUse, Usage, usage
from deskunit.store import open_store
from paper_unit import event

UID, OTHER = "a4cf12b3d0e8", "b4cf12b3d0e8"
BOOT = "41-9f3c77e1"
START_UTC_MS = 1_795_309_200_000


class Desk:
    """Writes down a unit's events; `at_s` is what its clock says."""

    def __init__(self, uid: str = UID, boot: str = BOOT, agent: str = "1001") -> None:
        self.uid, self.boot, self.agent = uid, boot, agent
        self.events: list[Event] = []
        self.add(0, "boot", {"rst": "PWRON", "fw": "0.3.0"})

    def add(self, at_s: float, kind: str, body: dict[str, Any]) -> None:
        seq = len(self.events) + 1
        made = event(self.uid, self.boot, seq, int(at_s * 1000), kind, body, seq == 1)
        self.events.append(made)

    def st(self, at_s: float, to: str, call: int = 0) -> None:
        about = {"ag": self.agent} | ({"call": call} if call else {})
        self.add(at_s, "st", {"to": to, "by": "btn", **about})

    def step(self, at_s: float, call: int, where: str, by: str = "btn") -> None:
        scenario, _, step = where.partition(".")
        self.add(at_s, "step", {"call": call, "sc": scenario, "s": step, "by": by})

    def choose(self, at_s: float, call: int, scenario: str) -> None:
        self.add(at_s, "scenario", {"call": call, "k": scenario})
        self.add(at_s, "step", {"call": call, "sc": scenario, "s": "open", "by": "btn"})


def silent_caller(desk: Desk, at_s: float, call: int) -> None:
    """4 s of greeting, then the silent caller to its end by its own clock; 13 s in all."""
    desk.st(at_s, "talking", call)
    desk.step(at_s, call, "greeting.open")
    desk.choose(at_s + 4, call, "silent")
    desk.step(at_s + 7, call, "silent.again", "tmr")
    desk.step(at_s + 10, call, "silent.close", "tmr")
    desk.st(at_s + 13, "wrap_up", call)


def inquiry_with_a_hold(desk: Desk, at_s: float, call: int) -> None:
    """2 s of greeting, an inquiry left at its second step after a hold of 60 s; 82 s in all."""
    desk.st(at_s, "talking", call)
    desk.step(at_s, call, "greeting.open")
    desk.choose(at_s + 2, call, "inquiry")
    desk.step(at_s + 12, call, "inquiry.answer")
    desk.st(at_s + 15, "hold", call)
    desk.st(at_s + 75, "talking", call)
    desk.st(at_s + 82, "wrap_up", call)


def told(*desks: Desk) -> Iterable[tuple[Event, int]]:
    return [(one, one.ms + START_UTC_MS) for desk in desks for one in desk.events]


def shift() -> Desk:
    desk = Desk()
    desk.st(1, "signed_out")
    desk.st(2, "ready")
    silent_caller(desk, 100, 1)
    desk.st(120, "ready")
    inquiry_with_a_hold(desk, 200, 2)
    silent_caller(desk, 290, 3)  # straight from wrap-up
    desk.st(310, "ready")
    return desk


def steps(found: Usage, scenario: str) -> dict[str, tuple[int, int, int, int]]:
    of = found.scenarios[scenario].steps
    return {name: (one.reached, one.shown, one.by_timer, one.left) for name, one in of.items()}


def test_a_shift_of_three_calls() -> None:
    found = usage(told(shift()))
    assert found.calls == 3
    head = {name: (one.chosen, one.calls, one.runs) for name, one in found.scenarios.items()}
    assert head == {"greeting": (0, 3, 3), "silent": (2, 2, 2), "inquiry": (1, 1, 1)}
    assert steps(found, "greeting") == {"open": (3, 3, 0, 3)}
    assert steps(found, "silent") == {
        "open": (2, 2, 0, 0), "again": (2, 2, 2, 0), "close": (2, 2, 2, 2)
    }  # fmt: skip
    assert steps(found, "inquiry") == {"open": (1, 1, 0, 0), "answer": (1, 1, 0, 1)}


def test_median_times_are_without_holds() -> None:
    found = usage(told(shift())).scenarios
    assert found["greeting"].steps["open"].median_s == 4.0  # 4, 2, 4
    assert found["inquiry"].steps["open"].median_s == 10.0
    assert found["inquiry"].steps["answer"].median_s == 10.0, "3 s before the hold, 7 after it"
    assert found["silent"].steps["close"].median_s == 3.0


def test_median_of_an_even_number_lies_between_the_middle_two() -> None:
    step = StepUse()
    step.tenths.update([10, 20, 25, 900])
    assert step.median_s == 2.25
    assert StepUse().median_s is None


def test_call_that_ends_on_hold_leaves_the_step_that_the_hold_began_in() -> None:
    desk = Desk()
    desk.st(10, "talking", 1)
    desk.step(10, 1, "greeting.open")
    desk.st(15, "hold", 1)
    desk.st(60, "wrap_up", 1)
    step = usage(told(desk)).scenarios["greeting"].steps["open"]
    assert (step.left, step.median_s) == (1, 5.0)


def test_step_that_comes_again_is_shown_twice_and_reached_once() -> None:
    desk = Desk()
    desk.st(10, "talking", 1)
    desk.choose(12, 1, "silent")
    desk.step(15, 1, "silent.open", "tmr")
    desk.step(18, 1, "silent.close", "tmr")
    desk.st(20, "ready", 1)
    found = usage(told(desk))
    assert steps(found, "silent") == {"open": (1, 2, 1, 0), "close": (1, 1, 1, 1)}


def test_scenario_chosen_again_is_another_run_of_the_same_call() -> None:
    desk = Desk()
    desk.st(10, "talking", 1)
    desk.choose(12, 1, "order")
    desk.choose(20, 1, "order")
    desk.st(30, "ready", 1)
    order = usage(told(desk)).scenarios["order"]
    assert (order.chosen, order.runs, order.calls) == (2, 2, 1)
    assert (order.steps["open"].left, order.steps["open"].median_s) == (2, 9.0)


def test_power_cut_and_the_end_of_the_log_leave_nothing() -> None:
    cut, after = Desk(), Desk(boot="42-00000001")
    cut.st(10, "talking", 1)
    cut.step(10, 1, "greeting.open")
    after.st(10, "talking", 2)
    after.step(10, 2, "greeting.open")
    found = usage(told(cut, after))
    assert steps(found, "greeting") == {"open": (2, 2, 0, 0)}
    assert found.scenarios["greeting"].steps["open"].median_s is None


def test_call_whose_end_was_lost_is_over_when_the_next_begins() -> None:
    desk = Desk()
    desk.st(10, "talking", 1)
    desk.step(10, 1, "greeting.open")
    desk.step(500, 2, "greeting.open")
    step = usage(told(desk)).scenarios["greeting"].steps["open"]
    assert (step.reached, step.left, step.median_s) == (2, 1, None)


def test_agent_and_period_are_those_of_the_calls_beginning() -> None:
    mine, others = shift(), Desk(OTHER, agent="1002")
    silent_caller(others, 100, 1)
    both = [*told(mine), *told(others)]
    of_agent = usage(both, lambda agent, at: agent == "1002")
    assert of_agent.calls == 1 and set(of_agent.scenarios) == {"greeting", "silent"}
    first = usage(both, lambda agent, at: START_UTC_MS + 201_000 > at >= START_UTC_MS + 150_000)
    assert first.calls == 1 and set(first.scenarios) == {"greeting", "inquiry"}
    assert steps(first, "inquiry")["answer"] == (1, 1, 0, 1), "it ended beyond the period"


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Path]:
    with open_store(tmp_path, write=True) as store:
        for desk in (shift(), Desk(OTHER, agent="1002")):
            store.remember_unit(desk.uid, virtual=desk.uid == UID, now_utc_ms=START_UTC_MS)
            store.begin_boot(
                desk.uid, desk.boot, fw="0.3.0", reset_cause="PWRON", offset_ms=START_UTC_MS,
                error_ms=3, now_utc_ms=START_UTC_MS,
            )  # fmt: skip
            silent_caller(desk, 400, 9)
            store.commit(desk.events, START_UTC_MS)
    yield tmp_path


def test_the_store_tells_the_same(stored: Path) -> None:
    desk = shift()
    silent_caller(desk, 400, 9)
    with open_store(stored, write=False) as store:
        found = usage(store.happened(KINDS))
        assert found == usage(told(desk)), "the other unit is not confirmed"
        at = [at for _, at in store.happened(("scenario",))]
        assert at == [START_UTC_MS + ms for ms in (104_000, 202_000, 294_000, 404_000)]


def test_of_the_store_only_the_period_and_half_a_day_around_it_is_read(stored: Path) -> None:
    half_day_ms = 12 * 3_600_000
    with open_store(stored, write=False) as store:
        start = START_UTC_MS + half_day_ms + 300_000
        found = list(store.happened(("scenario",), start, start + 1))
        assert [one.ms for one, _ in found] == [404_000]
        assert list(store.happened(KINDS, START_UTC_MS + 3 * half_day_ms)) == []
        assert list(store.happened(KINDS, None, START_UTC_MS - 2 * half_day_ms)) == []
