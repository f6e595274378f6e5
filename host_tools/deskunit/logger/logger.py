"""Runs the links and the one writer: what is queued is committed as one group, then acknowledged.

A fixed wait before a commit would only add latency: the next group gathers while one is written.
"""

import logging
import platform
import queue
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deskunit import agents, clock, port
from deskunit.effects import Effect
from deskunit.errors import DeskunitError
from deskunit.logger.link import Link
from deskunit.logger.recorder import Recorder
from deskunit.logger.taps import Taps
from deskunit.session import SILENT_MS
from deskunit.settings import Language, Settings
from deskunit.store import Changes, Store, open_store

log = logging.getLogger("deskunit")
GROUP_LIMIT = 256
TICK_S = 0.5
RESCAN_S = 1.0
RELEASE_WAIT_S = 3.0


@dataclass(frozen=True)
class IntervalsChanged:
    """Committed: rows of the state log as they are now, and row_ids that are gone."""

    changes: Changes


@dataclass(frozen=True)
class UnitChanged:
    """Something about the unit is different: state, seat, connection, language."""

    uid: str


@dataclass(frozen=True)
class Alarmed:
    """A port needs a person: repl, filesystem, baud, version or flood."""

    address: str
    word: str


@dataclass(frozen=True)
class LinkStatus:
    """A port as it is now. `uid` "": nobody introduced itself."""

    address: str
    uid: str
    firmware: str
    is_open: bool
    connected: bool
    damaged: int
    trouble: DeskunitError | None


Notice = IntervalsChanged | UnitChanged | Alarmed
Job = Callable[[], None]


