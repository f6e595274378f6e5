"""Downloads that were prepared and wait to be fetched: each once, and not for long."""

import secrets
import threading
import time

from deskunit.supervision.download import Download

WAIT_S = 60.0
WAITING_MAX = 20


class Tickets:
    """May be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, Download]] = {}

    def put(self, download: Download) -> str:
        """What to fetch it by; the oldest ones and those that nobody fetched go."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            self._waiting[ticket] = (time.monotonic(), download)
            kept = dict(list(self._waiting.items())[-WAITING_MAX:])
            kept = {name: one for name, one in kept.items() if time.monotonic() - one[0] < WAIT_S}
            gone = [one for name, (_, one) in self._waiting.items() if name not in kept]
            self._waiting = kept
        for one in gone:
            one.close()
        return ticket

    def take(self, ticket: str) -> Download | None:
        """Once; None: never given, taken before, or too late."""
        with self._lock:
            found = self._waiting.pop(ticket, None)
        return found[1] if found is not None else None

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            gone, self._waiting = self._waiting, {}
        for _, one in gone.values():
            one.close()
