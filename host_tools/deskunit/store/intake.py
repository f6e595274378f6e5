"""Decides which arriving events count: only the contiguous prefix of each boot. Pure; store/ calls it.

An event beyond the expected seq waits for its turn (the unit sends again), unless it is the oldest
the unit still holds: then what is missing is lost, and said so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from deskunit.events import BootKey, Event, Key

Top = tuple[int, str]  # seq, ecrc


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
    """One group of events being sorted. `stored_line` looks up an event committed earlier."""

    tops: dict[BootKey, Top]
    stored_line: Callable[[Key], str | None]
    fresh: dict[Key, Event] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    quarantined: list[Event] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        boot_key = (event.uid, event.boot)
        expected = self.tops[boot_key][0] + 1 if boot_key in self.tops else 1
        if event.seq < expected:
            self._compare(event)
        elif event.seq == expected or event.oldest:
            if event.seq > expected:
                self.gaps.append(Gap(*boot_key, expected, event.seq - 1, "ring full"))
            self.fresh[event.key] = event
            self.tops[boot_key] = (event.seq, event.ecrc)
        else:
            self.waiting.append(event)

    def _compare(self, event: Event) -> None:
        in_group = self.fresh.get(event.key)
        line = in_group.line if in_group else self.stored_line(event.key)
        if line != event.line:  # also an event that was declared lost: a fact is never taken back
            self.quarantined.append(event)
