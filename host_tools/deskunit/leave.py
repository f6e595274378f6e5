"""Leave to be away: granted within the limit, else a place in the queue; pure.

The recorder hands in the committed events and tells each unit its answer. Keyed by the unit: on one
seat sits one agent.
"""

from deskunit.events import Event

GRANTED = 0


class AwayDesk:
    """Who is away with leave and who waits, in the order in which they asked."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._asked: dict[str, tuple[str, int]] = {}  # uid → (boot, seq) of its request, in order

    def take(self, event: Event) -> None:
        """One committed event. A repeated one changes nothing."""
        if event.kind == "leave":
            self._asked.setdefault(event.uid, (event.boot, event.seq))
        elif event.kind == "st" and event.body.get("to") != "not_ready":
            asked = self._asked.get(event.uid)
            # A replay of what was before the request does not end it.
            if asked is not None and (event.boot != asked[0] or event.seq > asked[1]):
                del self._asked[event.uid]

    def answers(self) -> dict[str, int]:
        """uid → 0 granted, n the place in the queue, of everyone who asked and is not back."""
        return {
            uid: GRANTED if place < self._limit else place - self._limit + 1
            for place, uid in enumerate(self._asked)
        }
