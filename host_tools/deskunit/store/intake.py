"""Decides which arriving records count: only the contiguous prefix of each boot. Pure; store/ calls it.

A record beyond the expected seq waits for its turn (the unit sends again), unless it is the oldest
the unit still holds: then what is missing is lost, and said so.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from deskunit.events import BootKey, Event, Key, Lost, Record

NOT_TOLD = "not told"  # the unit holds nothing older and told no reason


@dataclass(frozen=True, slots=True)
class Gap:
    """Events first..last of a boot that nobody has any more."""

    uid: str
    boot: str
    first: int
    last: int
    why: str


@dataclass(slots=True)
class Intake:
    """One group of records being sorted. `stored_line` looks up an event committed earlier.

    `prefix`: up to which seq all of a boot is stored or declared lost. `repeated`: uid → how many
    records came again.
    """

    prefix: dict[BootKey, int]
    stored_line: Callable[[Key], str | None]
    fresh: dict[Key, Event] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    quarantined: list[Event] = field(default_factory=list)
    waiting: list[Record] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)

    def take(self, record: Record) -> None:
        expected = self.prefix.get((record.uid, record.boot), 0) + 1
        first = record.first if isinstance(record, Lost) else record.seq
        if record.seq < expected:
            self._again(record)
        elif first > expected and not record.oldest:
            self.waiting.append(record)
        else:
            if first > expected:
                self._declare(record, expected, first - 1, NOT_TOLD)
            self._extend(record, max(first, expected))

    def _extend(self, record: Record, first: int) -> None:
        if isinstance(record, Lost):
            self._declare(record, first, record.last, record.why)
        else:
            self.fresh[record.key] = record
        self.prefix[record.uid, record.boot] = record.seq

    def _declare(self, record: Record, first: int, last: int, why: str) -> None:
        self.gaps.append(Gap(record.uid, record.boot, first, last, why))

    def _again(self, record: Record) -> None:
        self.repeated[record.uid] += 1
        if isinstance(record, Lost):
            return
        in_group = self.fresh.get(record.key)
        line = in_group.line if in_group else self.stored_line(record.key)
        if line != record.line:  # also an event that was declared lost: a fact is never taken back
            self.quarantined.append(record)
