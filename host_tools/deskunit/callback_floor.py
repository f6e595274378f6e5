"""The page's view of promised return calls: web/promises.py's contract over the logger and its store.

Reading happens in the caller's thread, with a calendar of its own; writing in the logger's.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from deskunit import clock
from deskunit.calendar import Calendar, Site
from deskunit.callbacks import CallbackDesk, Row
from deskunit.callbacks.site import rules
from deskunit.logger import CallbacksChanged, Logger
from deskunit.presence import ASSIGNED_LATER
from deskunit.web.promises import AgentName, Attempt, Callback, Fact, Summary


class CallbackFloor:
    """A part of DeskFloor, which adds the units."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger
        self._one_at_a_time = threading.Lock()  # a Calendar is for one thread at a time
        self._reader: CallbackDesk | None = None
        self._site: Site | None = None

    def agents(self) -> list[AgentName]:
        listed = self._logger.store.agents(listed_only=True)
        return [AgentName(id=one.id, name=one.name, team=one.team) for one in listed]

    def callbacks(self, asked: Mapping[str, str], limit: int) -> list[Callback]:
        names, seats = self._names(), self._seats()
        status = asked.get("status", "open")
        with self._desk() as desk:
            if status == "open" and not asked.get("text") and not asked.get("kind"):
                rows = desk.due_list(asked.get("agent"), clock.now_utc_ms(), limit, personal=True)
            else:
                rows = desk.search(
                    text=asked.get("text", ""),
                    status=None if status == "all" else status,
                    kind=asked.get("kind"),
                    owner=asked.get("agent"),
                    limit=limit,
                    personal=True,
                )
        return [_callback(one, names, seats) for one in rows]

    def callback(self, number: int) -> Callback:
        with self._desk() as desk:
            row = desk.get(number, personal=True)
        return _callback(row, self._names(), self._seats())
