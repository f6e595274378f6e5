"""A store with two agents and a unit on paper, for tests of callbacks: UTC ms, the zone Shanghai."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskunit.agents import Agent
from deskunit.calendar import Calendar
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.due import Rules
from deskunit.events import Event
from deskunit.store import Commit, Store, open_store
from paper_unit import event

UID = "a4cf12b3d0e8"
BOOT = "41-9f3c77e1"
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR_MS = 3_600_000


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    """UTC ms of a local time, "2026-05-08 16:00"."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


START = at("2026-05-08 09:00")


def rules(**changes: Any) -> Rules:
    return Rules(**{"calendar": Calendar(), "zone": SHANGHAI, "closing_time": time(18), **changes})


class Desk:
    """`store`, `desk` over it, and a clock that stands until it is set."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START
        self.desk = CallbackDesk(store, rules(), lambda: self.now)
        self._seq = 0

    def tell(self, *words: tuple[int, str, dict[str, Any]]) -> Commit:
        """The unit's next events: (UTC ms, kind, body)."""
        events: list[Event] = []
        for utc_ms, kind, body in words:
            self._seq += 1
            events.append(event(UID, BOOT, self._seq, utc_ms - START + HOUR_MS, kind, body))
        return self.store.commit(events, self.now)

    def add(self, kind: str = "fault", by: str = "1001", **values: Any) -> int:
        return self.desk.write("add", None, by, kind=kind, **values).number


@contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    with open_store(folder, write=True) as store:
        store.set_agents([Agent("1001", "李晓", "A"), Agent("1002", "Wang", "B")])
        store.remember_unit(UID, virtual=True, now_utc_ms=START)
        store.begin_boot(
            UID,
            BOOT,
            fw="1.0",
            reset_cause="PWRON",
            now_utc_ms=START,
            offset_ms=START - HOUR_MS,
            error_ms=3,
        )
        yield Desk(store)
