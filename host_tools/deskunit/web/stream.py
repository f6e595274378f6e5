"""One page's stream of server-sent events: what waits to be sent, in order, never without bound.

`put` may be called from any thread. A page that cannot keep up loses no truth: screens are replaced
by newer ones, and past the bound the stream ends, so that the browser reconnects and starts afresh.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

PENDING_MAX = 1_000
CLOCK_EVERY_S = 5.0


class Stream:
    """The outbox of one connected page. Made on the event loop that sends it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pending: deque[tuple[str, Any, str]] = deque()
        self._wake = asyncio.Event()
        self._closed = False

    def put(self, event: str, data: Any, replaces: str = "") -> None:
        """Send `data` (or what it returns then) as `event`, instead of a pending `replaces`."""
        with contextlib.suppress(RuntimeError):  # the loop ended a moment ago: nobody listens
            self._loop.call_soon_threadsafe(self._put, event, data, replaces)

    def close(self) -> None:
        """End the stream now; on the event loop only."""
        self._closed = True
        self._wake.set()

    def _put(self, event: str, data: Any, replaces: str) -> None:
        if replaces:
            self._pending = deque(item for item in self._pending if item[2] != replaces)
        self._pending.append((event, data, replaces))
        if len(self._pending) > PENDING_MAX:
            self.close()
        self._wake.set()

    async def frames(self, clock: Callable[[], Any]) -> AsyncIterator[bytes]:
        """The bytes to send, until closed; `clock` gives what tells the page that we live."""
        while not self._closed:
            try:
                await asyncio.wait_for(self._wake.wait(), CLOCK_EVERY_S)
            except TimeoutError:
                yield frame("clock", clock())
                continue
            self._wake.clear()
            while self._pending and not self._closed:
                event, data, _ = self._pending.popleft()
                yield frame(event, data() if callable(data) else data)


def frame(event: str, data: Any) -> bytes:
    """One server-sent event. JSON has no raw line ends, so one data line is enough."""
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(data))
