"""What each unit is told of its agent's callbacks, and when that is to be told again. Pure.

The recorder says who is signed in where, whose callbacks changed and what time it is; a function counts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from deskunit.agents import UNLISTED
from deskunit.context import Due

AGAIN_MS = 300_000
NOBODY = ("", UNLISTED)  # has no callbacks that a unit could show


@dataclass(frozen=True, slots=True)
class Counted:
    """An agent's callbacks at a moment; `next_change_utc_ms`: when the next one falls due."""

    due: Due
    next_change_utc_ms: int | None = None


Count = Callable[[str, int], Counted]


@dataclass(frozen=True, slots=True)
class _Told:
    agent_id: str
    counted: Counted
    at_utc_ms: int


class Reminders:
    """uid → what its unit should know. `count(agent_id, now_utc_ms)` reads the store."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._told: dict[str, _Told] = {}

    def find(self, uid: str) -> Due | None:
        """None: nothing was counted for this unit yet."""
        told = self._told.get(uid)
        return told.counted.due if told is not None else None

    def seat(self, agents: Mapping[str, str], uids: Iterable[str], now_utc_ms: int) -> set[str]:
        """Who is signed in where now; which of the units are to be told something else."""
        return {
            uid
            for uid in uids
            if self._agent(uid) != agents.get(uid, "")
            and self._look(uid, agents.get(uid, ""), now_utc_ms)
        }

    def changed(self, agent_ids: Collection[str], now_utc_ms: int) -> set[str]:
        """Callbacks of these agents are not what they were."""
        asked = [(uid, one.agent_id) for uid, one in self._told.items()]
        return {
            uid
            for uid, agent_id in asked
            if agent_id in agent_ids and self._look(uid, agent_id, now_utc_ms)
        }

    def all_changed(self, now_utc_ms: int) -> set[str]:
        """Anybody's may be due at another time: the calendar is another one."""
        return self.changed({one.agent_id for one in self._told.values()}, now_utc_ms)

    def pass_time(self, now_utc_ms: int) -> set[str]:
        """The units at which one has fallen due, or whose countdown is to be told again."""
        found = set()
        for uid, one in list(self._told.items()):
            again = abs(now_utc_ms - one.at_utc_ms) >= AGAIN_MS and one.agent_id not in NOBODY
            change_utc_ms = one.counted.next_change_utc_ms
            if again or (change_utc_ms is not None and now_utc_ms >= change_utc_ms):
                told = one.counted.due.told + again
                if self._look(uid, one.agent_id, now_utc_ms, told):
                    found.add(uid)
        return found

    def _agent(self, uid: str) -> str | None:
        return self._told[uid].agent_id if uid in self._told else None

    def _look(self, uid: str, agent_id: str, now_utc_ms: int, told: int | None = None) -> bool:
        before = self._told.get(uid)
        if told is None:
            told = before.counted.due.told if before is not None else 0
        counted = Counted(Due()) if agent_id in NOBODY else self._count(agent_id, now_utc_ms)
        due = replace(counted.due, told=told)
        differs = before is None or before.counted.due != due
        at_utc_ms = now_utc_ms if before is None or differs else before.at_utc_ms
        self._told[uid] = _Told(agent_id, replace(counted, due=due), at_utc_ms)
        return differs
