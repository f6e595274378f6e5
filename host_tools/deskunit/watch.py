"""What on a port is a person's business: a REPL, a broken file system, only text, a flood.

The session asks; time is an argument. An alarm is raised once until the next session opens.
"""

from deskunit.effects import Alarm

NO_FRAME_MS = 10_000
FRAMES_PER_S = 200
SIGNS = {">>> ": "repl", "filesystem corrupted": "filesystem"}


class Watch:
    """Counts frames a second and text without frames, and looks for known texts."""

    def __init__(self) -> None:
        self._raised: set[str] = set()
        self._bytes_since_ms: int | None = None
        self._second = 0
        self._frames = 0

    def calm(self) -> None:
        """A session is open: what was wrong is over."""
        self._raised.clear()

    def alarm(self, word: str) -> list[Alarm]:
        """The alarm, unless it was raised already."""
        if word in self._raised:
            return []
        self._raised.add(word)
        return [Alarm(word)]

    def frame(self, now_ms: int) -> tuple[bool, list[Alarm]]:
        """A good frame came: may it be taken? More than 200 in a second are dropped."""
        self._bytes_since_ms = None
        if now_ms // 1000 != self._second:
            self._second, self._frames = now_ms // 1000, 0
        self._frames += 1
        allowed = self._frames <= FRAMES_PER_S
        return allowed, [] if allowed else self.alarm("flood")

    def text(self, text: str, now_ms: int) -> list[Alarm]:
        """A line of text came, or a part of one."""
        if self._bytes_since_ms is None:
            self._bytes_since_ms = now_ms
        found: list[Alarm] = []
        for sign, word in SIGNS.items():
            if sign in text + " ":
                found += self.alarm(word)
        return found

    def tail(self, unfinished: bytes, now_ms: int) -> list[Alarm]:
        """What ends no line yet: a prompt waits without a line end."""
        return self.text(unfinished.decode("ascii", "replace"), now_ms) if unfinished else []

    def due(self, now_ms: int) -> list[Alarm]:
        """Text but no frame for 10 s: a wrong baud rate, or no desk unit at all."""
        since_ms = self._bytes_since_ms
        if since_ms is None or now_ms - since_ms < NO_FRAME_MS or self._raised:
            return []
        return self.alarm("baud")
