"""What on a port is a person's business: a REPL, a broken file system, only text, a flood.

The session asks; time is an argument. An alarm is raised once until it is over.
"""

from deskunit.effects import Alarm, AlarmsOver, Effect

NO_FRAME_MS = 10_000
FRAMES_PER_S = 200
TEXTS_PER_S = 30
FLOOD_OVER_S = 5
SIGNS = {">>> ": "repl", "filesystem corrupted": "filesystem"}


class Watch:
    """Counts frames a second and text without frames, and looks for known texts."""

    def __init__(self) -> None:
        self._raised: set[str] = set()
        self._bytes_since_ms: int | None = None
        self._second = 0
        self._frames = 0
        self._texts = 0
        self._flood_second = 0

    def calm(self) -> list[Effect]:
        """A session is open: what kept it from opening is over."""
        return self.over("repl", "filesystem", "baud")

    def over(self, *words: str) -> list[Effect]:
        """What ends them; a session before this one may have raised them."""
        self._raised.difference_update(words)
        return [AlarmsOver(words)]

    def alarm(self, word: str) -> list[Alarm]:
        """The alarm, unless it was raised already."""
        if word in self._raised:
            return []
        self._raised.add(word)
        return [Alarm(word)]

    def frame(self, now_ms: int) -> tuple[bool, list[Alarm]]:
        """A good frame came: may it be taken? More than 200 in a second are dropped."""
        self._bytes_since_ms = None
        self._count_anew(now_ms)
        self._frames += 1
        if self._frames <= FRAMES_PER_S:
            return True, []
        self._flood_second = self._second
        return False, self.alarm("flood")

    def is_worth_a_line(self, now_ms: int) -> bool:
        """Whether a text may go to the log: 30 in a second may, all are counted."""
        self._count_anew(now_ms)
        self._texts += 1
        return self._texts <= TEXTS_PER_S

    def _count_anew(self, now_ms: int) -> None:
        if now_ms // 1000 != self._second:
            self._second, self._frames, self._texts = now_ms // 1000, 0, 0

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

    def due(self, now_ms: int) -> list[Effect]:
        """Text but no frame for 10 s: a wrong baud rate, or no desk unit at all. A flood's end."""
        if "flood" in self._raised and now_ms // 1000 - self._flood_second > FLOOD_OVER_S:
            return self.over("flood")
        since_ms = self._bytes_since_ms
        if since_ms is None or now_ms - since_ms < NO_FRAME_MS or self._raised:
            return []
        return [*self.alarm("baud")]
