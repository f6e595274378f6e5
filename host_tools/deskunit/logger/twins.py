"""Two ports that claim one uid at the same time. Pure; the logger asks each tick.

A unit that came back under another port's name is not one: its old port says nothing any more.
"""

from collections.abc import Iterable

HEARD_MS = 6_000  # a unit in a session speaks at least every 5 s
CERTAIN_MS = 8_000  # longer than an old port can seem alive


class Twins:
    """Remembers since when a uid has two ports that speak."""

    def __init__(self) -> None:
        self._since_ms: dict[str, int] = {}

    def look(self, claims: Iterable[tuple[str, str, int]], now_ms: int) -> dict[str, list[str]]:
        """uid → its ports, of the uids that are certainly claimed twice.

        `claims`: (uid, port, when its last frame came) of the ports with an open session.
        """
        ports: dict[str, list[str]] = {}
        for uid, address, last_frame_ms in claims:
            if now_ms - last_frame_ms < HEARD_MS:
                ports.setdefault(uid, []).append(address)
        double = {uid: sorted(found) for uid, found in ports.items() if len(found) > 1}
        self._since_ms = {uid: self._since_ms.get(uid, now_ms) for uid in double}
        return {
            uid: found
            for uid, found in double.items()
            if now_ms - self._since_ms[uid] >= CERTAIN_MS
        }
