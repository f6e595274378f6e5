"""A unit with a clock of its own, a host whose clock may be set, and a cable: all of it in virtual time.

Session, recorder and store are the product's. Every event's true UTC (the host's at that instant) is
kept beside it, so that what the store says can be held against it.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

from byte_unit import frame
from deskunit.effects import Alarm, Answered, Noted
from deskunit.events import ecrc
from deskunit.logger.recorder import Recorder
from deskunit.session import Session
from deskunit.settings import Settings
from deskunit.store import Store

UID = "a4cf12b3d0e8"
START_UTC_MS = 1_795_309_200_000
STEP_MS = 500  # of the world between two looks
HEARTBEAT_MS = 20_000
WINDOW = 16


@dataclass(frozen=True)
class Told:
    """An event as the unit made it. `sure`: the host's clock was not set at about that moment."""

    boot: str
    seq: int
    ms: int
    line: str
    true_utc_ms: int


class World:
    """One unit at one host. `ppm`: how fast the unit's clock is; `wander` changes it slowly."""

    def __init__(self, store: Store, seed: int = 0, ppm: float = 0, wander_ppm: float = 0) -> None:
        self.store = store
        self.chance = random.Random(seed)
        self.ppm, self.wander_ppm = ppm, wander_ppm
        self.now_ms = 5_000_000.0  # the host's monotonic clock, which here tells the truth
        self.set_by_ms = 0  # what the host's UTC was moved by
        self.told: list[Told] = []
        self.held: list[Told] = []  # by the unit, not acknowledged
        self.session: Session | None = None
        self.boots = 0
        self.state = "signed_out"
        self.new_recorder()
        self.power_on()

    # --- what a test does ----------------------------------------------------------------------

    def new_recorder(self) -> None:
        """The logger starts anew."""
        self.recorder = Recorder(self.store, Settings(zone="UTC"), virtual_seats={UID: "07"})

    def power_on(self, after_ms: int = 0) -> None:
        self.now_ms += after_ms
        self.boots += 1
        self.boot = f"{self.boots}-{self.chance.getrandbits(32):08x}"
        self.began_ms = self.now_ms - 0.5
        self.unit_true_ms, self.unit_fast_ms = self.now_ms, 0.5
        self.seq, self.sent, self.heartbeat_ms, self.hello_ms = 0, 0, 0, -2_000
        self.in_session = False
        self.state = "signed_out"
        self.now_ms += 300
        self.tell("boot", {"rst": "PWRON", "fw": "1"})

    def plug(self) -> None:
        self.session = Session("pc-test", lambda: "5be0c211")
        self.in_session = False

    def unplug(self) -> None:
        self.session = None
        self.in_session = False

    def set_clock(self, by_ms: int) -> None:
        """Somebody sets the host's clock."""
        self.set_by_ms += by_ms

    def press(self) -> None:
        following = {"signed_out": "not_ready", "not_ready": "ready", "ready": "talking"}
        self.state = following.get(self.state, "ready")
        self.tell("st", {"to": self.state, "by": "btn", "ag": "1001", "rc": 90})

    def live(self, span_ms: int, press_every_ms: int = 60_000) -> None:
        """Let time go by, with a press now and then."""
        end_ms = self.now_ms + span_ms
        press_ms = self.now_ms + self.chance.randint(1, 2 * press_every_ms)
        while self.now_ms < end_ms:
            idle = self.session is None
            self.now_ms += min(press_ms - self.now_ms + 1, end_ms - self.now_ms) if idle else 0
            if self.now_ms >= press_ms:
                self.press()
                press_ms = self.now_ms + self.chance.randint(1, 2 * press_every_ms)
            self._step()

    # --- truth ---------------------------------------------------------------------------------

    @property
    def utc_ms(self) -> int:
        return START_UTC_MS + int(self.now_ms) + self.set_by_ms

    @property
    def unit_ms(self) -> int:
        passed_ms = self.now_ms - self.unit_true_ms
        self.unit_fast_ms += passed_ms * (1 + self.ppm / 1e6)
        self.unit_true_ms = self.now_ms
        if self.wander_ppm:
            change = self.chance.gauss(0, 1) * self.wander_ppm * (passed_ms / 3_600_000) ** 0.5
            self.ppm = max(-100.0, min(100.0, self.ppm + change))
        return int(self.unit_fast_ms)

    @property
    def held_of_older_boots(self) -> bool:
        return any(one.boot != self.boot for one in self.held)

    def wrong(self) -> list[str]:
        """Every event whose stored time is further from the truth than the store says."""
        found = []
        for one in self.told:
            at = self.store.moment(UID, one.boot, one.ms)
            off_ms = at.utc_ms - one.true_utc_ms
            if abs(off_ms) > at.error_ms:
                found.append(f"{one.boot} {one.seq} at {one.ms}: {off_ms} beyond {at}")
        starts = {(one.boot, one.seq): one.true_utc_ms for one in self.told}
        for row in self.store.intervals():
            off_ms = row.start_utc_ms - starts[row.boot, row.seq]
            if row.state != "unknown" and abs(off_ms) > row.time_error_ms:
                found.append(f"{row.row_id}: {off_ms} beyond {row.time_error_ms}")
        return found

    # --- the unit ------------------------------------------------------------------------------

    def tell(self, kind: str, body: dict[str, Any]) -> None:
        self.seq += 1
        ms = self.unit_ms
        payload = ["E", 0, self.boot, self.seq, ms, kind, body]
        line = json.dumps(payload, separators=(",", ":"))
        told = Told(self.boot, self.seq, ms, line, self.utc_ms)
        self.told.append(told)
        self.held.append(told)

    def _step(self) -> None:
        session = self.session
        if session is None:
            self._tick()
            return
        self.now_ms += self.chance.uniform(0.2, 1) * STEP_MS
        if not self.in_session and self.unit_ms - self.hello_ms >= 2_000:
            self.hello_ms = self.unit_ms
            self._to_host(self._hello())
        self._replay()
        if self.in_session and self.unit_ms - self.heartbeat_ms >= HEARTBEAT_MS:
            self.heartbeat_ms = self.unit_ms
            self._to_host(frame("h", self.boot, self.seq, self.unit_ms, {"st": self.state}))
        self._to_host(b"")
        self._tick()

    def _tick(self) -> None:
        self.recorder.tick(self.utc_ms, int(self.now_ms))

    def _replay(self) -> None:
        if self.in_session and self.sent < len(self.held):
            burst = self.held[self.sent : self.sent + WINDOW]
            self.sent += len(burst)
            self._to_host(b"".join(self._event(one) for one in burst))

    def _event(self, told: Told) -> bytes:
        payload = json.loads(told.line)
        payload[1] = int(all(one.boot != told.boot or one.seq >= told.seq for one in self.held))
        return frame(*payload)

    def _hello(self) -> bytes:
        about = {"fw": "1", "rst": "PWRON", "up": self.unit_ms, "hold": [], "win": 16}
        return frame("H", 1, UID, self.boot, about | {"max": 240, "cap": [], "safe": 0})

    def _to_host(self, data: bytes) -> None:
        """Bytes arrive; the host commits, acknowledges, asks; the unit answers, until all is still."""
        session = self.session
        assert session is not None
        effects = session.receive(data, self.utc_ms, int(self.now_ms))
        facts = [one for one in effects if not isinstance(one, Noted | Alarm | Answered)]
        self.recorder.apply([(session, one) for one in facts], self.utc_ms)
        for line in session.outgoing(self.utc_ms, int(self.now_ms)).decode().split("\n")[:-1]:
            self._answer(json.loads(line[1:-9]))

    def _answer(self, asked: list[Any]) -> None:
        self._delay()
        if asked[0] == "A":
            self._acknowledged(*asked[1:])
        elif asked[0] == "S":
            self.in_session, self.sent = True, 0
            self._reply(self._hello())
        elif asked[0] == "T":
            received_ms = self.unit_ms
            self.now_ms += self.chance.uniform(0, 2)
            self._reply(frame("t", asked[1], received_ms, self.unit_ms))
        elif asked[0] in "KNR":
            self._reply(frame("r", asked[1], 1, ""))

    def _acknowledged(self, boot: str, seq: int, crc: str) -> None:
        assert any(ecrc(one.line) == crc for one in self.held if (one.boot, one.seq) == (boot, seq))
        kept = [one for one in self.held if one.boot != boot or one.seq > seq]
        self.sent -= len(self.held) - len(kept)
        self.held = kept

    def _reply(self, data: bytes) -> None:
        self._delay()
        self._to_host(data)

    def _delay(self) -> None:
        """A cable is quick; now and then a scheduler is not."""
        self.now_ms += self.chance.uniform(0.2, 4) + (self.chance.random() < 0.05) * 40
