"""What one unit made and called safe, as its truth channel told it."""

import threading
from dataclasses import dataclass, field
from math import nan

from deskunit.virtual import Began, Fact, Made, Ticked
from oracle import NOTHING, Truth


@dataclass
class Witness:
    """`made`: boot → seq → line, boots in their order; `ticked`: boot → highest seq called safe.

    A timer may make an event when the last logger has ended: it is safe on the unit's flash, and no host
    can have it. So the verdict goes by `due`, what was called safe when `owed` was asked last.
    """

    uid: str
    made: dict[str, dict[int, str]] = field(default_factory=dict)
    ticked: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    zero_ms: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, fact: Fact) -> None:
        """One fact from the unit's own thread."""
        with self._lock:
            if isinstance(fact, Made):
                self.made.setdefault(fact.boot, {})[fact.seq] = fact.line
            elif isinstance(fact, Ticked):
                self.ticked[fact.boot] = fact.seq
            elif isinstance(fact, Began):
                self.zero_ms[fact.boot] = fact.zero_ms

    def owed(self) -> set[tuple[str, str, int]]:
        """(uid, boot, seq) of what must reach the host: what was called safe, and all of this boot."""
        with self._lock:
            self.due = dict(self.ticked)
            owed = {
                (self.uid, boot, seq) for boot, top in self.due.items() for seq in range(1, top + 1)
            }
            if self.made:
                boot = next(reversed(self.made))
                owed |= {(self.uid, boot, seq) for seq in self.made[boot]}
            return owed

    def truth(self, times: bool) -> Truth:
        """For the oracle: all of it, and that none of it may be lost; with `times` when it was."""
        made = {
            (boot, seq): line for boot, lines in self.made.items() for seq, line in lines.items()
        }
        return Truth(self.uid, made, self.due, NOTHING, self._utc_ms if times else None)

    def _utc_ms(self, boot: str, ms: int) -> float:
        """NaN, which is never too far off, for a boot whose first step nobody saw the end of."""
        zero_ms = self.zero_ms.get(boot)
        return nan if zero_ms is None else zero_ms + ms

    @property
    def count(self) -> int:
        """Events made so far."""
        with self._lock:
            return sum(map(len, self.made.values()))
