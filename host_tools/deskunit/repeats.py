"""Which records of a session wait for their commit: what the unit sends again meanwhile is left out.

The unit repeats after 300 ms, a busy writer may take longer; each repetition in its queue would make it
slower still. The session asks; time is an argument.
"""

from deskunit.events import Record

FORGET_MS = 2_000  # a commit that failed is told to nobody: then the repetition counts again


class Repeats:
    """Of each boot the records handed out: seq → (crc, when)."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[int, tuple[str, int]]] = {}

    def is_one(self, record: Record, now_ms: int) -> bool:
        """Whether this very record waits already; if not, it does from now on."""
        waiting = self._waiting.setdefault(record.boot, {})
        ecrc, since_ms = waiting.get(record.seq, ("", 0))
        if ecrc == record.ecrc and now_ms - since_ms < FORGET_MS:
            return True
        waiting[record.seq] = record.ecrc, now_ms
        return False

    def answered(self, boot: str, seq: int) -> None:
        """Everything of the boot up to `seq` is on disk: what comes again asks for its A again."""
        waiting = self._waiting.get(boot, {})
        self._waiting[boot] = {one: sent for one, sent in waiting.items() if one > seq}

    def forget(self, boot: str) -> None:
        """A record of the boot was missing: those behind it were not stored."""
        self._waiting.pop(boot, None)

    def clear(self) -> None:
        """A new session."""
        self._waiting.clear()
