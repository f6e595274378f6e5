"""Telephone system against units: forgotten presses, presses without a call, differences, two clocks."""

from dataclasses import replace

import pytest
from deskunit.queue_log.figures import Tally
from deskunit.queue_log.kept import counted
from deskunit.queue_log.matching import Reconciliation, Spoken, reconciled
from deskunit.queue_log.people import People
from deskunit.queue_log.presses import Press, presses
from deskunit.queue_log.row import parsed
from queue_floor import Floor, floor

DAY = [(0, 86_400_000)]


def spoken(number: int, start_s: int, end_s: int | None, agent: str = "1001") -> Spoken:
    return Spoken(
        f"call{number}", "q", agent, 1000 * start_s, None if end_s is None else 1000 * end_s
    )


def press(number: int, start_s: int, end_s: int, agent: str = "1001") -> Press:
    return Press(f"press{number}", agent, 1000 * start_s, 1000 * end_s)


def held_against(
    calls: list[Spoken], pressed: list[Press], tolerance_s: int = 15
) -> Reconciliation:
    here = {one.agent_id for one in pressed} | {"1001"}
    return reconciled(calls, pressed, tolerance_ms=1000 * tolerance_s, spans=DAY, at_units=here)


def numbers(found: Reconciliation) -> tuple[set[tuple[str, str]], set[str], set[str]]:
    return (
        {(one.spoken.call, one.press.key) for one in found.pairs},
        {one.call for one in found.without_press},
        {one.key for one in found.without_call},
    )


def test_the_same_call_twice_with_its_differences() -> None:
    (pair,) = held_against([spoken(1, 100, 200)], [press(1, 103, 198)]).pairs
    assert (pair.start_ms, pair.duration_ms, pair.worst_ms) == (3000, -5000, 5000)


def test_a_call_without_a_press_and_a_press_without_a_call() -> None:
    found = held_against(
        [spoken(1, 100, 200), spoken(2, 400, 500)], [press(1, 101, 201), press(2, 700, 760)]
    )
    assert numbers(found) == ({("call1", "press1")}, {"call2"}, {"press2"})


def test_two_calls_one_after_the_other_with_one_press_forgotten() -> None:
    calls = [spoken(1, 100, 280), spoken(2, 290, 400)]
    assert numbers(held_against(calls, [press(1, 292, 401)])) == (
        {("call2", "press1")}, {"call1"}, set()
    )  # fmt: skip


def test_one_press_over_two_calls_is_the_call_that_it_fits_best() -> None:
    calls = [spoken(1, 100, 280), spoken(2, 290, 400)]
    found = held_against(calls, [press(1, 102, 400)])
    assert numbers(found) == ({("call1", "press1")}, {"call2"}, set())
    assert found.different == found.pairs and found.pairs[0].duration_ms == 118_000


def test_a_call_pressed_twice_is_one_call_and_a_press_without_one() -> None:
    found = held_against([spoken(1, 100, 300)], [press(1, 102, 180), press(2, 185, 300)])
    assert numbers(found) == ({("call1", "press2")}, set(), {"press1"})


def test_a_short_call_pressed_late_is_met_by_its_beginning() -> None:
    calls, late = [spoken(1, 100, 104)], [press(1, 112, 115)]
    assert numbers(held_against(calls, late)) == ({("call1", "press1")}, set(), set())
    assert numbers(held_against(calls, late, 5)) == (set(), {"call1"}, {"press1"})


def test_agents_do_not_mix() -> None:
    found = held_against([spoken(1, 100, 200)], [press(1, 100, 200, agent="1002")])
    assert numbers(found) == (set(), {"call1"}, {"press1"})


def test_calls_of_an_agent_who_sat_at_no_unit_are_apart() -> None:
    found = held_against([spoken(1, 100, 200, agent="8007")], [])
    assert [one.call for one in found.elsewhere] == ["call1"] and not found.without_press


