"""Virtual units in real time on their cables, the hands that press their buttons, and a witness each.

The layers "processes" and "units" stand on it. It knows no logger.
"""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deskunit.virtual import VirtualUnit, serve_pty, unplug
from witness import Witness

ROOT = Path(__file__).parents[2]
BAUD = 115_200
WRAP_MS = 1 << 30  # ticks_ms() of MicroPython
BUTTONS = ("READY", "BUSY", "HOLD")
FINGER_S = 0.03  # 20 ms without bounce make a press
LONG_S = 0.9
CUT_WITHIN = 400  # operations of bus, flash or port
LIVED_S = 31.0  # a third start in a row that does not live 30 s makes the next one a safe start


def tree() -> Path:
    """The firmware of the virtual board, up to date."""
    subprocess.run([sys.executable, ROOT / "boards" / "build.py", "virtual"], check=True)
    return ROOT / "build" / "virtual"


class Desk:
    """One unit with power, its cable plugged in or not, its witness."""

    def __init__(self, built: Path, uid: str, *, wraps: bool) -> None:
        # each boot begins 5 s before the ticks wrap, or at 0
        ticks_ms = WRAP_MS - 5_000 if wraps else 0
        self.unit = VirtualUnit(
            built, uid, time="real", truth=True, start_ticks_ms=ticks_ms, baud=BAUD
        )
        self.witness = Witness(uid)
        self.unit.on_truth = self.witness.take
        self.address = ""
        self._power = threading.Lock()
        self._started_s = 0.0
        self._short = 0  # starts in a row that were cut short

    def plug(self) -> str:
        """A new pseudo-terminal, whose path is the port."""
        self.address = serve_pty(self.unit)
        return self.address

    def unplug(self) -> None:
        unplug(self.unit)

    def power_on(self) -> None:
        self._started_s = time.monotonic()
        self.unit.power_on()

    @property
    def would_be_safe(self) -> bool:
        """True when a power cut now makes the next start a safe one, which takes no presses."""
        return self._short >= 2 and time.monotonic() - self._started_s < LIVED_S

    def power_cut(self, after_operations: int | None = None) -> None:
        """Off, at once or between two operations soon, and on again."""
        with self._power:
            lived = time.monotonic() - self._started_s >= LIVED_S
            self._short = 0 if lived else self._short + 1
            self.unit.cut_power(after_operations)
            end_s = time.monotonic() + 2
            while self.unit.figures()["state"] != "off":
                if time.monotonic() > end_s:
                    self.unit.cut_power()
                time.sleep(0.005)
            self.power_on()

    def cut_by(self, chance: random.Random) -> bool:
        """Perhaps a power cut; seldom one that leads to safe mode. True when there was one."""
        if chance.random() > (0.02 if self.would_be_safe else 0.4):
            return False
        self.power_cut(chance.choice([None, chance.randrange(CUT_WITHIN)]))
        return True

    def close(self) -> None:
        self.unit.close()


class Desks:
    """Some desks: made, switched on, plugged in; closed at the end of the block."""

    def __init__(self, count: int, family: str, *, wraps: Callable[[int], bool] | None = None):
        built = tree()
        self.desks: list[Desk] = []
        try:
            for number in range(count):
                uid = f"76{family}{number:04}"
                self.desks.append(Desk(built, uid, wraps=bool(wraps and wraps(number))))
            for desk in self.desks:
                desk.plug()
                desk.power_on()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Desks":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Desk]:
        return iter(self.desks)

    @property
    def addresses(self) -> list[str]:
        return [desk.address for desk in self.desks]

    @property
    def witnesses(self) -> list[Witness]:
        return [desk.witness for desk in self.desks]

    def close(self) -> None:
        for desk in self.desks:
            desk.close()


@dataclass(frozen=True)
class Pace:
    """How hands press: the pause between two beats, and the chance of a desk to be pressed at one."""

    pause_s: tuple[float, float]
    eager: float


TAPPING = Pace((0.02, 0.1), 0.7)
STORM = Pace((0.0, 0.06), 0.9)


class Hands:
    """Press the buttons of all desks at random, in a thread, until the end of the block."""

    def __init__(self, desks: Desks, seed: int, pace: Pace) -> None:
        self._desks = list(desks)
        self._chance = random.Random(seed)
        self._pace = pace
        self._stop = threading.Event()
        self._held: dict[Desk, tuple[str, float]] = {}  # long presses: button, until
        self._thread = threading.Thread(target=self._run, name="hands", daemon=True)

    def __enter__(self) -> "Hands":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._chance.uniform(*self._pace.pause_s)):
            self._let_go()
            tapped = [one for one in self._desks if self._is_pressed(one)]
            pairs = [(one.unit, self._chance.choice(BUTTONS)) for one in tapped]
            for unit, button in pairs:
                unit.press(button)
            self._stop.wait(FINGER_S)
            for unit, button in pairs:
                unit.release(button)
        for desk, (button, _) in self._held.items():
            desk.unit.release(button)

    def _is_pressed(self, desk: Desk) -> bool:
        """True for a tap now; now and then a long press begins instead."""
        if desk in self._held or self._chance.random() > self._pace.eager:
            return False
        if self._chance.random() > 0.05:
            return True
        button = self._chance.choice(BUTTONS)
        self._held[desk] = (button, time.monotonic() + LONG_S)
        desk.unit.press(button)
        return False

    def _let_go(self) -> None:
        for desk, (button, until_s) in list(self._held.items()):
            if time.monotonic() >= until_s:
                desk.unit.release(button)
                del self._held[desk]
