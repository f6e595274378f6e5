"""What days and whom the tab shows, as its address says it, within what the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from deskunit import roles
from deskunit.errors import DeskunitError
from deskunit.exports.asking import minutes
from deskunit.reports.asking import MOST_DAYS, Ask, read_date
from deskunit.reports.model import AGENT, DAY, TEAM, WEEK, Period
from deskunit.settings import AGENT as AGENT_ROLE
from deskunit.settings import Settings
from deskunit.state_log import days
from deskunit.state_log.query import Query, zone
from deskunit.store import Store

MOST_EXPORTED = 3660  # days: ten years; a mistyped year asks for millions


@dataclass(frozen=True, slots=True)
class Question:
    """One view. `is_live`: today alone, so that it goes on changing."""

    ask: Ask
    is_live: bool

    @property
    def query(self) -> Query:
        """The same days and people as a question to the log."""
        ask, period = self.ask, self.ask.period
        return Query(
            period.zone, period.from_utc_ms, period.to_utc_ms, ask.agents, ask.teams,
            day_start_min=period.day_start_min, is_raw=ask.is_raw, within=ask.within,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """For files: 2026-11-20, 2026-11-01_2026-11-07, with the agent who is asked for."""
        first, last = self.ask.period.first.isoformat(), self.ask.period.last.isoformat()
        return "-".join((first if first == last else f"{first}_{last}", *self.ask.agents))


def question(
    asked: Mapping[str, str], settings: Settings, store: Store, now_utc_ms: int
) -> Question:
    """`day`, or `from` and `to` (both included), else today; `agent`, `team`, `raw`.

    DeskunitError: no such date, somebody whom this viewer may not see.
    """
    viewer = settings.viewer
    within = roles.scope(viewer, store)
    agent = viewer.agent if viewer.role == AGENT_ROLE else asked.get("agent", "")
    agents = tuple(one for one in (agent,) if one)
    teams = tuple(one for one in (asked.get("team", ""),) if one)
    roles.check(within, agents)
    roles.check_teams(viewer, teams)
    here, start_min = zone(settings.zone), minutes(settings.day_start)
    first, last = _dates(asked, days.day_at(here, now_utc_ms, start_min).date)
    count = (last - first).days + 1
    if count > MOST_EXPORTED:
        raise DeskunitError("report_long", exit_code=2, days=count, most=MOST_EXPORTED)
    found = tuple(days.day(here, first + timedelta(n), start_min) for n in range(count))
    period = Period(found, here, start_min)
    kind = DAY if count == 1 else TEAM if teams else WEEK
    if agents:
        kind = AGENT
    is_live = len(period.days) == 1 and period.from_utc_ms <= now_utc_ms < period.to_utc_ms
    return Question(Ask(kind, period, agents, teams, bool(asked.get("raw")), within), is_live)


def check_length(asked: Question) -> None:
    """DeskunitError: more days than one looks at; files may have many more."""
    count = len(asked.ask.period.days)
    if count > MOST_DAYS:
        raise DeskunitError("report_long", exit_code=2, days=count, most=MOST_DAYS)


def _dates(asked: Mapping[str, str], today: date) -> tuple[date, date]:
    """The first day and the last one."""
    if asked.get("from") and asked.get("to"):
        first, last = read_date(asked["from"]), read_date(asked["to"])
        if first > last:
            raise DeskunitError("range_empty", exit_code=2, start=first, end=last)
        return first, last
    only = read_date(asked["day"]) if asked.get("day") else today
    return only, only
