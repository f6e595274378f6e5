"""What happened in a virtual unit, told past its serial port: the other side of boards/virtual/truth.mjs.

Tests compare it with what was stored. A unit tells only what happened while it had power.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Made:
    """The firmware made an event: its payload with flags 0."""

    boot: str
    seq: int
    line: str


@dataclass(frozen=True)
class Ticked:
    """The screen now says that the events of this boot up to `seq` are safe."""

    boot: str
    seq: int


@dataclass(frozen=True)
class Began:
    """`zero_ms`: when the firmware's clock stood at 0, in UTC; in virtual time in the unit's now_ms."""

    boot: str
    zero_ms: int


Fact = Made | Ticked | Began
KINDS: dict[str, type[Made] | type[Ticked] | type[Began]] = {
    "made": Made,
    "ticked": Ticked,
    "began": Began,
}


def facts(told: Iterable[list[Any]]) -> Iterator[Fact]:
    """The unit's word for them, in their order."""
    for kind, *values in told:
        yield KINDS[kind](*values)
