"""How often each scenario was chosen at this desk, so that the menu shows the most used first.

Kept in flash; read when the first menu opens.
"""

from micropython import const

from unit import saves

_MOST = const(999)  # then all counts are halved: what was used long ago fades


class Uses:
    def __init__(self, storage, want):
        self.storage = storage
        self._want = want
        self._counts = None

    def _known(self):
        if self._counts is None:
            kept = saves.load(self.storage, "uses") or {}
            self._counts = kept.get("n", {})
        return self._counts

    def count(self, scenarios):
        """How often all of `scenarios` together were chosen."""
        counts = self._known()
        return sum([counts.get(one, 0) for one in scenarios])

    def add(self, scenario):
        counts = self._known()
        counts[scenario] = counts.get(scenario, 0) + 1
        if counts[scenario] > _MOST:
            for one in counts:
                counts[one] //= 2
        self._want("uses", lambda: {"n": counts})

    def order(self, ids, count):
        """`ids` with the highest `count(id)` first; equal ones as they come."""
        # MicroPython's sort is not stable
        ranked = sorted([(-count(ids[i]), i) for i in range(len(ids))])
        return [ids[i] for _, i in ranked]
