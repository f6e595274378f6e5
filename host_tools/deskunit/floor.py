"""What the page sees and does, over the logger and the virtual units: deskunit.web.floor's contract.

Reading happens in the caller's thread and, for what changes, in one of its own: the writer never
waits for a page.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskunit import callback_floor, reasons, roles
from deskunit.callback_floor import CallbackFloor
from deskunit.errors import DeskunitError
from deskunit.exports import states_rows
from deskunit.fleet import Fleet, Member
from deskunit.health import Health, sentences
from deskunit.intervals import Interval as StoredInterval
from deskunit.local_time import shown
from deskunit.logger import (
    CallbacksChanged,
    CorrectionsChanged,
    IntervalsChanged,
    LinkStatus,
    Logger,
    Notice,
    UnitChanged,
    figures,
)
from deskunit.settings import UNIT_LANGUAGES, UnitLanguage
from deskunit.state_log.query import Query, only, zone
from deskunit.store import Unit as StoredUnit
from deskunit.virtual import Screen
from deskunit.web.floor import Alarm, Change, Interval, Today, Unit, Unsubscribe

log = logging.getLogger("deskunit")
Listener = Callable[[Change, Mapping[str, Any]], None]


class DeskFloor(CallbackFloor):
    """The floor of one PC. start() before the page, stop() after it."""

    def __init__(self, logger: Logger, fleet: Fleet, zone_name: str | None = None) -> None:
        super().__init__(logger)
        self._fleet = fleet
        self._zone: ZoneInfo = zone(zone_name)
        self._listeners: list[Listener] = []
        self._notices: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._tell, name="floor", daemon=True)
        self._ending = threading.Event()
        self._unsubscribe: Unsubscribe | None = None

    def start(self) -> None:
        self._unsubscribe = self._logger.subscribe(self._notices.put)
        self._thread.start()

    def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._ending.set()
            self._notices.put(None)
            self._thread.join()

    @property
    def data_dir(self) -> Path:
        return self._logger.data_dir

    # --- reading -------------------------------------------------------------------------------

    def units(self) -> list[Unit]:
        by_freshness = sorted(self._logger.links(), key=lambda one: one.connected)
        links = {one.uid: one for one in by_freshness if one.uid}
        met = self._logger.recorder.met | self._fleet.members.keys()
        known = [one for one in self._logger.store.units() if one.uid in met]
        names = self._names()
        found = [self._unit(one, links.get(one.uid), names) for one in known]
        return sorted(found, key=lambda one: (one["kind"] != "virtual", one["seat"], one["uid"]))

    def intervals(self, limit: int, uid: str | None = None) -> list[Interval]:
        if uid is not None:
            self._stored(uid)
        names, seats = self._names(), self._seats()
        within, store = self._within(), self._logger.store
        most = limit if within is None else None  # of others' none is shown
        rows = store.intervals(
            agent=roles.only_one(within), unit=uid, limit=most, newest_first=True, unconfirmed=True
        )
        mine = (one for one in rows if within is None or one.agent_id in within)
        return [self._row(one, names, seats) for one in islice(mine, limit)]

    def today(self, uid: str) -> Today:
        self._stored(uid)
        midnight = datetime.now(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        start_ms = int(midnight.timestamp() * 1000)
        end_ms = int((midnight + timedelta(days=1)).timestamp() * 1000)
        totals: dict[str, float] = {}
        within = self._within()
        for one in self._logger.store.intervals(start_ms, end_ms, unit=uid, unconfirmed=True):
            is_mine = within is None or one.agent_id in within
            if is_mine and one.end_utc_ms is not None:
                inside_ms = min(one.end_utc_ms, end_ms) - max(one.start_utc_ms, start_ms)
                totals[one.state] = totals.get(one.state, 0.0) + max(0, inside_ms) / 1000
        return Today(
            date=midnight.strftime("%Y-%m-%d"),
            tz=self._zone.key,
            start_utc_ms=start_ms,
            end_utc_ms=end_ms,
            totals_s=totals,
        )

    def csv(self, query: Mapping[str, str]) -> Iterator[bytes]:
        uid = query.get("uid")
        if uid is not None:
            self._stored(uid)
        asked = Query(self._zone, units=only(uid), within=self._within())
        if query.get("range") == "today":
            midnight = datetime.now(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
            next_one = midnight + timedelta(days=1)
            start_ms, end_ms = (int(one.timestamp() * 1000) for one in (midnight, next_one))
            asked = replace(asked, from_utc_ms=start_ms, to_utc_ms=end_ms)
        return states_rows(self._logger.store, asked)

    def subscribe(self, callback: Listener) -> Unsubscribe:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def alarms(self) -> list[Alarm]:
        return [
            Alarm(
                word=one.word,
                where=one.where,
                since_utc_ms=one.since_utc_ms,
                sentence=sentences(one.cause),
            )
            for one in self._logger.alarms.active()
        ]

    def health(self) -> Health:
        return figures.of_logger(self._logger)

    # --- acting --------------------------------------------------------------------------------

    def press(self, uid: str, button: str, down: bool) -> None:
        self._member(uid).press(button, down)

    def screen(self, uid: str) -> Screen | None:
        member = self._fleet.members.get(uid)
        if member is None:
            self._stored(uid)
            return None
        return member.screen

    def subscribe_screen(self, uid: str, callback: Callable[[Screen], None]) -> Unsubscribe:
        member = self._fleet.members.get(uid)
        return member.watch(callback) if member is not None else lambda: None

    def set_unit_language(self, uid: str, language: str) -> None:
        self._stored(uid)
        self._logger.set_language(uid, as_language(language))

    def set_caller(self, uid: str, text: str) -> None:
        self._stored(uid)
        self._logger.set_caller(uid, text)

    def cut_power(self, uid: str) -> None:
        self._member(uid).cut_power()
        self._notices.put(UnitChanged(uid))

    def power_on(self, uid: str) -> None:
        self._member(uid).power_on()
        self._notices.put(UnitChanged(uid))

    def confirm(self, uid: str) -> None:
        self._logger.confirm_unit(uid)

    # --- telling -------------------------------------------------------------------------------

    def _tell(self) -> None:
        while not self._ending.is_set():
            for notice in self._gathered():
                if self._ending.is_set():
                    return  # what pages would still have heard, they ask for at the next start
                self._pass_on(notice)

    def _gathered(self) -> list[Notice]:
        """What waits, each unit's change once: a storm of presses must not outrun the page's thread."""
        waiting = [self._notices.get()]
        with contextlib.suppress(queue.Empty):
            while True:
                waiting.append(self._notices.get_nowait())
        if not self._listeners:  # nobody looks
            return []
        changed = {one.uid for one in waiting if isinstance(one, UnitChanged)}
        others = [one for one in waiting if one is not None and not isinstance(one, UnitChanged)]
        return [*others, *map(UnitChanged, sorted(changed))]

    def _pass_on(self, notice: Notice) -> None:
        try:
            for change, body in self._told(notice):
                for listener in list(self._listeners):
                    listener(change, body)
        except DeskunitError as error:  # a read that failed; the page asks again
            log.error("%s", error)

    def _told(self, notice: Notice) -> Iterator[tuple[Change, Mapping[str, Any]]]:
        if isinstance(notice, UnitChanged):
            yield from (("unit", one) for one in self.units() if one["uid"] == notice.uid)
        elif isinstance(notice, IntervalsChanged):
            names, seats, within = self._names(), self._seats(), self._within()
            for one in notice.changes.changed:
                if within is None or one.agent_id in within:
                    yield "interval", self._row(one, names, seats)
            if notice.changes.dropped:
                yield "reload", {"uid": ""}
        elif isinstance(notice, CallbacksChanged):
            yield "callbacks", callback_floor.told(notice)
        elif isinstance(notice, CorrectionsChanged):
            yield "corrections", {"number": notice.number}
        else:
            yield "alarms", {"alarms": self.alarms()}

    # --- as the page names it ------------------------------------------------------------------

    def _unit(self, one: StoredUnit, link: LinkStatus | None, names: Mapping[str, str]) -> Unit:
        member = self._fleet.members.get(one.uid)
        store = self._logger.store
        now = next(
            store.intervals(unit=one.uid, limit=1, newest_first=True, unconfirmed=True), None
        )
        code, agent_id = (now.reason_code, now.agent_id or "") if now else (None, "")
        return Unit(
            uid=one.uid,
            seat=one.seat,
            kind="virtual" if member else "serial",
            port="virtual" if member else link.address if link else "",
            confirmed=one.confirmed,
            connected=bool(link and link.connected and (member is None or member.powered)),
            powered=member.powered if member else True,
            language=self._logger.recorder.language(one.uid),
            firmware=link.firmware if link else "",
            pack=f"{one.pack.language} {one.pack.version}".strip() if one.pack else "",
            state=now.state if now else "unknown",
            reason_code=code,
            reason=None if code is None else reasons.word(code),
            agent_id=agent_id,
            agent_name=names.get(agent_id, ""),
            call_no=now.call_no if now else None,
            hold_no=now.hold_no if now else None,
            caller=self._logger.recorder.caller(one.uid),
            since_utc_ms=now.start_utc_ms if now else None,
        )

    def _row(
        self, one: StoredInterval, names: Mapping[str, str], seats: Mapping[str, str]
    ) -> Interval:
        code = one.reason_code
        return Interval(
            row_id=one.row_id,
            uid=one.uid,
            seat=seats.get(one.uid, ""),
            state=one.state,
            reason_code=code,
            reason=None if code is None else reasons.word(code),
            agent_id=one.agent_id or "",
            agent_name=names.get(one.agent_id or "", ""),
            start_utc_ms=one.start_utc_ms,
            start_local=shown(one.start_utc_ms, self._zone),
            end_utc_ms=one.end_utc_ms,
            duration_s=_duration_s(one),
            cause=one.cause,
            call_no=one.call_no,
            hold_no=one.hold_no,
            end_inferred=one.end_inferred,
        )

    def _names(self) -> dict[str, str]:
        return {agent.id: agent.name for agent in self._logger.store.agents()}

    def _seats(self) -> dict[str, str]:
        return {unit.uid: unit.seat for unit in self._logger.store.units()}

    def _stored(self, uid: str) -> StoredUnit:
        found = next((one for one in self._logger.store.units() if one.uid == uid), None)
        if found is None:
            raise DeskunitError("unknown_unit", uid=uid)
        return found

    def _member(self, uid: str) -> Member:
        member = self._fleet.members.get(uid)
        if member is None:
            self._stored(uid)
            raise DeskunitError("not_virtual", uid=uid)
        return member


def as_language(text: str) -> UnitLanguage:
    """`text` as a language of the unit. DeskunitError: bad_language."""
    wanted = "zh" if text == "zh-Hans" else text
    for language in UNIT_LANGUAGES:
        if language == wanted:
            return language
    raise DeskunitError("bad_language", exit_code=2, found=text)


def _duration_s(one: StoredInterval) -> float | None:
    if one.duration_ms is not None:
        return one.duration_ms / 1000
    return None if one.end_utc_ms is None else (one.end_utc_ms - one.start_utc_ms) / 1000
