"""Layer "model": both ends whole, in one process and virtual time, while everything between them fails.

A run has a time of faults and then one of peace, in which all that is held must be acknowledged. The
oracle judges the database. A run is repeated by its seed: the layer's and the run's number.
"""

import itertools
import logging
import random
import shutil
import sqlite3
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from deskunit.store import open_store
from model_host import ZERO_UTC_MS, Host, Killed
from model_unit import UID, PowerCut, Restarted, Unit
from oracle import Kept, Truth, judge, kept
from report import Report
from wires import Noise, Wire

RUNS = 3_000
FLIPS = (0, 80, 800, 8_000)  # a MB
TIMES = True
FOREVER = float("inf")
PEACE_MS = 90_000  # 30 s until a port is opened again, 12 s until a session ends, time-outs
DRAIN_MS = 25  # an event, with 16 of them on their way
MEMORY = Path("/dev/shm")

COUNTS = (
    *("stored", "gaps_full", "gaps_ring", "gaps_damaged"),
    *("host_kills", "power_cuts", "resets", "cable_pulls", "stalls", "requests"),
)

Makes = Callable[[Path, random.Random, Wire], Host]


@dataclass
class Plan:
    """What befalls one run; all of it from the seed."""

    events: int
    span_ms: int
    noise: Noise
    kills: int
    cuts: int
    resets: int
    pulls: int
    stalls: int
    flash_faults: int
    full_disks: int
    requests: int
    absent_ms: int  # how long no host is there at first
    keeps: bool
    ring: int
    journal_bytes: int | None


def planned(chance: random.Random, number: int) -> Plan:
    flips = FLIPS[number % len(FLIPS)]
    rates = [flips * chance.choice((0, 0.2, 1)) for _ in range(4)]
    noise = Noise(flips, rates[0], rates[1], rates[2], rates[3] / 4)
    fills = number % 16 == 5  # more than the journal may hold
    return Plan(
        events=1_200 if fills else chance.randint(20, 120),
        span_ms=60_000 if fills else chance.choice((3_000, 10_000, 30_000, 60_000)),
        noise=noise,
        kills=chance.choice((0, 1, 3, 6)),
        cuts=chance.choice((0, 0, 1, 3, 6)),
        resets=chance.choice((0, 0, 1, 3)),
        pulls=chance.choice((0, 0, 1, 3)),
        stalls=chance.choice((0, 0, 1, 3)),
        flash_faults=chance.choice((0, 0, 0, 1, 3)),
        full_disks=chance.choice((0, 0, 0, 1)),
        requests=chance.choice((0, 0, 1, 3)),
        absent_ms=50_000 if fills else chance.choice((0, 0, 0, 12_000)),
        keeps=chance.random() < 0.5,
        ring=chance.choice((256, 256, 256, 24)),
        journal_bytes=40_000 if fills else None,
    )


@dataclass(order=True)
class Happening:
    at_ms: int
    order: int
    do: Callable[[], None] = field(compare=False)