def test_a_press_while_no_log_was_written_says_nothing() -> None:
    logged = [(100_000, 500_000), (900_000, 990_000)]
    pressed = [press(1, 50, 120), press(2, 480, 510), press(3, 600, 700), press(4, 910, 950)]
    found = reconciled([], pressed, tolerance_ms=0, spans=logged, at_units=["1001"])
    assert [one.key for one in found.without_call] == ["press4"]


def test_a_call_that_runs_at_the_end_of_the_log_is_met_by_its_beginning() -> None:
    (pair,) = held_against([spoken(1, 100, None)], [press(1, 104, 300)]).pairs
    assert pair.start_ms == 4000 and pair.duration_ms is None


@pytest.mark.parametrize("skew_s", [-120, -4, 0, 41, 200])
def test_the_clocks_difference_is_the_median_and_is_taken_out(skew_s: int) -> None:
    calls = [spoken(n, 1000 * n, 1000 * n + 60) for n in range(1, 8)]
    pressed = [press(n, 1000 * n + skew_s, 1000 * n + 60 + skew_s) for n in range(1, 7)]
    found = held_against(calls, [*pressed, press(9, 7500 + skew_s, 7600 + skew_s)])
    assert (found.skew_ms, found.is_skew_known) == (1000 * skew_s, True)
    assert {one.worst_ms for one in found.pairs} == {0} and len(found.pairs) == 6
    assert numbers(found)[1:] == ({"call7"}, {"press9"})


def test_few_calls_say_nothing_of_the_clocks() -> None:
    calls = [spoken(n, 1000 * n, 1000 * n + 60) for n in range(1, 5)]
    pressed = [press(n, 1000 * n + 10, 1000 * n + 70) for n in range(1, 5)]
    found = held_against(calls, pressed)
    assert (found.skew_ms, found.is_skew_known) == (0, False)


def test_only_what_began_in_the_period_is_told() -> None:
    found = held_against(
        [spoken(n, 1000 * n, 1000 * n + 60) for n in range(1, 5)],
        [press(n, 1000 * n, 1000 * n + 60) for n in range(2, 4)] + [press(9, 3500, 3600)],
    )
    assert numbers(found.within(3_000_000, 4_000_000)) == (
        {("call3", "press3")}, set(), {"press9"}
    )  # fmt: skip


# --- the simulated floor -----------------------------------------------------------------------


def of_floor(made: Floor) -> Reconciliation:
    rows = [row for line in made.log if (row := parsed(line)) is not None]
    people = People()
    calls = [
        Spoken(one.call, one.queue, people.id_of(one.agent), one.connected_utc_ms, one.ended_utc_ms)
        for one in counted(rows, Tally(20))
        if one.outcome == "answered" and one.connected_utc_ms is not None
    ]
    span = (rows[0].utc_ms, rows[-1].utc_ms)
    here = {piece.agent_id for piece in made.pieces if piece.agent_id}
    return reconciled(calls, presses(made.pieces), tolerance_ms=15_000, spans=[span], at_units=here)


@pytest.mark.parametrize("skew_s", [-37, 0, 5, 90])
@pytest.mark.parametrize("seed", range(8))
def test_exactly_what_was_forgotten_is_found(seed: int, skew_s: int) -> None:
    made = floor(seed, skew_s=skew_s)
    found = of_floor(made)
    assert {one.call for one in found.without_press} == made.forgotten
    assert {one.key for one in found.without_call} == made.invented
    assert {one.spoken.call for one in found.different} == set(made.late)
    assert len(found.pairs) == made.calls - len(made.forgotten)
    assert abs(found.skew_ms - 1000 * skew_s) <= 4000


def test_a_floor_has_something_to_find() -> None:
    made = floor(0)
    assert min(map(len, (made.forgotten, made.invented, made.late))) >= 3


def test_what_the_units_tell_of_a_call() -> None:
    made = floor(3)
    found = presses(made.pieces)
    assert len(found) == made.calls - len(made.forgotten) + len(made.invented)
    assert not any(one.is_cut or one.from_not_ready for one in found)
    running = [replace(one, is_running=True) for one in made.pieces if one.state == "talking"][:1]
    (one,) = presses(running)
    assert one.is_cut
