"""The supervisor tab's one door to the log: web/supervision.py's contract over the running logger.

Reads take the caller's thread and the store's reading connections; corrections go through the logger.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from deskunit import clock, roles, settings
from deskunit.agents import UNLISTED
from deskunit.corrections.desk import CorrectionDesk
from deskunit.errors import DeskunitError
from deskunit.exports.asking import minutes
from deskunit.exports.saving import about
from deskunit.logger import CorrectionsChanged, Logger, Notice
from deskunit.reports import fragments
from deskunit.reports.model import Report
from deskunit.settings import AGENT, Settings, Viewer
from deskunit.state_log import days
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query, zone
from deskunit.store import Store
from deskunit.supervision import correcting, exporting
from deskunit.supervision.apart import Apart
from deskunit.supervision.asking import Question, check_length, question
from deskunit.supervision.correcting import Shown
from deskunit.supervision.download import Download
from deskunit.supervision.viewing import Views, now, parts

Asked = Mapping[str, str]


class SupervisionDesk:
    """For the page of a running logger. All calls may come from any thread."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger
        self._views = Views()
        self._apart = Apart()
        logger.subscribe(self._hear)

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, CorrectionsChanged):
            self._views.forget()

    def stop(self) -> None:
        """Whoever waits for a view or a file is told that the page ends."""
        self._apart.stop()

    # --- looking -------------------------------------------------------------------------------

    def site(self) -> dict[str, Any]:
        """Who looks, whom they may choose, which day it is by the site's clock."""
        chosen = self._settings()
        within = roles.scope(chosen.viewer, self._store)
        people = [
            {"id": one.id, "name": one.name, "team": one.team}
            for one in self._store.agents(listed_only=True)
            if within is None or one.id in within
        ]
        today = days.day_at(self._zone, clock.now_utc_ms(), minutes(chosen.day_start))
        teams = sorted({one["team"] for one in people if one["team"]})
        return {
            "role": chosen.viewer.role,
            "agent": chosen.viewer.agent,
            "agents": people,
            "teams": teams if not chosen.viewer.teams else sorted(chosen.viewer.teams),
            "zone": self._zone.key,
            "today": today.date.isoformat(),
        }

    def view(self, asked: Asked, language: str) -> dict[str, Any]:
        """The charts of the days asked for, and the corrections in them."""
        return self._apart.run(lambda: self._view(self._question(asked), language))

    def _view(self, wanted: Question, language: str) -> dict[str, Any]:
        period = wanted.ask.period
        report = self._report(wanted)
        return {
            "now_utc_ms": clock.now_utc_ms(),
            "is_live": wanted.is_live,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "today": self.site()["today"],
            "now": now(report) if report is not None and wanted.is_live else {},
            "defs": str(fragments.defs()),
            "parts": [] if report is None else parts(report, language),
            "corrections": self._corrections(wanted),
        }

    def _corrections(self, wanted: Question) -> list[dict[str, Any]]:
        period, (agent,) = wanted.ask.period, wanted.ask.agents or (None,)
        viewer = self._settings().viewer
        if viewer.role == AGENT:
            return []
        rows = self._desk(viewer).list(
            period.from_utc_ms, period.to_utc_ms, agent=agent, including_withdrawn=True
        )
        of_team = roles.scope_of_teams(wanted.ask.teams, self._store.agents())
        shown = self._shown()
        return [shown.row(one) for one in rows if not wanted.ask.teams or one.agents & of_team]

    def around(self, agent_id: str, at_utc_ms: int) -> dict[str, Any]:
        """The agent's states of the day of a moment, as corrected. DeskunitError: unknown agent."""
        chosen = self._settings()
        roles.check_correcting(chosen.viewer)
        within = roles.scope(chosen.viewer, self._store)
        roles.check(within, (agent_id,))
        day = days.day_at(self._zone, at_utc_ms, minutes(chosen.day_start))
        whom = () if agent_id == UNLISTED else (agent_id,)  # who that is, no list knows
        asked = Query(self._zone, day.start_utc_ms, day.end_utc_ms, whom, within=within)
        found = pieces(self._store, asked, clock.now_utc_ms())
        shown = self._shown()
        rows = [shown.piece(one) for one in found if one.is_signed_in and one.agent_id == agent_id]
        return {"day": day.date.isoformat(), "rows": rows}

    # --- correcting ----------------------------------------------------------------------------

    def preview(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a correction would do. DeskunitError: why it may not be."""
        # what is asked for has no reason yet; the desk wants none for a preview
        order = correcting.order({**values, "why": "?"}, self._zone)
        return self._shown().draft(self._desk(self._settings().viewer).preview(order))

    def correct(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make one, or withdraw `number`. DeskunitError: why not."""
        order = correcting.order(values, self._zone)
        desk = self._desk(self._settings().viewer)
        # the logger knows the viewer of its start; this one may be another by now
        if order.number is None:
            desk.preview(order)
        else:
            desk.get(order.number)
            roles.check_correcting(self._settings().viewer)
        return self._shown().row(self._logger.write_correction(order))

    # --- taking away ---------------------------------------------------------------------------

    def export(self, kind: str, fmt: str, asked: Asked, language: str) -> Download:
        """A file of what is shown: `report`, or one of exporting.KINDS. DeskunitError: a sentence."""
        return self._apart.run(lambda: self._file(kind, fmt, asked, language))

    def _file(self, kind: str, fmt: str, asked: Asked, language: str) -> Download:
        wanted = self._question(asked)
        name = f"{kind}-{wanted.name}.{'log' if fmt == exporting.QUEUE_LOG else fmt}"
        plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-._"))
        if kind == exporting.REPORT:
            return self._report_file(wanted, fmt, language, plain)
        return self._table_file(kind, fmt, wanted, asked, plain)

    def _report_file(self, wanted: Question, fmt: str, language: str, name: str) -> Download:
        report = self._report(wanted)
        if report is None:
            period = wanted.ask.period
            raise DeskunitError("report_empty", first=period.first, last=period.last)
        return exporting.report_file(report, fmt, language, name)

    def _table_file(
        self, kind: str, fmt: str, wanted: Question, asked: Asked, name: str
    ) -> Download:
        made, query = clock.now_utc_ms(), wanted.query
        split = exporting.cut(kind, asked.get("split"), query.day_start_min)
        if kind == "states" and fmt == exporting.QUEUE_LOG:
            return exporting.queue_log(self._store, query, name, made, self._goes_on)
        make = exporting.tables(
            kind, self._store, self._logger.data_dir, self._settings(), split, made
        )
        if kind == "states":
            query = replace(query, split=split)
        if fmt in exporting.STREAMED:
            return exporting.stream(make(query), fmt, name)
        facts = about(query, made, asked)
        return exporting.binary(make(query), fmt, name, facts, self._goes_on)

    def _goes_on(self, _rows: int, _expected: int | None) -> None:
        self._apart.check()

    # --- what all of it needs ------------------------------------------------------------------

    @property
    def _store(self) -> Store:
        return self._logger.store

    @property
    def _zone(self) -> ZoneInfo:
        return zone(self._logger.settings.zone)

    def _desk(self, viewer: Viewer) -> CorrectionDesk:
        return CorrectionDesk(self._store, self._zone, clock.now_utc_ms, viewer)

    def _settings(self) -> Settings:
        """As the file says now: a role that was changed counts at once."""
        return settings.load(self._logger.data_dir)

    def _question(self, asked: Asked) -> Question:
        return question(asked, self._settings(), self._store, clock.now_utc_ms())

    def _report(self, wanted: Question) -> Report | None:
        check_length(wanted)
        store = self._apart.watched(self._store)
        return self._views.report(store, self._logger.data_dir, wanted)

    def _shown(self) -> Shown:
        names = {one.id: one.name for one in self._store.agents()}
        seats = {one.uid: one.seat for one in self._store.units()}
        return Shown(self._zone, names, seats)
