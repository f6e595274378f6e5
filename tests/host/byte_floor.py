"""Units of bytes at one recorder over a real store, in virtual time."""

from byte_unit import BOOT, UID, ByteUnit, frame, hello
from deskunit.logger.recorder import Recorder
from deskunit.settings import Settings
from deskunit.store import Changes, Store


class Floor:
    """Units of bytes at one recorder; `wait` lets all of them live."""

    def __init__(self, store: Store, settings: Settings | None = None, **values: object) -> None:
        self.store = store
        self.changes: list[Changes] = []
        self.recorder = Recorder(
            store,
            settings or Settings(zone="UTC"),
            on_changes=self.changes.append,
            **values,  # type: ignore[arg-type]
        )
        self.units: list[ByteUnit] = []

    def plug(self, uid: str = UID, boot: str = BOOT) -> ByteUnit:
        unit = ByteUnit(uid=uid)
        unit.now_ms = max([one.now_ms for one in self.units], default=unit.now_ms)
        self.units.append(unit)
        unit.say(hello(boot, unit.unit_ms, uid=uid))
        self.wait(600)
        return unit

    def wait(self, ms: int, step_ms: int = 200) -> None:
        for _ in range(0, ms, step_ms):
            for unit in self.units:
                unit.wait(step_ms)
                effects, unit.effects = unit.effects, []
                self.recorder.apply([(unit.session, one) for one in effects], unit.utc_ms)
                unit.pump()
            self.recorder.tick(self.units[0].utc_ms, self.units[0].now_ms)

    def states(self) -> list[tuple[str, str]]:
        return [(one.uid, one.state) for one in self.store.intervals(unconfirmed=True)]


def st(seq: int, to: str, boot: str = BOOT, **more: object) -> bytes:
    flags = 1 if seq == 1 else 0
    return frame("E", flags, boot, seq, 1_000 * seq, "st", {"to": to, "by": "btn", **more})


def told(unit: ByteUnit, name: str) -> list[object]:
    return [one[3] for one in unit.frames("N") if one[2] == name]
