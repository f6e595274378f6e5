"""A store with a morning of two units on paper, for tests of corrections; the zone is Shanghai."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callback_paper import SHANGHAI, at
from deskunit.agents import Agent
from deskunit.corrections.desk import CorrectionDesk
from deskunit.corrections.orders import Order
from deskunit.corrections.rows import Row
from deskunit.intervals import Interval
from deskunit.store import Store, open_store
from paper_unit import event

UID, OTHER = "a4cf12b3d0e8", "b4cf12b3d0e8"
BOOT = "1-9f767c45"
MORNING = at("2026-05-08 09:00")
AGENTS = [Agent("1001", "李晓", "A"), Agent("1002", "Wang", "B"), Agent("1003", "周周", "A")]
# What 1001 did at seat 07: UTC ms after 9:00, state, other fields of the event.
SEAT_07 = (
    (0, "not_ready", {"rc": 90}),
    (300_250, "ready", {}),  # 9:05:00.250
    (600_000, "talking", {"call": 1}),
    (780_000, "hold", {"call": 1, "hold": 1}),
    (840_000, "talking", {"call": 1}),
    (900_000, "ready", {}),  # 9:15
    (1_200_000, "not_ready", {"rc": 0}),  # 9:20
    (1_800_000, "ready", {}),  # 9:30
    (3_600_400, "signed_out", {}),  # 10:00:00.400
)


class Morning:
    """`store`, `desk` over it, and a clock that stands at 10:30 until it is set."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = at("2026-05-08 10:30")
        self.desk = CorrectionDesk(store, SHANGHAI, lambda: self.now)
        self._seq = dict.fromkeys((UID, OTHER), 0)

    def tell(self, uid: str, agent: str, *words: tuple[int, str, dict[str, Any]]) -> None:
        """The unit's next states: (ms after 9:00, state, other fields)."""
        told = []
        for ms, state, others in words:
            self._seq[uid] += 1
            who = {} if state == "signed_out" else {"ag": agent}
            body = {"to": state, "by": "btn", **who, **others}
            told.append(event(uid, BOOT, self._seq[uid], ms + 60_000, "st", body))
        self.store.commit(told, self.now)

    def say(self, start: str, end: str | None = None, /, uid: str = UID, **said: Any) -> Row:
        """A correction from "09:20:00" to the other time of that day."""
        last = None if end is None else at(f"2026-05-08 {end}")
        first = at(f"2026-05-08 {start}")
        return self.desk.write(Order("supervisor", "forgot", None, uid, first, last, **said))

    def rows(self, uid: str = UID) -> list[Interval]:
        return list(self.store.intervals(unit=uid))


def fill(morning: Morning) -> Morning:
    store = morning.store
    store.set_agents(AGENTS)
    for uid, seat in ((UID, "07"), (OTHER, "08")):
        store.remember_unit(uid, virtual=True, now_utc_ms=MORNING)
        store.name_unit(uid, seat)
        store.begin_boot(uid, BOOT, fw="1.0", reset_cause="PWRON", now_utc_ms=MORNING,
                         offset_ms=MORNING - 60_000, error_ms=3)  # fmt: skip
    morning.tell(UID, "1001", *SEAT_07)
    return morning


@contextmanager
def open_morning(folder: Path) -> Iterator[Morning]:
    with open_store(folder, write=True) as store:
        yield fill(Morning(store))
