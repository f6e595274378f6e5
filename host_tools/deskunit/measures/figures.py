"""One figure of a measure and how it is written; an undefined one is None and written as –. Pure."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["share", "seconds", "count"]
UNDEFINED = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """`part` of `whole`, whole 0: undefined (HANDBOOK §4).

    share: both in the same unit. seconds: part in ms, whole counts what it is averaged over (1 for a
    total). count: part alone.
    """

    kind: Kind
    part: int
    whole: int = 1

    @property
    def value(self) -> float | None:
        """A share as 0 to 1 (it may exceed 1), seconds, or a count; None: undefined."""
        if not self.whole:
            return None
        if self.kind == "count":
            return self.part
        return self.part / self.whole / (1000 if self.kind == "seconds" else 1)

    @property
    def text(self) -> str:
        """72.0 %, 0:01:30, 10 or –."""
        if self.value is None:
            return UNDEFINED
        if self.kind == "share":
            return percent(self.part, self.whole)
        return str(self.part) if self.kind == "count" else hms(_round(self.part, 1000 * self.whole))


def share(part: int, whole: int) -> Figure:
    return Figure("share", part, whole)


def seconds(part_ms: int, over: int = 1) -> Figure:
    return Figure("seconds", part_ms, over)


def count(number: int) -> Figure:
    return Figure("count", number)


def percent(part: int, whole: int) -> str:
    """One decimal, halves away from zero: 71.4 %."""
    tenths = _round(1000 * part, whole)
    return f"{tenths // 10}.{tenths % 10} %"


def hms(whole_s: int) -> str:
    """1:02:03; it counts on beyond 24 hours, and a negative one has its sign."""
    sign, whole_s = ("-" if whole_s < 0 else ""), abs(whole_s)
    return f"{sign}{whole_s // 3600}:{whole_s // 60 % 60:02}:{whole_s % 60:02}"


def _round(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)
