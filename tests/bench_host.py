"""Press to commit: a real-time virtual unit, the real logger on its serial end, a store on disk.

The clock starts when the button goes down and stops when the logger tells that the interval is
committed. A tap acts on release, so the finger's 60 ms and the 20 ms of debounce are in the first
figure; the second starts at the release.
"""

import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

from deskunit.fleet import Fleet
from deskunit.logger import IntervalsChanged, Logger, Notice
from deskunit.settings import Settings

FINGER_S = 0.06
PAUSE_S = 0.15
PRESSES = 200
PATIENCE_S = 20.0


class Desk:
    """Presses a button and waits for the commit that follows."""

    def __init__(self, fleet: Fleet, logger: Logger) -> None:
        self._member = next(iter(fleet.members.values()))
        self._logger = logger
        self._committed = threading.Condition()
        self._count = 0
        self._at_s = 0.0
        logger.subscribe(self._hear)

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, IntervalsChanged):
            with self._committed:
                self._at_s = time.perf_counter()
                self._count += 1
                self._committed.notify_all()

    def press(self, button: str, held_s: float = FINGER_S) -> tuple[float, float]:
        """(ms from press, ms from release) to the commit."""
        with self._committed:
            before = self._count
        down_s = time.perf_counter()
        self._member.press(button, True)
        time.sleep(held_s)
        up_s = time.perf_counter()
        self._member.press(button, False)
        with self._committed:
            if not self._committed.wait_for(lambda: self._count > before, PATIENCE_S):
                raise SystemExit(f"no commit within {PATIENCE_S} s of {button}")
        time.sleep(PAUSE_S)
        return 1000 * (self._at_s - down_s), 1000 * (self._at_s - up_s)

    def wait_for_session(self) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not any(link.connected for link in self._logger.links()):
            if time.monotonic() > end_s:
                raise SystemExit("the unit never connected")
            time.sleep(0.05)
        time.sleep(1.0)  # the first probes and the context


def press_to_commit() -> dict[str, object]:
    """p50 and p99 in ms over 200 taps that each change the state."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "agents.csv").write_text("id,name,team,level\n1001,李晓,热线组,solo\n", "utf-8")
        fleet = Fleet(data, 1)
        logger = Logger(data, Settings(), ports=fleet.addresses, virtual_seats=fleet.seats)
        logger.start()
        try:
            fleet.power_on()
            desk = Desk(fleet, logger)
            desk.wait_for_session()
            desk.press("READY", 1.0)  # sign in
            desk.press("READY")  # ready
            # each of these ends a state: talking, hold, talking, wrap-up, ready
            round_trip = ("BUSY", "HOLD", "HOLD", "READY", "READY")
            found = [desk.press(round_trip[i % 5]) for i in range(PRESSES)]
        finally:
            logger.stop()
            fleet.close()
    return {
        "press_to_commit_ms": of([one[0] for one in found]),
        "release_to_commit_ms": of([one[1] for one in found]),
    }


def of(values_ms: list[float]) -> dict[str, float]:
    cuts = quantiles(values_ms, n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)}
