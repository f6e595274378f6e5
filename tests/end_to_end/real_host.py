"""The product's host in virtual time, in the place of the scenarios' small one."""

from deskunit.agents import Agent
from deskunit.effects import Alarm, AlarmsOver, Answered, Noted, PackEnded, PackMoved
from deskunit.logger.recorder import Recorder
from deskunit.packs import Pack
from deskunit.session import Session
from deskunit.settings import Settings
from deskunit.store import Store
from deskunit.virtual import VirtualUnit

START_UTC_MS = 1_795_395_600_000  # 2026-11-23 01:00 UTC, 09:00 in Shanghai
TICK_MS = 500
NO_FACTS = (Noted, Alarm, AlarmsOver, Answered, PackMoved, PackEnded)


class RealHost:
    """The product's host in the place of the scenarios' small one."""

    def __init__(self, store: Store, unit: VirtualUnit) -> None:
        self.unit = unit
        self.events: dict[tuple[str, int], object] = {}
        self.refused: list[str] = []
        self.pack: Pack | None = None  # what the unit is to get
        self.packs: list[PackMoved | PackEnded] = []
        self.recorder = Recorder(
            store, Settings(zone="Asia/Shanghai"), virtual_seats={unit.uid: "07"}
        )
        self.recorder.set_agents([Agent("1001", "王芳", "一组")])
        self.ticked_ms = -TICK_MS
        self.on = True
        self.lost()

    def lost(self) -> None:
        self.session = Session("pc-shift", lambda: "5be0c211")
        self.boot = "any"

    def ask(self, make: object) -> None:
        """Context comes from the recorder, not from the scenario."""

    @property
    def alive_ms(self) -> int:
        return self.unit.now_ms + self.session.wake_ms(self.unit.now_ms)

    def tick(self, now_ms: int) -> bytes:
        return self.receive(b"")

    def receive(self, data: bytes) -> bytes:
        if not self.on:
            return b""
        now_ms = self.unit.now_ms
        now_utc_ms = START_UTC_MS + now_ms
        self.session.send_pack(self.pack)
        effects = self.session.receive(data, now_utc_ms, now_ms)
        self.packs += [e for e in effects if isinstance(e, (PackMoved, PackEnded))]
        facts = [e for e in effects if not isinstance(e, NO_FACTS)]
        self.recorder.apply([(self.session, effect) for effect in facts], now_utc_ms)
        if now_ms - self.ticked_ms >= TICK_MS:  # as the logger does
            self.ticked_ms = now_ms
            self.recorder.tick(now_utc_ms, now_ms)
        return self.session.outgoing(now_utc_ms, now_ms)
