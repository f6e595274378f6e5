"""Runs the links and the one writer: what is queued is committed as one group, then acknowledged.

A fixed wait before a commit would only add latency: the next group gathers while one is written.
"""

import logging
import platform
import queue
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from deskunit import agents, calendar, clock
from deskunit.alarms import OF_STORE_ERROR, STORE_WORDS, Alarms
from deskunit.alarms import Alarm as AlarmNow
from deskunit.callbacks.orders import Order
from deskunit.callbacks.rows import Row
from deskunit.corrections.desk import CorrectionDesk
from deskunit.corrections.orders import Order as CorrectionOrder
from deskunit.corrections.rows import Row as CorrectionRow
from deskunit.effects import Alarm, AlarmsOver, Effect
from deskunit.errors import DeskunitError
from deskunit.logger.deliveries import Deliveries
from deskunit.logger.link import Link
from deskunit.logger.lists import SiteList
from deskunit.logger.notices import (
    Alarmed,
    CorrectionsChanged,
    IntervalsChanged,
    LinkStatus,
    Notice,
    UnitChanged,
    status,
)
from deskunit.logger.ports import Ports
from deskunit.logger.recorder import Recorder
from deskunit.logger.taps import Taps
from deskunit.logger.twins import Twins
from deskunit.settings import Settings, UnitLanguage
from deskunit.state_log.query import zone
from deskunit.store import Store, open_store

log = logging.getLogger("deskunit")
GROUP_LIMIT = 256
TICK_S = 0.5
RESCAN_S = 1.0
PORT_SENTENCES = {
    "repl": "alarm_repl",
    "filesystem": "alarm_filesystem",
    "baud": "alarm_baud",
    "version": "alarm_version",
    "flood": "alarm_flood",
}


FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
Job = Callable[[], None]
T = TypeVar("T")


