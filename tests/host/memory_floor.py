"""A floor in memory, sibling of deskunit.floor: a small desk whose screen and log need no unit.

It keeps the contract of deskunit.web.floor and the main road of the table of states, nothing more.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskunit.errors import DeskunitError
from deskunit.health import Health
from deskunit.web.floor import Alarm, Change, Interval, Screen, Today, Unit, Unsubscribe
from deskunit.web.promises import AgentName, Callback, Summary

LONG_S = 0.8
DAY_MS = 86_400_000
TAP = {
    ("not_ready", "READY"): "ready",
    ("ready", "BUSY"): "talking",
    ("not_ready", "BUSY"): "talking",
    ("talking", "READY"): "wrap_up",
    ("talking", "HOLD"): "hold",
    ("hold", "HOLD"): "talking",
    ("wrap_up", "READY"): "ready",
}
LONG = {
    ("signed_out", "READY"): "not_ready",
    ("not_ready", "READY"): "signed_out",
    ("ready", "BUSY"): "not_ready",
    ("talking", "READY"): "ready",
    ("hold", "READY"): "wrap_up",
}


@dataclass(frozen=True)
class MemoryScreen:
    pixels: bytes = bytes(1024)
    inverted: bool = False
    on: bool = True


@dataclass
class Desk:
    """One unit of the floor and what it holds."""

    unit: Unit
    screen: MemoryScreen | None
    rows: list[Interval] = field(default_factory=list)
    down_since: dict[str, float] = field(default_factory=dict)


def now_utc_ms() -> int:
    return time.time_ns() // 1_000_000


class MemoryFloor:
    """`pressed` tells every change of level in the order in which it came."""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.pressed: list[tuple[str, str, bool]] = []
        self.alarming: list[Alarm] = []
        self.figures = Health(True, [], [], [])
        self._listeners: list[Callable[[Change, Mapping[str, Any]], None]] = []
        self._watchers: list[tuple[str, Callable[[Screen], None]]] = []

    def add(self, uid: str, kind: str = "virtual", **changes: Any) -> Desk:
        unit: dict[str, Any] = {
            "uid": uid,
            "seat": f"{len(self.desks) + 1:02}",
            "kind": kind,
            "port": "virtual" if kind == "virtual" else "/dev/ttyUSB0",
            "confirmed": True,
            "connected": True,
            "powered": True,
            "language": "zh",
            "firmware": "0.1.0",
            "pack": "zh 1.0",
            "state": "signed_out",
            "reason_code": None,
            "reason": None,
            "agent_id": "",
            "agent_name": "",
            "call_no": None,
            "hold_no": None,
            "caller": "",
            "since_utc_ms": None,
        }
        screen = MemoryScreen() if kind == "virtual" else None
        desk = Desk(Unit(**{**unit, **changes}), screen)  # type: ignore[typeddict-item]
        self.desks[uid] = desk
        return desk

    def enter(self, uid: str, state: str, at_utc_ms: int | None = None, **fields: Any) -> None:
        """The unit's state is now `state`: close the open row, open one, tell everybody."""
        desk = self._desk(uid)
        at = now_utc_ms() if at_utc_ms is None else at_utc_ms
        if desk.rows:
            self._close(desk.rows[0], at)
        who = ("", "") if state == "signed_out" else ("1001", "林晓")
        about = {"reason_code": None, "reason": None, "call_no": None, "hold_no": None, **fields}
        desk.unit.update(  # type: ignore[typeddict-item]
            {"state": state, "agent_id": who[0], "agent_name": who[1], "since_utc_ms": at, **about}
        )
        row = self._row(desk, at)
        desk.rows.insert(0, row)
        self._tell("interval", row)
        self._tell("unit", desk.unit)

    def _row(self, desk: Desk, at_utc_ms: int) -> Interval:
        unit = desk.unit
        return Interval(
            row_id=f"{unit['uid']}-1-00c0ffee-{len(desk.rows) + 1}",
            uid=unit["uid"],
            seat=unit["seat"],
            state=unit["state"],
            reason_code=unit["reason_code"],
            reason=unit["reason"],
            agent_id=unit["agent_id"],
            agent_name=unit["agent_name"],
            start_utc_ms=at_utc_ms,
            start_local=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at_utc_ms / 1000)),
            end_utc_ms=None,
            duration_s=None,
            cause="button",
            call_no=unit["call_no"],
            hold_no=unit["hold_no"],
            end_inferred=False,
        )

    def _close(self, row: Interval, at_utc_ms: int) -> None:
        row["end_utc_ms"] = at_utc_ms
        row["duration_s"] = (at_utc_ms - row["start_utc_ms"]) / 1000
        self._tell("interval", row)

    def alarm(self, *alarms: Alarm) -> None:
        """These are on now, and no others."""
        self.alarming = list(alarms)
        self._tell("alarms", {"alarms": self.alarms()})

    def show(self, uid: str, screen: MemoryScreen) -> None:
        self._desk(uid).screen = screen
        for watched, callback in list(self._watchers):
            if watched == uid:
                callback(screen)

    def _desk(self, uid: str) -> Desk:
        if uid not in self.desks:
            raise DeskunitError("unknown_unit", uid=uid)
        return self.desks[uid]

    def _tell(self, change: Change, body: Mapping[str, Any]) -> None:
        for callback in list(self._listeners):
            callback(change, dict(body))

    # --- the contract

    def units(self) -> list[Unit]:
        return [desk.unit.copy() for desk in self.desks.values()]

    def intervals(self, limit: int, uid: str | None = None) -> list[Interval]:
        desks = self.desks.values() if uid is None else [self._desk(uid)]
        rows = [row.copy() for desk in desks for row in desk.rows]
        return sorted(rows, key=lambda row: row["start_utc_ms"], reverse=True)[:limit]

    def today(self, uid: str) -> Today:
        start = int(time.mktime((*time.localtime()[:3], 0, 0, 0, 0, 0, -1))) * 1000
        totals: dict[str, float] = {}
        for row in self._desk(uid).rows:
            if row["duration_s"] is not None:
                totals[row["state"]] = totals.get(row["state"], 0.0) + row["duration_s"]
        return Today(
            date=time.strftime("%Y-%m-%d"),
            tz="Asia/Shanghai",
            start_utc_ms=start,
            end_utc_ms=start + DAY_MS,
            totals_s=totals,
        )

    def alarms(self) -> list[Alarm]:
        return [one.copy() for one in self.alarming]

    def health(self) -> Health:
        return self.figures

    def subscribe(self, callback: Callable[[Change, Mapping[str, Any]], None]) -> Unsubscribe:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def press(self, uid: str, button: str, down: bool) -> None:
        desk = self._desk(uid)
        if desk.unit["kind"] != "virtual":
            raise DeskunitError("not_virtual", uid=uid)
        self.pressed.append((uid, button, down))
        if down:
            desk.down_since[button] = time.monotonic()
            return
        held_s = time.monotonic() - desk.down_since.pop(button, time.monotonic())
        table = LONG if held_s >= LONG_S else TAP
        state = table.get((desk.unit["state"], button))
        if state is not None and desk.unit["powered"]:
            self.enter(uid, state, **_about(state, desk.unit))

    def screen(self, uid: str) -> MemoryScreen | None:
        return self._desk(uid).screen

    def subscribe_screen(self, uid: str, callback: Callable[[Screen], None]) -> Unsubscribe:
        watcher = (uid, callback)
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def set_unit_language(self, uid: str, language: str) -> None:
        self._desk(uid).unit["language"] = language  # type: ignore[typeddict-item]
        self._tell("unit", self._desk(uid).unit)

    def set_caller(self, uid: str, text: str) -> None:
        unit = self._desk(uid).unit
        if unit["state"] not in ("talking", "hold"):
            raise DeskunitError("no_call")
        unit["caller"] = text
        self._tell("unit", unit)

    def cut_power(self, uid: str) -> None:
        self._desk(uid).unit["powered"] = False
        self.show(uid, MemoryScreen(on=False))
        self._tell("unit", self._desk(uid).unit)

    def power_on(self, uid: str) -> None:
        self._desk(uid).unit["powered"] = True
        self.show(uid, MemoryScreen())
        self._tell("unit", self._desk(uid).unit)

    # no agent of this floor has promised anything

    def agents(self) -> list[AgentName]:
        return []

    def callback_zone(self) -> str:
        return "Asia/Shanghai"

    def callbacks(self, asked: Mapping[str, str], limit: int) -> list[Callback]:
        return []

    def callback(self, number: int) -> Callback:
        raise DeskunitError("callback_unknown", number=number)

    def callback_repeats(self, number: int) -> list[Callback]:
        return []

    def callback_summary(self, uid: str) -> Summary:
        return Summary(agent_id="", open=0, overdue=0, number=0, kind="", due_utc_ms=0)

    def callback_write(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None,
        values: Mapping[str, Any],
    ) -> Callback:
        raise DeskunitError("unknown_agent", agent=by)

    def confirm(self, uid: str) -> None:
        self._desk(uid).unit["confirmed"] = True
        self._tell("unit", self._desk(uid).unit)

    def csv(self, query: Mapping[str, str]) -> Iterator[bytes]:
        yield "\ufeffrow_id,state\r\n".encode()
        for row in self.intervals(10_000, query.get("uid")):
            yield f"{row['row_id']},{row['state']}\r\n".encode()


def _about(state: str, unit: Unit) -> dict[str, Any]:
    if state == "not_ready":
        return {"reason_code": 1, "reason": "break"}
    if state == "hold":
        return {"call_no": unit["call_no"], "hold_no": (unit["hold_no"] or 0) + 1}
    if state == "talking":
        return {"call_no": unit["call_no"] or 1, "hold_no": None}
    return {"call_no": unit["call_no"]} if state == "wrap_up" else {}