class Run:
    """One run. `make_host` gives the host's end, right or wrong."""

    def __init__(self, seed: str, number: int, folder: Path, make_host: Makes = Host) -> None:
        self.chance = random.Random(seed)
        self.plan = planned(self.chance, number)
        self.now_ms = 1_000
        self.up = Wire(self.chance, self.plan.noise)
        self.down = Wire(self.chance, self.plan.noise)
        self.unit = Unit(self.chance, self.up, keeps=self.plan.keeps)
        self.unit.max_events, self.unit.max_bytes = self.plan.ring, self.plan.journal_bytes
        self.host = make_host(folder, self.chance, self.down)
        self.folder = folder
        self.counts: dict[str, int] = {}
        self.arrived = b""  # at the host's port, not read
        self.stalled = False
        self._order = itertools.count()
        self._due: list[Happening] = []

    # -- the story

    def play(self) -> list[str]:
        """What broke the promise, in sentences."""
        self._arrange()
        self._power_on("PWRON")
        self._at(self.plan.absent_ms, self._host_up)
        self._until(self.now_ms + self.plan.span_ms, lambda: False)
        self._make_peace()
        owed = len(self.unit.made)
        limit_ms = PEACE_MS + DRAIN_MS * owed
        began_ms = self.now_ms
        self._until(began_ms + limit_ms, lambda: self.unit.drained and not self.host.queue)
        self.counts["peace_ms"] = self.now_ms - began_ms
        late = (
            [] if self.unit.drained else [f"not acknowledged after {limit_ms} ms: {self._held()}"]
        )
        self.host.die()
        return [*late, *self.unit.wrong, *self._judged()]

    def _held(self) -> object:
        recorder = self.unit.recorder
        return recorder.journal.held() if recorder else "the unit is off"

    def _judged(self) -> list[str]:
        unit = self.unit
        # no reason is an excuse for an event that was safe and that the unit did not itself give up
        gone = unit.overrun | unit.given_up
        truth = Truth(UID, unit.made, unit.ticked, may_go=frozenset(), overrun=gone)
        if TIMES:
            truth.utc_ms = self._true_utc_ms
        file = self.folder / "deskunit.db"
        with closing(sqlite3.connect(file)) as connection:
            one = kept(connection).get(UID, Kept())
        self.counts["stored"] = len(one.events)
        for _, first, last, why in one.gaps:
            self._count(f"gaps_{why}", last - first + 1)
        return judge(file, [truth])

    def _true_utc_ms(self, boot: str, ms: int) -> float:
        return ZERO_UTC_MS + self.unit.zero_ms[boot] + ms / self.unit.rate

    # -- what happens when

    def _arrange(self) -> None:
        plan, chance = self.plan, self.chance
        bursts = chance.random() < 0.5
        at_ms = 0.0
        for _ in range(plan.events):
            self._at(int(at_ms), self._press)
            mean_ms = plan.span_ms / plan.events
            at_ms += chance.expovariate(1 / mean_ms) * (chance.choice((0.01, 2)) if bursts else 1)
        self._scatter(plan.kills, self._kill_soon)
        self._scatter(plan.cuts, self._cut_soon)
        self._scatter(plan.resets, self._reset)
        self._scatter(plan.pulls, self._pull)
        self._scatter(plan.stalls, self._stall)
        self._scatter(plan.flash_faults, self._flash_fails)
        self._scatter(plan.full_disks, self._disk_fills)
        self._scatter(plan.requests, self._request)

    def _scatter(self, count: int, do: Callable[[], None]) -> None:
        for _ in range(count):
            self._at(self.chance.randrange(self.plan.span_ms), do)

    def _at(self, in_ms: int, do: Callable[[], None]) -> None:
        self._due.append(Happening(self.now_ms + in_ms, next(self._order), do))
        self._due.sort()

    def _count(self, name: str, by: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by

    def _press(self) -> None:
        if self.unit.on:
            self._guarded(lambda: self.unit.press(self.now_ms))

    # -- faults

    def _kill_soon(self) -> None:
        self.host.die_in = self.chance.randrange(60)

    def _cut_soon(self) -> None:
        """Now, or at one of the next operations on flash."""
        if self.chance.random() < 0.5:
            self.unit.storage.cut_in = self.chance.randrange(8)
        elif self.unit.on:
            self._power_gone(reset=False)

    def _reset(self) -> None:
        if self.unit.on:
            self._count("resets")
            self._power_gone(reset=True)

    def _pull(self) -> None:
        self._count("cable_pulls")
        self.host.plugged = self.unit.plugged = False
        self.up.cut()
        self.down.cut()
        self.arrived = b""
        if self.host.alive:
            self.host.lose_port(self.now_ms)
        if self.chance.random() < 0.3:
            self._power_gone(reset=False)  # powered by that cable
        self._at(self.chance.choice((50, 2_000, 20_000)), self._plug)

    def _plug(self) -> None:
        self.host.plugged = self.unit.plugged = True
        if self.host.alive:
            self.host.wake_ms = self.now_ms

    def _stall(self) -> None:
        """The host reads nothing; the unit's port takes a few bytes or none."""
        self._count("stalls")
        self.stalled = True
        self.unit.room = self.chance.choice((0, 0, 1, 7))
        self._at(self.chance.choice((30, 700, 5_000)), self._flow)

    def _flow(self) -> None:
        self.stalled = False
        self.unit.room = 64

    def _flash_fails(self) -> None:
        self._count("flash_faults")
        self.unit.storage.errors = self.chance.choice((0.3, 2.0))
        self._at(self.chance.choice((500, 5_000, 20_000)), self._flash_mends)

    def _flash_mends(self) -> None:
        self.unit.storage.errors = 0.0

    def _disk_fills(self) -> None:
        self._count("full_disks")
        self.host.store_errors = self.chance.choice((0.3, 1.0))
        self._at(self.chance.choice((500, 5_000)), self._disk_has_room)

    def _disk_has_room(self) -> None:
        self.host.store_errors = 0.0

    def _request(self) -> None:
        if self.host.alive and self.host.end.session:
            self._count("requests")
            self.host.end.session.request(self.chance.choice(("flush", "reset", "safe", "repl")))

    def _make_peace(self) -> None:
        self._due.clear()
        self.up.set(Noise())
        self.down.set(Noise())
        self._flow()
        self._flash_mends()
        self._disk_has_room()
        self._plug()
        self.host.die_in = self.unit.storage.cut_in = None
        if not self.unit.on:
            self._power_on("PWRON")
        if not self.host.alive:
            self._host_up()

    # -- power and process

    def _power_on(self, cause: str) -> None:
        if not self.unit.on:
            self._guarded(lambda: self.unit.power_on(self.now_ms, cause))

    def _power_gone(self, *, reset: bool) -> None:
        self.unit.power_off(reset=reset)
        if reset:
            self._at(self.chance.randint(300, 600), lambda: self._power_on("WDT"))
        else:
            self._count("power_cuts")
            off_ms = self.chance.choice((300, 3_000, 15_000))
            self._at(off_ms, lambda: self._power_on("PWRON"))

    def _guarded(self, act: Callable[[], None]) -> None:
        """A turn of the unit, in which its power may go or it may restart."""
        try:
            act()
        except PowerCut:
            self._power_gone(reset=False)
        except Restarted:
            self._power_gone(reset=True)

    def _host_up(self) -> None:
        if not self.host.alive:
            self.host.start(self.now_ms)

    def _host_down(self) -> None:
        self._count("host_kills")
        self.host.die()
        self.arrived = b""
        self._at(self.chance.choice((50, 1_000, 14_000)), self._host_up)

    # -- virtual time

    def _until(self, end_ms: int, done: Callable[[], bool]) -> None:
        while self.now_ms < end_ms and not done():
            while self._due and self._due[0].at_ms <= self.now_ms:
                self._due.pop(0).do()
            self._deliver()
            if self.unit.on and self.unit.wake_ms <= self.now_ms:
                self._guarded(lambda: self.unit.step(self.now_ms))
            if self.host.alive and (self.arrived or self.host.wake_ms <= self.now_ms):
                self._host_turn()
            self.now_ms = max(self.now_ms + 1, int(min(end_ms, self._next_ms())))

    def _deliver(self) -> None:
        data = self.down.take(self.now_ms)
        if data and self.unit.plugged:
            self.unit.hear(data)
            self.unit.wake_ms = min(self.unit.wake_ms, self.now_ms)
        data = self.up.take(self.now_ms)
        if data and self.host.alive and self.host.plugged:
            self.arrived += data

    def _host_turn(self) -> None:
        data = b""
        if not self.stalled:
            data, self.arrived = self.arrived, b""
        try:
            self.host.step(data, self.now_ms)
        except Killed:
            self._host_down()

    def _next_ms(self) -> float:
        happens_ms = self._due[0].at_ms if self._due else FOREVER
        times = [happens_ms, self.unit.wake_ms, self.host.wake_ms]
        return min(*times, self.up.due_ms() + 1, self.down.due_ms() + 1)


# -- many runs


def run(seed: int, rounds: int = RUNS) -> Report:
    """`rounds` runs on two cores."""
    report = Report("model", seed)
    shares = [range(first, rounds, 8) for first in range(8)]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        for part in pool.map(play, itertools.repeat(seed), shares):
            report.add(part)
    return report


def play(seed: int, numbers: Iterable[int], make_host: Makes = Host) -> Report:
    """The runs with these numbers."""
    report = Report("model", seed)
    where = MEMORY if MEMORY.is_dir() else None
    with quiet(), tempfile.TemporaryDirectory(dir=where) as name:
        fresh = Path(name) / "fresh"
        open_store(fresh, write=True).close()
        for number in numbers:
            folder = Path(name) / "run"
            shutil.copytree(fresh, folder)
            one = Run(f"{seed}/{number}", number, folder, make_host)
            broken = survived(one)
            for sentence in broken:
                report.fail(f"{seed}/{number}", sentence)
            note(report, one)
            lost = sum("called safe" in sentence for sentence in broken)
            report.count("lost", lost)
            report.count("wrong", len(broken) - lost)
            shutil.rmtree(folder)
    return report


def survived(one: Run) -> list[str]:
    """What broke the promise; an error that ends a program is one of the ways."""
    try:
        return one.play()
    except Exception as error:  # noqa: BLE001 - from either end, whatever it is
        one.host.die()
        at = traceback.extract_tb(error.__traceback__)[-1]
        return [f"{error!r} in {Path(at.filename).name}:{at.lineno}"]


@contextmanager
def quiet() -> Iterator[None]:
    """The recorder logs every gap: here there are thousands."""
    log = logging.getLogger("deskunit")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def note(report: Report, one: Run) -> None:
    report.count("runs")
    report.count("events", len(one.unit.made))
    report.count("events_called_safe", sum(one.unit.ticked.values()))
    report.count("events_ram_overran", len(one.unit.overrun))
    report.count("boots", len(one.unit.zero_ms))
    for name in COUNTS:
        report.count(name, one.counts.get(name, 0))
    report.count("flash_errors", one.unit.storage.failed)
    report.count("commits_refused", one.host.failed)
    for wire in (one.up, one.down):
        for name, count in wire.harmed.items():
            report.count(name, count)
    report.most("s_to_drain", one.counts.get("peace_ms", 0) / 1000)
