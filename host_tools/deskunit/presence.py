"""Who is signed in where; an agent who signed in elsewhere is to be signed out of the first seat. Pure.

The recorder hands in the committed events with their UTC and tells the units.
"""

from dataclasses import dataclass

from deskunit.agents import UNLISTED
from deskunit.events import Event


@dataclass(frozen=True)
class _Seat:
    agent_id: str
    since_utc_ms: int
    event: tuple[str, int]  # boot, seq


class Presence:
    """The agent of each unit and since when."""

    def __init__(self) -> None:
        self._seats: dict[str, _Seat] = {}
        self.last_agent: dict[str, str] = {}

    def seed(self, uid: str, agent_id: str) -> None:
        """What the store knew at the start; any sign-in heard of now is later."""
        self._seats[uid] = _Seat(agent_id, 0, ("", 0))
        self.last_agent[uid] = agent_id

    def take(self, event: Event, at_utc_ms: int) -> None:
        """One committed event."""
        if event.kind not in ("st", "boot"):
            return
        agent_id = str(event.body.get("ag", ""))
        seat = self._seats.get(event.uid)
        if seat is not None and seat.event[0] == event.boot and seat.event[1] >= event.seq:
            return  # a replay of what was before
        if not agent_id:
            if event.kind == "st" or "st" not in event.body:  # a start without a snapshot
                self._seats.pop(event.uid, None)
        elif seat is None or seat.agent_id != agent_id:
            self._seats[event.uid] = _Seat(agent_id, at_utc_ms, (event.boot, event.seq))
            if agent_id != UNLISTED:
                self.last_agent[event.uid] = agent_id

    def agents(self) -> dict[str, str]:
        """uid → who is signed in there."""
        return {uid: seat.agent_id for uid, seat in self._seats.items()}

    def to_sign_out(self) -> dict[str, str]:
        """uid → agent for every seat whose agent has signed in elsewhere since."""
        latest: dict[str, str] = {}
        for uid, seat in sorted(self._seats.items(), key=lambda one: one[1].since_utc_ms):
            latest[seat.agent_id] = uid
        return {
            uid: seat.agent_id
            for uid, seat in self._seats.items()
            if seat.agent_id != UNLISTED and latest[seat.agent_id] != uid
        }
