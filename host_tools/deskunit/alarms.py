"""What a person must see to now: each alarm has a word, a place, a sentence, a start and an end.

The logger begins and ends them; terminal, page, health and log are told. Any thread may call.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from deskunit import clock
from deskunit.errors import DeskunitError

PORT_WORDS = ("repl", "filesystem", "baud", "version", "flood")
STORE_WORDS = ("disk_full", "read_only", "disk_error")
OF_STORE_ERROR = {"data_full": "disk_full", "data_unwritable": "read_only"}


@dataclass(frozen=True)
class Alarm:
    """Something is wrong since then. `where`: a port, a unit's uid, or "" for this computer."""

    word: str
    where: str
    since_utc_ms: int
    cause: DeskunitError = field(compare=False)

    def sentence(self, language: str | None = None) -> str:
        """What is wrong and what to do about it."""
        return self.cause.sentence(language)


class Alarms:
    """The alarms that are on. `on_change(alarm, on)` is called for each start and each end."""

    def __init__(self, on_change: Callable[[Alarm, bool], None] = lambda alarm, on: None) -> None:
        self._on_change = on_change
        self._lock = threading.Lock()
        self._on: dict[tuple[str, str], Alarm] = {}

    def active(self) -> list[Alarm]:
        """Oldest first."""
        with self._lock:
            return sorted(self._on.values(), key=lambda one: (one.since_utc_ms, one.word))

    def is_on(self, word: str, where: str = "") -> bool:
        with self._lock:
            return (word, where) in self._on

    def begin(self, word: str, where: str, cause: DeskunitError) -> None:
        """It is wrong from now on; nothing happens when it was already."""
        alarm = Alarm(word, where, clock.now_utc_ms(), cause)
        with self._lock:
            if (word, where) in self._on:
                return
            self._on[word, where] = alarm
        self._on_change(alarm, True)

    def end(self, where: str, *words: str) -> None:
        """These are over at that place; without words, all are."""
        with self._lock:
            over = [key for key in self._on if key[1] == where and (not words or key[0] in words)]
            ended = [self._on.pop(key) for key in over]
        for alarm in ended:
            self._on_change(alarm, False)