class Logger:
    """start() … stop(); what fails at the start is a DeskunitError, later things are logged."""

    def __init__(
        self,
        data_dir: Path,
        settings: Settings,
        *,
        language: Language = "zh",
        ports: Sequence[str] = (),
        search: bool = False,
        virtual_seats: Mapping[str, str] | None = None,
    ) -> None:
        """`ports`: addresses to hold open whatever comes; `search`: also every USB candidate.

        `virtual_seats`: uid → seat of the virtual units among them.
        """
        self.data_dir = data_dir
        self.taps = Taps()
        self._settings = settings
        self._language = language
        self._ports = tuple(ports)
        self._search = search
        self._virtual_seats = dict(virtual_seats or {})
        self._host_id = host_id()
        self._links: dict[str, Link] = {}
        self._links_lock = threading.RLock()
        self._released: set[str] = set()
        self._queue: queue.SimpleQueue[tuple[Link, Effect] | Job] = queue.SimpleQueue()
        self._listeners: list[Callable[[Notice], None]] = []
        self._stop = threading.Event()
        self._agents_seen: tuple[int, int] | None = None
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._scanner = threading.Thread(target=self._scan, name="ports", daemon=True)

    def start(self) -> None:
        """Open the store and the ports. DeskunitError when the data folder cannot be used."""
        self.store: Store = open_store(self.data_dir, write=True)
        self.recorder = Recorder(
            self.store,
            self._settings,
            language=self._language,
            virtual_seats=self._virtual_seats,
            on_changes=lambda changes: self._notify(IntervalsChanged(changes)),
            on_unit=lambda uid: self._notify(UnitChanged(uid)),
        )
        try:
            self.recorder.set_agents(agents.load(self._agents_file))
            self._agents_seen = self._agents_stamp()
        except BaseException:
            self.store.close()
            raise
        self._writer.start()
        self._rescan()
        self._scanner.start()

    def stop(self) -> None:
        """Close the ports, commit what they brought, let go of the data folder."""
        self._stop.set()
        self._scanner.join()
        with self._links_lock:
            for link in self._links.values():
                link.stop()
        self._queue.put(lambda: None)
        self._writer.join()
        self.store.close()

    def subscribe(self, callback: Callable[[Notice], None]) -> Callable[[], None]:
        """Call back from the writer's thread after each commit; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def links(self) -> list[LinkStatus]:
        """The ports, by address."""
        with self._links_lock:
            return [_status(link) for _, link in sorted(self._links.items())]

    @property
    def alive(self) -> bool:
        """False after an unexpected error in the writer: nothing is stored any more."""
        return self._writer.is_alive()

    # --- writes for others: done by the writer's thread ----------------------------------------

    def name_unit(self, uid: str, seat: str) -> None:
        self._do(lambda: self.recorder.name_unit(uid, seat))

    def confirm_unit(self, uid: str) -> None:
        self._do(lambda: self.recorder.confirm_unit(uid))

    def set_language(self, uid: str, language: Language) -> None:
        self._do(lambda: self.recorder.set_language(uid, language))

    def _do(self, action: Job) -> None:
        """Run `action` in the writer's thread and wait; its error is raised here."""
        done = threading.Event()
        failed: list[DeskunitError] = []

        def job() -> None:
            try:
                action()
            except DeskunitError as error:
                failed.append(error)
            finally:
                done.set()

        self._queue.put(job)
        done.wait()
        if failed:
            raise failed[0]

    # --- ports ---------------------------------------------------------------------------------

    def release_port(self, address: str, *, repl: bool) -> bool:
        """Let go of a port until `take_port`; with `repl` the unit is asked first.

        True: the unit is on its way into maintenance. DeskunitError: unit_refused.
        """
        with self._links_lock:
            link = next(
                (one for one in self._links.values() if port.same(one.address, address)), None
            )
            if link is None:
                self._released.add(address)
                return False
        answer = link.ask("repl", RELEASE_WAIT_S) if repl else None
        if answer is not None and not answer.ok and answer.text:
            raise DeskunitError("unit_refused", port=address, why=answer.text)
        with self._links_lock:
            self._released.add(link.address)
            self._links.pop(link.address, None)
        link.stop()
        return answer is not None and answer.ok

    def take_port(self, address: str) -> None:
        """Use the port again."""
        with self._links_lock:
            for one in [one for one in self._released if port.same(one, address)]:
                self._released.discard(one)
        self._rescan()

    def _scan(self) -> None:
        while not self._stop.wait(RESCAN_S):
            self._rescan()
            stamp = self._agents_stamp()
            if stamp != self._agents_seen:
                self._agents_seen = stamp
                self._queue.put(self._load_agents)

    def _load_agents(self) -> None:
        try:
            self.recorder.set_agents(agents.load(self._agents_file))
        except DeskunitError as error:  # the list from before holds
            log.error("%s", error)

    def _rescan(self) -> None:
        found = [one.address for one in port.find()] if self._search else []
        with self._links_lock:
            if self._stop.is_set():
                return
            wanted = [one for one in dict.fromkeys([*self._ports, *found]) if self._is_free(one)]
            for address in [one for one in self._links if one not in wanted]:
                if not self._links[address].is_open:
                    self._links.pop(address).stop()
            for address in wanted:
                if address not in self._links:
                    link = Link(
                        address, self._host_id, self._put, self._alarmed, self.taps.open_port
                    )
                    self._links[address] = link
                    link.start()

    def _is_free(self, address: str) -> bool:
        return not any(port.same(address, one) for one in self._released)

    def _alarmed(self, link: Link, word: str) -> None:
        log.error("%s: alarm %s", link.address, word)
        self._notify(Alarmed(link.address, word))

    @property
    def _agents_file(self) -> Path:
        return self.data_dir / "agents.csv"

    def _agents_stamp(self) -> tuple[int, int] | None:
        try:
            found = self._agents_file.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size

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
                    self.recorder.tick(clock.now_utc_ms(), clock.now_ms())
            except DeskunitError as error:  # the units keep what was not acknowledged
                log.error("%s", error)

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
        if effects:
            self.recorder.apply(effects, clock.now_utc_ms())
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


def _status(link: Link) -> LinkStatus:
    session = link.session
    last_ms = link.last_frame_ms
    fresh = last_ms is not None and clock.now_ms() - last_ms < SILENT_MS
    return LinkStatus(
        address=link.address,
        uid=session.uid if session else "",
        firmware=session.firmware if session else "",
        is_open=link.is_open,
        connected=bool(session and session.open and fresh),
        damaged=link.damaged,
        trouble=link.trouble,
    )