class Logger:
    """start() … stop(); what fails at the start is a DeskunitError, later things are logged."""

    def __init__(
        self,
        data_dir: Path,
        settings: Settings,
        *,
        language: UnitLanguage = "zh",
        ports: Sequence[str] = (),
        search: bool = False,
        virtual_seats: Mapping[str, str] | None = None,
    ) -> None:
        """`ports`: addresses to hold open whatever comes; `search`: also every USB candidate.

        `virtual_seats`: uid → seat of the virtual units among them.
        """
        self.data_dir = data_dir
        self.taps = Taps()
        self.deliveries = Deliveries()
        self.settings = settings
        self._language = language
        self._virtual_seats = dict(virtual_seats or {})
        self._queue: queue.SimpleQueue[tuple[Link, Effect] | Job] = queue.SimpleQueue()
        self._listeners: list[Callable[[Notice], None]] = []
        self._stop = threading.Event()
        self.alarms = Alarms(self._alarm_changed)
        self._agents = SiteList(
            data_dir / agents.FILE_NAME,
            "agents",
            agents.load,
            lambda listed: self.recorder.set_agents(listed),
            self.alarms,
        )
        self._holidays = SiteList(
            data_dir / calendar.FILE_NAME,
            "holidays",
            calendar.load,
            lambda days: self.recorder.set_holidays(days),
            self.alarms,
        )
        self.ports = Ports(ports, search, self._link, lambda link: self.alarms.end(link.address))
        self._twins = Twins()
        self._storage_fails = False
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._scanner = threading.Thread(target=self._scan, name="ports", daemon=True)

    def start(self) -> None:
        """Open the store and the ports. DeskunitError when the data folder cannot be used."""
        here = zone(self.settings.zone)
        self.store: Store = open_store(self.data_dir, write=True)
        self.corrections = CorrectionDesk(self.store, here, clock.now_utc_ms, self.settings.viewer)
        self.recorder = Recorder(
            self.store,
            self.settings,
            language=self._language,
            virtual_seats=self._virtual_seats,
            on_changes=lambda changes: self._notify(IntervalsChanged(changes)),
            on_unit=lambda uid: self._notify(UnitChanged(uid)),
            on_callbacks=self._notify,
            alarms=self.alarms,
        )
        try:
            self._first_lists()
        except BaseException:
            self.store.close()
            raise
        self._writer.start()
        self.ports.rescan()
        self._scanner.start()

    def stop(self) -> None:
        """Close the ports, commit what they brought, let go of the data folder."""
        self._stop.set()
        self._scanner.join()
        self.ports.close()
        self._queue.put(lambda: None)
        self._writer.join()
        self.store.close()

    def subscribe(self, callback: Callable[[Notice], None]) -> Callable[[], None]:
        """Call back from the writer's thread after each commit; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def links(self) -> list[LinkStatus]:
        """The ports, by address."""
        return [status(link) for link in self.ports.links()]

    @property
    def alive(self) -> bool:
        """False after an unexpected error in the writer: nothing is stored any more."""
        return self._writer.is_alive()

    # --- writes for others: done by the writer's thread ----------------------------------------

    def name_unit(self, uid: str, seat: str) -> None:
        self._do(lambda: self.recorder.name_unit(uid, seat))

    def confirm_unit(self, uid: str) -> None:
        self._do(lambda: self.recorder.confirm_unit(uid))

    def set_language(self, uid: str, language: UnitLanguage) -> None:
        self._do(lambda: self.recorder.set_language(uid, language))

    def set_caller(self, uid: str, text: str) -> None:
        self._do(lambda: self.recorder.set_caller(uid, text))

    def write_callback(self, order: Order) -> Row:
        """A write of deskunit.callbacks' desk, checked; pages and units hear of it."""
        return self._do(lambda: self.recorder.write_callback(order, clock.now_utc_ms()))

    def write_correction(self, order: CorrectionOrder) -> CorrectionRow:
        """A write of deskunit.corrections' desk, checked."""
        row = self._do(lambda: self.corrections.write(order))
        self._notify(CorrectionsChanged(row.number))
        return row

    def _do(self, action: Callable[[], T]) -> T:
        """Run `action` in the writer's thread and wait; what it returns or raises comes from here.

        A fault in it is the asker's: the writer goes on to store what units tell.
        """
        done = threading.Event()
        failed: list[Exception] = []
        found: list[T] = []

        def job() -> None:
            try:
                found.append(action())
            except (DeskunitError, *FAULTS) as error:
                failed.append(error)
            finally:
                done.set()

        self._queue.put(job)
        while not done.wait(TICK_S):
            if not self.alive:
                raise DeskunitError("logger_died", log=self.data_dir / "log")
        if failed:
            raise failed[0]
        return found[0]

    # --- ports ---------------------------------------------------------------------------------

    def release_port(self, address: str, *, repl: bool) -> bool:
        """Let go of a port until `take_port`; with `repl` the unit is asked first.

        True: the unit is on its way into maintenance. DeskunitError: unit_refused.
        """
        return self.ports.release(address, repl=repl)

    def take_port(self, address: str) -> None:
        """Use the port again."""
        self.ports.take(address)

    def _link(self, address: str) -> Link:
        open_port, deliveries = self.taps.open_port, self.deliveries
        return Link(address, host_id(), self._put, self._alarmed, open_port, deliveries)

    def _scan(self) -> None:
        while not self._stop.wait(RESCAN_S):
            self.ports.rescan()
            for one in (self._agents, self._holidays):
                if one.has_changed():
                    self._queue.put(one.read)

    def _first_lists(self) -> None:
        """A mistake in a list must not keep a PC from logging after its restart; a first start may."""
        for one in (self._agents, self._holidays):
            one.has_changed()
        self._agents.read(strict=not self.recorder.has_agents)
        self._holidays.read()

    def _alarmed(self, link: Link, effect: Alarm | AlarmsOver) -> None:
        if isinstance(effect, AlarmsOver):
            self.alarms.end(link.address, *effect.words)
        else:
            cause = DeskunitError(PORT_SENTENCES[effect.word], port=link.address)
            self.alarms.begin(effect.word, link.address, cause)

    def _alarm_changed(self, alarm: AlarmNow, on: bool) -> None:
        where = alarm.where or "deskunit"
        if on:
            log.error("%s: alarm %s: %s", where, alarm.word, alarm.cause)
        else:
            log.info("%s: alarm %s is over", where, alarm.word)
        self._notify(Alarmed(alarm, on))

    def _look_for_twins(self) -> None:
        claims = [
            (one.uid, one.address, one.last_frame_ms)
            for one in self.links()
            if one.connected and one.last_frame_ms is not None
        ]
        double = self._twins.look(claims, clock.now_ms())
        for uid, ports in double.items():
            cause = DeskunitError("alarm_twins", uid=uid, ports=" · ".join(ports))
            self.alarms.begin("twins", uid, cause)
        for uid in {uid for uid, _, _ in claims} | self.recorder.met:
            if uid not in double:
                self.alarms.end(uid, "twins")

    # --- the writer's thread -------------------------------------------------------------------

    def _put(self, link: Link, effect: Effect) -> None:
        self._queue.put((link, effect))

    def _write(self) -> None:
        next_tick_ms = 0
        while not (self._stop.is_set() and self._queue.empty()):
            group = self._group()
            try:
                self._apply(group)
                if clock.now_ms() >= next_tick_ms and not self._stop.is_set():
                    next_tick_ms = clock.now_ms() + int(TICK_S * 1000)
                    self._tick()
            except DeskunitError as error:  # the units keep what was not acknowledged
                self._storage_failed(error)

    def _tick(self) -> None:
        self._look_for_twins()
        if self._storage_fails:
            self.store.try_write()
            self._storage_fails = False
            self.alarms.end("", *STORE_WORDS)
        self.recorder.tick(clock.now_utc_ms(), clock.now_ms())

    def _storage_failed(self, error: DeskunitError) -> None:
        self._storage_fails = True
        word = OF_STORE_ERROR.get(error.key, "disk_error")
        known = {"disk_full": "alarm_disk_full", "read_only": "alarm_read_only"}
        cause = DeskunitError(known[word], folder=self.data_dir) if word in known else error
        self.alarms.end("", *(one for one in STORE_WORDS if one != word))
        self.alarms.begin(word, "", cause)

    def _group(self) -> list[tuple[Link, Effect] | Job]:
        """What is queued, waiting for the first of it."""
        group: list[tuple[Link, Effect] | Job] = []
        try:
            group.append(self._queue.get(timeout=TICK_S))
            while len(group) < GROUP_LIMIT:
                group.append(self._queue.get_nowait())
        except queue.Empty:
            return group
        return group

    def _apply(self, group: Sequence[tuple[Link, Effect] | Job]) -> None:
        effects = [one for one in group if isinstance(one, tuple)]
        try:
            if effects:
                self.recorder.apply(effects, clock.now_utc_ms())
        finally:  # somebody waits for each of them
            for one in group:
                if not isinstance(one, tuple):
                    one()

    def _notify(self, notice: Notice) -> None:
        for listener in list(self._listeners):
            listener(notice)


def host_id() -> str:
    """This PC's name as the unit may see it: short, ASCII."""
    name = re.sub(r"[^a-z0-9-]", "", platform.node().lower())[:20]
    return f"pc-{name}" if name else "pc"
