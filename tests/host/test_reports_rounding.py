"""Printed durations: whole seconds that add up to the printed total, on every page of a report."""

import re
from random import Random

import pytest
from deskunit.reports import colophon, fragments, tables
from deskunit.reports.markup import Html
from deskunit.reports.model import Report, Times
from deskunit.reports.rounding import column, nearest, rounded, spread
from deskunit.reports.wording import Wording
from log_paper import MIN, NINE, LogPaper
from report_paper import report, seat_hour

SAY = Wording("en")
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)


def odd(agent: str = "1001", uid: str = "a0", at: int = NINE) -> LogPaper:
    """An hour whose parts all end in the middle of a second; each cut to its second, three are lost."""
    paper = LogPaper(agent=agent, uid=uid, at=at)
    paper.state("not_ready", 5 * MIN + 666, reason_code=2).state(
        "not_ready", 4 * MIN + 701, reason_code=3
    )
    paper.state("ready", 14 * MIN + 650)
    return paper.call(24 * MIN + 640, 4 * MIN + 630, wrap_up=8 * MIN + 620)


def cells(drawn: Html, kind: str) -> list[list[str]]:
    """The lines of the table of that class, each a list of texts."""
    table = re.search(rf'<table class="[^"]*{kind}.*?</table>', drawn, re.S)
    assert table is not None
    found = [CELL.findall(line) for line in re.findall(r"<tr.*?</tr>", table[0], re.S)]
    return [[re.sub(r"<[^>]*>", "", one) for one in line] for line in found]


def seconds(hms: str) -> int:
    hours, minutes, rest = map(int, hms.split(":"))
    return 3600 * hours + 60 * minutes + rest


@pytest.mark.parametrize("seed", range(300))
def test_parts_are_within_a_second_and_add_up(seed: int) -> None:
    chance = Random(seed)
    limit = chance.choice((3, 999, 5_000, 400_000_000))
    parts = [chance.choice((0, 1000, chance.randrange(limit))) for _ in range(chance.randrange(60))]
    exact = sum(parts)
    for whole in (nearest(exact), exact // 1000 * 1000, -(-exact // 1000) * 1000):
        found = spread(parts, whole)
        assert sum(found) == whole
        assert all(one % 1000 == 0 for one in found)
        assert all(abs(one - ms) < 1000 for one, ms in zip(found, parts, strict=True))
    assert spread(parts) == spread(parts, nearest(exact))


@pytest.mark.parametrize("seed", range(100))
def test_a_column_of_lines_adds_up_both_ways(seed: int) -> None:
    chance = Random(seed)
    lines = [
        [chance.randrange(9_000_000) for _ in "123456"] for _ in range(chance.randrange(1, 40))
    ]
    exact = [Times({str(at): ms for at, ms in enumerate(one)}, sum(one)) for one in lines]
    found = column(exact)
    assert all(one.difference_ms == 0 for one in found)
    assert sum(one.signed_in_ms for one in found) == nearest(sum(map(sum, lines)))
    for one, of in zip(found, exact, strict=True):
        assert abs(one.signed_in_ms - of.signed_in_ms) < 1000
        assert all(abs(one.in_state_ms[key] - of.in_state_ms[key]) < 1000 for key in of.in_state_ms)


def test_half_a_second_goes_up() -> None:
    assert [nearest(ms) for ms in (0, 499, 500, 1499, 1500)] == [0, 0, 1000, 1000, 2000]


def test_a_difference_is_not_rounded_away() -> None:
    """States that do not add up to the signed-in time are shown as they are: the foot says so."""
    broken = rounded(Times({"ready": 10_000, "talking": 5_400}, 18_000))
    assert broken == Times({"ready": 10_000, "talking": 5_000}, 18_000)


@pytest.fixture(scope="module")
def of_two() -> Report:
    return report(odd(), odd("1002", "b0", NINE + 7 * MIN + 77), seat_hour(LogPaper("1003", "c0")))


def test_states_and_reasons_add_up_to_what_is_printed_below_and_in_the_foot(of_two: Report) -> None:
    drawn = fragments.states(of_two, SAY)
    *states, total = [(one[0], one[1]) for one in cells(drawn, "r-state-table")[1:]]
    assert sum(seconds(time) for _, time in states) == seconds(total[1])
    reasons = [one[1] for one in cells(drawn, "r-reason-table")[1:]]
    assert sum(map(seconds, reasons)) == seconds(dict(states)["not ready"])
    assert colophon.invariant(of_two, SAY).count(total[1]) == 2
    cards = fragments.figures(of_two, SAY)
    assert f"{dict(states)['not ready']} ÷ {total[1]}" in cards
    busy = sum(seconds(dict(states)[one]) for one in ("talking", "hold", "wrap-up"))
    occupancy = re.search(r"([\d:]+) ÷ ([\d:]+)", cards)
    assert occupancy is not None
    assert [*map(seconds, occupancy.groups())] == [busy, busy + seconds(dict(states)["ready"])]


def test_agents_and_their_lanes_add_up_to_everybody(of_two: Report) -> None:
    everybody, *rows = [one[2] for one in cells(tables.rows(of_two, SAY), "r-rows")[1:]]
    assert sum(map(seconds, rows)) == seconds(everybody)
    lanes = [one[2] for one in cells(fragments.lanes(of_two, SAY), "r-lanes")[1:]]
    assert lanes == rows


def test_half_hours_add_up_across_and_down(of_two: Report) -> None:
    lines = [list(map(int, one[4:])) for one in cells(tables.bands(of_two, SAY), "r-bands")[1:]]
    assert all(sum(states) == signed_in for *states, signed_in in lines)
    total = cells(fragments.states(of_two, SAY), "r-state-table")[-1][1]
    assert sum(one[-1] for one in lines) == seconds(total)
