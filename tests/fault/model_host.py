"""The host's end of the model: real sessions, recorder and store; a process that may die at any step.

What stands between them is as in logger/: effects wait in a queue for the writer, answers in an inbox for
the port. What is not committed when it dies is gone.
"""

import contextlib
import random
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deskunit.context import Context
from deskunit.effects import Alarm, AlarmsOver, Answered, Effect, Noted
from deskunit.errors import DeskunitError
from deskunit.logger.recorder import Recorder
from deskunit.session import Session
from deskunit.settings import Settings
from deskunit.store import Store, open_store
from wires import Wire

GROUP_LIMIT = 256
TICK_MS = 500
REOPEN_MS = 1_000
ZERO_UTC_MS = 1_790_000_000_000
NOT_FOR_THE_WRITER = (Noted, Alarm, AlarmsOver, Answered)


class Killed(BaseException):
    """The process is gone."""


class End:
    """A port as the recorder sees it; the next session at it is another one."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.inbox: deque[Callable[[Session], None]] = deque()

    @property
    def last_frame_ms(self) -> int | None:
        return self.session.last_frame_ms if self.session else None

    def committed(self, *what: Any) -> None:
        self.inbox.append(lambda session: session.committed(*what))

    def tell(self, context: Context) -> None:
        self.inbox.append(lambda session: session.tell(context))


class Host:
    """`folder` is its disk. `die_in`: steps until it is killed."""

    def __init__(self, folder: Path, chance: random.Random, out: Wire) -> None:
        self.folder, self.chance, self.out = folder, chance, out
        self.alive = False
        self.plugged = True
        self.die_in: int | None = None
        self.store_errors = 0.0
        self.failed = 0
        self.wake_ms = 0.0
        self.store: Store | None = None
        self.end = End()

    # -- what a test may replace

    def new_session(self) -> Session:
        return Session("pc-model", lambda: f"{self.chance.getrandbits(32):08x}")

    def open_store(self) -> Store:
        return open_store(self.folder, write=True)

    def heard(self, effects: list[Effect]) -> None:
        """Before they wait for the writer."""

    # -- a process's life

    def start(self, now_ms: int) -> None:
        self.alive = True
        self.store = self.open_store()
        commit = self.store.commit

        def committing(*values: object) -> object:
            """Killed before it, or after it and before anybody knows."""
            self._step()
            if self.store_errors and self.chance.random() < self.store_errors:
                self.failed += 1
                raise DeskunitError("data_failed", file=self.folder, why="disk full")
            done = commit(*values)  # type: ignore[arg-type]
            self._step()
            return done

        self.store.commit = committing  # type: ignore[method-assign, assignment]
        self.recorder = Recorder(self.store, Settings(zone="UTC"))
        self.queue: deque[Effect] = deque()
        self.end = End()
        self._port_ms = float(now_ms)  # when the port is opened
        self._write_ms = float("inf")
        self._tick_ms = float(now_ms)
        self.wake_ms = now_ms

    def die(self) -> None:
        """SIGKILL: nothing is finished."""
        self.alive = False
        self.die_in = None
        if self.store is not None:
            self.store.close()
        self.store = None
        self.wake_ms = float("inf")

    def lose_port(self, now_ms: int) -> None:
        """The cable is out: an error from the port, then it is looked for again."""
        self.end.session = None
        self._port_ms = now_ms + REOPEN_MS

    def _step(self) -> None:
        """One more place where the process can die."""
        if self.die_in is not None:
            self.die_in -= 1
            if self.die_in < 0:
                raise Killed

    # -- its threads

    def step(self, data: bytes, now_ms: int) -> None:
        """The port's turn, and the writer's when it is due."""
        utc_ms = ZERO_UTC_MS + now_ms
        if self.end.session is None:
            self._open(now_ms)
        if self.end.session is not None:
            self._talk(data, utc_ms, now_ms)
        if now_ms >= self._write_ms:
            self._write(utc_ms)
        if now_ms >= self._tick_ms:
            self._tick_ms = now_ms + TICK_MS
            self._do(lambda: self.recorder.tick(utc_ms, now_ms))
        self.wake_ms = min(self._write_ms, self._tick_ms, self._port_due_ms(now_ms))

    def _port_due_ms(self, now_ms: int) -> float:
        session = self.end.session
        if session is None:
            return self._port_ms if self.plugged else float("inf")
        return now_ms + (1 if self.end.inbox else session.wake_ms(now_ms))

    def _open(self, now_ms: int) -> None:
        if self.plugged and now_ms >= self._port_ms:
            self.end.inbox.clear()
            self.end.session = self.new_session()

    def _talk(self, data: bytes, utc_ms: int, now_ms: int) -> None:
        session = self.end.session
        assert session is not None
        effects = session.receive(data, utc_ms, now_ms)
        self._step()
        self.heard(effects)
        for effect in effects:
            if not isinstance(effect, NOT_FOR_THE_WRITER):
                self.queue.append(effect)
        if self.queue and self._write_ms == float("inf"):
            # a commit takes its time, and what comes meanwhile is the next group
            self._write_ms = now_ms + self.chance.choice((1, 2, 4, 4, 8, 20, 20, 150))
        while self.end.inbox:
            self.end.inbox.popleft()(session)
        self._step()
        out = session.outgoing(utc_ms, now_ms)
        self._step()
        if out:
            self.out.put(out, now_ms)
        if session.reopen_due(now_ms):
            self.lose_port(now_ms)

    def _write(self, utc_ms: int) -> None:
        self._write_ms = float("inf")
        count = min(len(self.queue), GROUP_LIMIT)
        group = [(self.end, self.queue.popleft()) for _ in range(count)]
        self._step()
        self._do(lambda: self.recorder.apply(group, utc_ms))
        self._step()

    def _do(self, job: Callable[[], None]) -> None:
        with contextlib.suppress(DeskunitError):  # the units keep what was not acknowledged
            job()
