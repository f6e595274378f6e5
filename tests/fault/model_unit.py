"""The unit's end of the model: the real recorder, journal and link on a board whose power can go.

What it made and what it called safe is noted from outside. Power goes between any two steps and before
or after any operation on flash; a reset keeps the chip's kept memory.
"""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flash import Flash
from oracle import opened
from unit.recorder import Recorder
from wires import Wire

UID = "a4cf12b3d0e8"
STDIN_BYTES = 259  # what MicroPython's stdin ring holds
ROM = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
EIO, ENOSPC = 5, 28
KINDS = ("st", "st", "st", "refused", "remind", "idle", "callback", "error")
TEXTS = (
    "ready",
    "talking",
    "李晓",
    '"quoted" \\ back',
    "休息 10 分钟",
    "x" * 300,
    "",
    "\x01\x1e*\n",
)


class PowerCut(BaseException):
    """Nothing catches it: the program is gone."""


class Restarted(BaseException):
    """The unit restarted by itself, in order: RAM is gone, kept memory is not."""


class CutFlash(Flash):
    """Storage that may refuse and whose power may go, each before or after an operation is done."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.cut_in: int | None = None  # so many befores and afters until the power goes
        self.errors = 0.0  # chance of an error
        self.failed = 0

    def open(self, name: str, mode: str = "r") -> Any:
        file = super().open(name, mode)
        if "r" not in mode:
            flush = file.flush

            def flushed() -> None:
                operations = self.operations
                flush()
                if self.operations > operations:
                    self._half()

            file.flush = flushed
        return file

    def rename(self, old: str, new: str) -> None:
        super().rename(old, new)
        self._half()

    def remove(self, name: str) -> None:
        super().remove(name)
        self._half()

    def happens(self) -> bool:
        self._half()
        return bool(super().happens())

    def _half(self) -> None:
        """Before an operation or after it."""
        if self.cut_in is not None:
            self.cut_in -= 1
            if self.cut_in < 0:
                self.cut_in = None
                raise PowerCut
        if self.errors and self._chance.random() < self.errors / 2:
            self.failed += 1
            raise OSError(self._chance.choice((EIO, ENOSPC)))


class Kept:
    """Memory that a reset does not touch."""

    def __init__(self) -> None:
        self.data = b""

    def read(self) -> bytes:
        return self.data

    def write(self, data: bytes) -> None:
        assert len(data) <= 2048
        self.data = bytes(data)


class Chip:
    def __init__(self, chance: random.Random, kept: Kept | None, reset_cause: str) -> None:
        self.uid, self.kept, self.reset_cause = UID, kept, reset_cause
        self._chance = chance

    def random(self, count: int) -> bytes:
        return self._chance.randbytes(count)

    def reset(self, mode: str) -> None:
        raise Restarted


class Stream:
    """The UART: takes at most `room()` bytes a write."""

    def __init__(self, room: Callable[[], int], send: Callable[[bytes], None]) -> None:
        self._room, self._send = room, send
        self.inbox = b""

    def read(self) -> bytes:
        data, self.inbox = self.inbox, b""
        return data

    def write(self, data: bytes) -> int:
        taken = data[: self._room()]
        if taken:
            self._send(bytes(taken))
        return len(taken)


class Board:
    def __init__(self, chip: Chip, storage: CutFlash, stream: Stream) -> None:
        self.chip, self.storage, self.stream = chip, storage, stream


def is_gap(frame: Any) -> bool:
    return frame is not None and frame[0] == "X"


class Unit:
    """A unit through all its boots. `made` and `ticked` are the truth."""

    def __init__(self, chance: random.Random, out: Wire, *, keeps: bool) -> None:
        self.chance, self.out = chance, out
        self.storage = CutFlash(chance)
        self.kept = Kept() if keeps else None
        self.made: dict[tuple[str, int], str] = {}
        self.ticked: dict[str, int] = {}
        self.zero_ms: dict[str, float] = {}  # boot → host's ms at the unit's 0
        self.rate = 1 + chance.uniform(-60e-6, 60e-6)
        self.wrong: list[str] = []
        self.recorder: Recorder | None = None
        self.room = 64
        self.plugged = True
        self.max_events = 256
        self.max_bytes: int | None = None
        self.overrun: set[tuple[str, int]] = set()  # dropped from RAM before they were safe
        # in gaps on flash, as long as the journal was full. When a gap is lost on the line, the host says
        # of its own that the event was not told
        self.given_up: set[tuple[str, int]] = set()
        self.wake_ms = float("inf")
        self._now_ms = 0
        self._began_ms = 0.0
        self._last_edge_ms = -1000
        self._held_until_ms = 0

    @property
    def on(self) -> bool:
        return self.recorder is not None

    @property
    def drained(self) -> bool:
        """True when the host has acknowledged everything."""
        return self.on and not self.recorder.journal.held()

    def power_on(self, now_ms: int, cause: str = "PWRON") -> None:
        """Boot; the power may go again in it."""
        self._now_ms, self._began_ms = now_ms, now_ms + self.chance.random()
        self._last_edge_ms, self._held_until_ms = -1000, 0
        self._send(ROM)
        stream = Stream(self._accepts, self._send)
        chip = Chip(self.chance, self.kept, cause)
        self.stream = stream
        recorder = Recorder(Board(chip, self.storage, stream), lambda: "ready")
        journal = recorder.journal
        journal.ring.max_events = self.max_events
        if self.max_bytes is not None:
            journal.segments.max_bytes = self.max_bytes
        self._watch(journal)
        self.zero_ms[journal.boot] = self._began_ms
        recorder.boot_event([])
        self.recorder = recorder
        self.wake_ms = now_ms

    def _watch(self, journal: Any) -> None:
        """Note each event that is made, as it stands in the journal, and each that RAM drops."""
        add, drop, replace = journal.add, journal.ring.drop, journal.segments.replace

        def noted(ms: int, kind: str, pairs: Sequence[tuple[str, object]]) -> int:
            seq: int = add(ms, kind, pairs)
            line = journal.line(seq).decode()
            self.made[journal.boot, seq] = line
            said = json.loads(line)
            if said[:4] != ["E", 0, journal.boot, seq] or list(said[6]) != [
                key for key, _ in pairs
            ]:
                self.wrong.append(f"made as {line}, asked for {kind} {pairs}")
            return seq

        def dropped() -> None:
            if journal.ring.first > journal.safe_top:
                self.overrun.add((journal.boot, journal.ring.first))
            drop()

        def replaced(number: int, lines: Iterable[bytes]) -> int:
            lines = list(lines)
            for _, boot, first, last, why in filter(is_gap, (opened(line[:-1]) for line in lines)):
                if why == "full":
                    self.given_up.update((boot, seq) for seq in range(first, last + 1))
            size: int = replace(number, lines)
            return size

        journal.add, journal.ring.drop, journal.segments.replace = noted, dropped, replaced

    def power_off(self, *, reset: bool) -> None:
        """RAM is gone; what was not flushed too. Kept memory survives a reset only."""
        self.recorder = None
        self.wake_ms = float("inf")
        self.storage.cut_in = None
        if self.kept and not reset:
            self.kept.data = b""

    def press(self, now_ms: int) -> None:
        """Something happens at the desk."""
        if self.recorder is None:
            return
        chance = self.chance
        pairs = [("to", chance.choice(TEXTS)), ("n", chance.randrange(1 << chance.randint(1, 30)))]
        if chance.random() < 0.3:
            pairs.append(("ag", chance.choice(TEXTS[:5])))
        self._last_edge_ms = ms = self._ms(now_ms)
        if chance.random() < 0.1:
            self._held_until_ms = ms + chance.randint(100, 2000)
        self.recorder.note(ms, chance.choice(KINDS), pairs)
        self._tick()
        self.wake_ms = now_ms

    def hear(self, data: bytes) -> None:
        """Bytes for stdin; what does not fit is gone, without a word."""
        if self.recorder is not None:
            room = STDIN_BYTES - len(self.stream.inbox)
            self.stream.inbox += data[:room]

    def step(self, now_ms: int) -> None:
        """One turn, as the app gives it: flash, then link."""
        assert self.recorder is not None
        self._now_ms = now_ms
        ms = self._ms(now_ms)
        quiet_ms = -1 if ms < self._held_until_ms else ms - self._last_edge_ms
        flash_ms = self.recorder.step_flash(ms, quiet_ms)
        self._tick()
        link_ms = self.recorder.step_link(ms)
        self.recorder.context.orders = []  # a desk obeys them
        self._tick()
        self.wake_ms = now_ms + max(1, min(flash_ms, link_ms))

    def _tick(self) -> None:
        """What the header's mark may say from now on."""
        journal = self.recorder.journal  # type: ignore[union-attr]
        self.ticked[journal.boot] = max(journal.safe_top, self.ticked.get(journal.boot, 0))

    def _ms(self, now_ms: int) -> int:
        return max(0, int((now_ms - self._began_ms) * self.rate))

    def _accepts(self) -> int:
        return self.room

    def _send(self, data: bytes) -> None:
        if self.plugged:
            self.out.put(data, self._now_ms)
