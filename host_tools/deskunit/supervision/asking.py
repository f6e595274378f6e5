"""What days and whom the tab shows, as its address says it, within what the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from deskunit import roles
from deskunit.exports.asking import minutes
from deskunit.reports import asking
from deskunit.reports.asking import Ask
from deskunit.reports.model import AGENT, DAY, TEAM, WEEK
from deskunit.settings import AGENT as AGENT_ROLE
from deskunit.settings import Settings
from deskunit.state_log.query import Query, zone
from deskunit.store import Store


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

    DeskunitError: no such date, too many of them, somebody whom this viewer may not see.
    """
    viewer = settings.viewer
    within = roles.scope(viewer, store)
    agent = viewer.agent if viewer.role == AGENT_ROLE else asked.get("agent", "")
    agents = tuple(one for one in (agent,) if one)
    teams = tuple(one for one in (asked.get("team", ""),) if one)
    roles.check(within, agents)
    roles.check_teams(viewer, teams)
    kind, first, last = _days(asked)
    period = asking.period(
        DAY if kind == DAY else WEEK, zone(settings.zone), now_utc_ms, on=first if kind == DAY else None,
        from_=None if kind == DAY else first, to=last, day_start_min=minutes(settings.day_start),
    )  # fmt: skip
    if agents:
        kind = AGENT
    elif kind != DAY:
        kind = TEAM if teams else WEEK
    is_live = len(period.days) == 1 and period.from_utc_ms <= now_utc_ms < period.to_utc_ms
    return Question(Ask(kind, period, agents, teams, bool(asked.get("raw")), within), is_live)


def _days(asked: Mapping[str, str]) -> tuple[str, str | None, str | None]:
    """A day or a range, its first day, the day behind its last one."""
    if "from" in asked and "to" in asked and asked["from"] != asked["to"]:
        behind = asking.read_date(asked["to"]) + timedelta(1)
        return WEEK, asked["from"], behind.isoformat()
    return DAY, asked.get("day") or asked.get("from"), None
