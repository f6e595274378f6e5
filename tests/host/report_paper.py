"""A report of a day on paper: a few agents, a few calls, whatever a test wants to see drawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from deskunit.agents import Agent
from deskunit.reports import building
from deskunit.reports.asking import Ask
from deskunit.reports.material import Read
from deskunit.reports.model import Period, Report
from deskunit.roster import Shift
from deskunit.settings import Settings
from deskunit.state_log import days
from log_paper import MIN, LogPaper

SHANGHAI = ZoneInfo("Asia/Shanghai")
ON = date(2026, 10, 26)  # in Shanghai LogPaper's NINE is 12:00 of it
AGENTS = [Agent("1001", "李晓", "热线"), Agent("1002", "<script>alert(1)</script>", "热线")]
LATER = 10 * 24 * 60 * MIN


def seat_hour(paper: LogPaper | None = None) -> LogPaper:
    """The issue's hour: talking 24, hold 4, wrap_up 8, ready 14, not_ready 10 min."""
    paper = paper or LogPaper()
    paper.state("not_ready", 10 * MIN, reason_code=2).state("ready", 14 * MIN)
    return paper.call(24 * MIN, 4 * MIN, wrap_up=8 * MIN)


def read(*papers: LogPaper, shifts: Sequence[Shift] = (), agents: Sequence[Agent] = ()) -> Read:
    pieces = sorted((one for of in papers for one in of.pieces), key=lambda one: one.start_utc_ms)
    return Read(
        pieces,
        [one for of in papers for one in of.happenings],
        {agent.id: agent for agent in agents or AGENTS},
        {of.uid: "07" for of in papers},
        Settings(),
        shifts=list(shifts),
    )


def period(first: date = ON, count: int = 1, zone: ZoneInfo = SHANGHAI) -> Period:
    start = days.day(zone, first)
    found = [start]
    while len(found) < count:
        found.append(days.day_at(zone, found[-1].end_utc_ms))
    return Period(tuple(found), zone)


def report(
    *papers: LogPaper, kind: str = "day", over: Period | None = None, agents: tuple[str, ...] = ()
) -> Report:
    over = over or period()
    ask = Ask(kind, over, agents=agents)
    return building.built(read(*papers), ask, papers[0].at + LATER)


def with_targets(found: Report, **targets: tuple[int, bool]) -> Report:
    """The figures of these keys with a target, met or not."""
    return replace(
        found,
        figures=tuple(
            replace(one, target=targets[one.key][0], is_met=targets[one.key][1])
            if one.key in targets
            else one
            for one in found.figures
        ),
    )
