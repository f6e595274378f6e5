"""What the journal costs and how fast it empties: flash writes per 1 000 events, drain after an outage.

The events are made in virtual time, with the scenarios' small host or none. The drain is in real time: the
real logger, a store on disk, and a serial port paced to 115 200 baud.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))

from deskunit.fleet import build_tree, plug  # noqa: E402
from deskunit.logger import Logger  # noqa: E402
from deskunit.settings import Settings  # noqa: E402
from deskunit.virtual import VirtualUnit  # noqa: E402
from play import UID, Play  # noqa: E402

ROUND = (
    "tap BUSY",
    "tap HOLD",
    "tap HOLD",
    "tap READY",
    "tap READY",
)  # a state each, back to ready
COUNTED_EVENTS = 1_000
OUTAGE_EVENTS = 2_000
BAUD = 115_200
PATIENCE_S = 120.0


def flash_writes() -> dict[str, object]:
    """Flushes, renames and removes of 1 000 changes of state, by the first part of the file's name."""
    found: dict[str, object] = {}
    for what in ("present", "absent"):
        with VirtualUnit(build_tree(), UID, time="virtual", seed=1) as unit:
            player = signed_in(unit)
            player._line(f"host {'on' if what == 'present' else 'off'}")
            player._pass(20_000)  # whatever is under way is written
            before = unit.figures()["flash"]
            work(player, COUNTED_EVENTS)
            player._pass(2_000)
            after = unit.figures()["flash"]
        found[f"flash_writes_per_1000_events_host_{what}"] = {
            name: {key: after[name][key] - before.get(name, {}).get(key, 0) for key in after[name]}
            for name in sorted(after)
        }
    return found


def signed_in(unit: VirtualUnit) -> Play:
    """A unit that is ready, with a host."""
    unit.power_on()
    player = Play(unit)
    player._given("ready")
    return player


def work(player: Play, events: int) -> None:
    for number in range(events):
        player._line(ROUND[number % len(ROUND)])


def drain() -> dict[str, object]:
    """Events a second that the logger stores after an outage of 2 000 events."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        flash = data / "flash"
        with VirtualUnit(build_tree(), UID, time="virtual", seed=1, flash=flash) as unit:
            player = signed_in(unit)
            player._line("host off")
            work(player, OUTAGE_EVENTS)
            player._pass(2_000)
        with VirtualUnit(build_tree(), UID, time="real", flash=flash, baud=BAUD) as unit:
            return {"drain_of_2000_events_per_s": round(drained(unit, data / "data"))}


def drained(unit: VirtualUnit, data: Path) -> float:
    """Events a second from the first commit to the last."""
    data.mkdir()
    logger = Logger(data, Settings(), ports=[plug(unit)], virtual_seats={UID: "07"})
    logger.start()
    try:
        unit.power_on()
        count = counter(logger)
        first = until(lambda: count() > 0)
        begun = count()
        last = until(lambda: count() >= OUTAGE_EVENTS)
        return (OUTAGE_EVENTS - begun) / (last - first)
    finally:
        logger.stop()


def counter(logger: Logger) -> Callable[[], int]:
    return lambda: sum(1 for _ in logger.store.events(uid=UID))


def until(condition: Callable[[], bool]) -> float:
    """When `condition` began to hold, on the monotonic clock."""
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end_s:
            raise SystemExit(f"the journal was not drained within {PATIENCE_S:.0f} s")
        time.sleep(0.05)
    return time.monotonic()
