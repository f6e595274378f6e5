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
        self._taken: list[Download] = []  # a browser may go before the first byte

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
            if found is None:
                return None
            self._taken = [one for one in self._taken if one.file and one.file.exists()]
            self._taken.append(found[1])
        return found[1]

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            gone = [*(one for _, one in self._waiting.values()), *self._taken]
            self._waiting, self._taken = {}, []
        for one in gone:
            one.close()
