"""One thread a port: opens it, carries bytes between it and a session, opens it again when it is lost.

Effects go to the writer's queue; answers come from the writer's thread through an inbox. It knows no
store.
"""

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from deskunit import clock
from deskunit.alarms import PORT_WORDS
from deskunit.context import Context
from deskunit.effects import Alarm, AlarmsOver, Answered, Effect, Noted, PackEnded, PackMoved
from deskunit.errors import DeskunitError
from deskunit.events import Acks, BootKey
from deskunit.logger.deliveries import Deliveries
from deskunit.port import Port, open_port
from deskunit.session import Session

log = logging.getLogger("deskunit")
RETRY_S = 1.0
POLL_MS = 10  # a socket's read cannot be woken by another thread
IDLE_MS = 1_000
LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)


@dataclass(frozen=True)
class Counted:
    """Of a port: good frames, damaged ones, bytes that were no frames."""

    frames: int = 0
    bad: int = 0
    text_bytes: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(
            self.frames + other.frames,
            self.bad + other.bad,
            self.text_bytes + other.text_bytes,
        )


class Link:
    """A port and whoever is behind it."""

    def __init__(
        self,
        address: str,
        host_id: str,
        put: Callable[["Link", Effect], None],
        on_alarm: Callable[["Link", Alarm | AlarmsOver], None],
        open_port: Callable[[str], Port] = open_port,
        deliveries: Deliveries | None = None,
    ) -> None:
        self.address = address
        self.session: Session | None = None
        self.trouble: DeskunitError | None = None
        self.answered: Answered | None = None
        self._host_id = host_id
        self._put = put
        self._on_alarm = on_alarm
        self._open_port = open_port
        self._deliveries = deliveries or Deliveries()
        self._port: Port | None = None
        self._inbox: deque[Callable[[Session], None]] = deque()
        self._stop = threading.Event()
        self._has_answer = threading.Event()
        self.openings = 0
        self._counted = Counted()
        self._last_frame_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"port {address}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Begin to close the port."""
        self._stop.set()
        self.wake()

    def stop(self) -> None:
        """Close the port; returns when it is free."""
        self.end()
        self._thread.join()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_open(self) -> bool:
        return self._port is not None

    @property
    def counted(self) -> Counted:
        """What came through this port since the start."""
        session = self.session
        return self._counted + _counted(session) if session else self._counted

    @property
    def last_frame_ms(self) -> int | None:
        session = self.session
        last_ms = session.last_frame_ms if session is not None else None
        return last_ms if last_ms is not None else self._last_frame_ms

    # --- for the writer's thread ---------------------------------------------------------------

    def committed(self, acks: Acks, holes: Collection[BootKey]) -> None:
        self._post(lambda session: session.committed(acks, holes))

    def tell(self, context: Context) -> None:
        self._post(lambda session: session.tell(context))

    def ask(self, what: str, wait_s: float) -> Answered | None:
        """Send a request R and wait for the unit's word; None without a session or an answer."""
        if self.session is None or not self.session.open:
            return None
        self._has_answer.clear()
        self._post(lambda session: session.request(what))
        return self.answered if self._has_answer.wait(wait_s) else None

    def _post(self, action: Callable[[Session], None]) -> None:
        self._inbox.append(action)
        self.wake()

    def wake(self) -> None:
        """Look now whether there is something to do."""
        port = self._port
        if port is not None:
            port.wake()

    # --- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._port = self._open_port(self.address)
            except DeskunitError as error:
                self._note_trouble(error)
                self._stop.wait(RETRY_S)
                continue
            self._use(self._port)

    def _use(self, port: Port) -> None:
        log.info("%s: opened", self.address)
        self.trouble = None
        self.openings += 1
        self._inbox.clear()
        session = self.session = Session(self._host_id, lambda: secrets.token_hex(4))
        try:
            self._talk(port, session)
        except DeskunitError as error:
            self._note_trouble(error)
            self._stop.wait(RETRY_S)
        finally:
            self._port = None
            self._counted += _counted(session)
            self._last_frame_ms = self.last_frame_ms
            self.session = None
            port.close()

    def _talk(self, port: Port, session: Session) -> None:
        while not self._stop.is_set():
            while self._inbox:
                self._inbox.popleft()(session)
            session.send_pack(self._deliveries.wanted(session.uid))
            now_utc_ms, now_ms = clock.now_utc_ms(), clock.now_ms()
            data = session.outgoing(now_utc_ms, now_ms)
            if data:
                port.write(data)
            wait_ms = min(session.wake_ms(now_ms), IDLE_MS if port.can_wake else POLL_MS)
            data = port.read(wait_ms)
            now_utc_ms, now_ms = clock.now_utc_ms(), clock.now_ms()
            for effect in session.receive(data, now_utc_ms, now_ms):
                self._handle(effect)
            if session.reopen_due(now_ms):
                log.info("%s: silent for 30 s, opening it again", self.address)
                return

    def _handle(self, effect: Effect) -> None:
        if isinstance(effect, Noted):
            log.log(LEVELS[effect.level], "%s: %s", self.address, effect.text)
        elif isinstance(effect, Alarm | AlarmsOver):
            self._on_alarm(self, effect)
        elif isinstance(effect, Answered):
            self.answered = effect
            self._has_answer.set()
        elif isinstance(effect, PackMoved | PackEnded):
            self._note_pack(effect)
        else:
            self._put(self, effect)

    def _note_pack(self, effect: PackMoved | PackEnded) -> None:
        if self.session is None:
            return
        uid, pack = self.session.uid, effect.pack
        self._deliveries.note(uid, effect)
        if isinstance(effect, PackEnded):
            came = effect.error or "in place"
            level = logging.WARNING if effect.error else logging.INFO
            log.log(level, "unit %s: pack %s %s: %s", uid, pack.language, pack.crc, came)

    def _note_trouble(self, error: DeskunitError) -> None:
        if self.trouble is None or self.trouble.key != error.key:
            log.warning("%s", error)
        self.trouble = error
        self._on_alarm(self, AlarmsOver(PORT_WORDS))  # nobody is there any more


def _counted(session: Session) -> Counted:
    decoder = session.decoder
    return Counted(decoder.frames, decoder.bad, decoder.text_bytes)
