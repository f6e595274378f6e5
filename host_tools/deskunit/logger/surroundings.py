"""What each unit is told of the world around it, as far as the store does not know it.

Language, roster, hour and day, the caller on the line. The recorder keeps it up to date and adds what
follows from the events; it knows no store and no unit.
"""

import logging
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from deskunit import agents
from deskunit.agents import Agent
from deskunit.calendar import Calendar, Site
from deskunit.callers import Callers
from deskunit.context import Context
from deskunit.daytime import Daytime, daytime
from deskunit.settings import Settings, UnitLanguage

log = logging.getLogger("deskunit")


class Surroundings:
    """`agents`: the site's list as it is now; `callers`: who is on the line."""

    def __init__(self, settings: Settings, language: UnitLanguage, listed: Sequence[Agent]) -> None:
        self.agents = listed
        self.callers = Callers()
        self._settings = settings
        self._language = language
        self._languages: dict[str, UnitLanguage] = {}
        self._zone = ZoneInfo(settings.zone) if settings.zone else None
        self._calendar = Calendar(settings.site.country)
        self._now: Daytime | None = None

    def set_language(self, uid: str, language: UnitLanguage) -> None:
        self._languages[uid] = language

    def language(self, uid: str) -> UnitLanguage:
        return self._languages.get(uid, self._language)

    def set_holidays(self, site: Site) -> None:
        """The site's own days as they are now; counts from the next look at the clock on."""
        self._calendar = Calendar(self._settings.site.country, site)

    def pass_time(self, now_utc_ms: int) -> bool:
        """Look at the clock; True when the units should be told what it says."""
        before, now = self._now, daytime(now_utc_ms, self._zone, self._calendar)
        self._now = now
        is_new_year = before is None or before.year != now.year
        if is_new_year and not self._calendar.is_published(now.year):
            log.warning("the calendar of %d is not known: upgrade, or list its days", now.year)
        return now != before

    def context(self, uid: str, seat: str, recent_ids: Sequence[str]) -> Context:
        """What the unit at `seat` should know of it; `recent_ids`: who sat there, last first."""
        listed = agents.roster(self.agents, seat, recent_ids)
        now = self._now
        return Context(
            settings=self._settings.unit,
            seat=seat,
            language=self.language(uid),
            roster=tuple((agent.id, agent.name) for agent in listed),
            levels="".join(agent.level[0] for agent in listed),
            hello=now.hello if now else None,
            hour=now.hour if now else None,
            wish=now.wish if now else None,
            caller=self.callers.find(uid),
        )
