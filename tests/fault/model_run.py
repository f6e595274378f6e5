"""One run of the model: a unit, a host, the wires between them, and what befalls them, in virtual time.

First a time of faults, then one of peace, in which all that is held must be acknowledged. Then the oracle
judges the database.
"""

import itertools
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from model_host import ZERO_UTC_MS, Host, Killed
from model_plan import planned
from model_unit import UID, PowerCut, Restarted, Unit
from oracle import Kept, Truth, judge, kept
from wires import Noise, Wire

FOREVER = float("inf")
PEACE_MS = 90_000  # 30 s until a port is opened again, 12 s until a session ends, time-outs
DRAIN_MS = 25  # an event, with 16 of them on their way

Makes = Callable[[Path, random.Random, Wire], Host]


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
