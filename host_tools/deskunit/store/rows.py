"""What the store hands out, and how rows become it and back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import msgspec

from deskunit.epochs import Epoch
from deskunit.events import Acks, BootKey, Event, Record
from deskunit.intervals import Fold, Interval
from deskunit.store import schema
from deskunit.store.intake import Gap


@dataclass(frozen=True, slots=True)
class Unit:
    """One desk unit. Events of an unconfirmed one are stored but left out of exports."""

    uid: str
    seat: str
    virtual: bool
    confirmed: bool
    first_seen_utc_ms: int
    heard_utc_ms: int | None  # when the host last had word of it
    state: str | None  # its open interval's
    agent_id: str | None
    pack: "SpokenPack | None" = None


@dataclass(frozen=True, slots=True)
class SpokenPack:
    """The script pack that a unit speaks from, as it told. `crc`: 8 hex digits."""

    language: str
    version: str
    crc: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the store counts of a unit; `firmware` of its last boot."""

    firmware: str
    boots: int
    gaps: int
    lost_events: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write did to the intervals: rows as they are now, and row_ids that are gone."""

    changed: list[Interval] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Commit(Changes):
    """What one durable transaction holds.

    `prefix`: for every boot of the group the seq up to which all is stored or declared lost.
    `waiting`: beyond it, not stored. `quarantined`: same key, other line, put aside. `gaps`: declared
    lost by this group. `repeated`: uid → records that came again. `callbacks`: numbers of those touched.
    """

    prefix: dict[BootKey, int] = field(default_factory=dict)
    fresh: list[Event] = field(default_factory=list)
    quarantined: list[Event] = field(default_factory=list)
    waiting: list[Record] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    callbacks: list[int] = field(default_factory=list)

    def acks(self, records: Iterable[Record]) -> Acks:
        """Of the group's `records` the last of each boot that the prefix covers, as it came.

        A unit takes an A only for what it has just sent: never a later one that is stored from before.
        """
        found: dict[BootKey, tuple[int, str]] = {}
        for one in records:
            key = one.uid, one.boot
            if found.get(key, (0, ""))[0] <= one.seq <= self.prefix.get(key, 0):
                found[key] = one.seq, one.ecrc
        return found


def epoch_columns() -> list[Any]:
    """The columns of the epoch table that make an Epoch, in its order."""
    return [schema.epoch.c[one.name] for one in fields(Epoch)]


def interval_from_row(row: Sequence[Any]) -> Interval:
    """A row of the interval table, all columns in their order."""
    return Interval(*row[1:-5], *map(bool, row[-5:-2]), *row[-2:])


def interval_row(interval: Interval) -> tuple[Any, ...]:
    """All columns of an interval in their order; flags are integers to SQLite."""
    return interval.row_id, *msgspec.structs.astuple(interval)


def fold_text(fold: Fold) -> str:
    """A fold without its pending changes as JSON."""
    return msgspec.json.encode(replace(fold, changes={})).decode()


def fold_from_text(text: str) -> Fold:
    return msgspec.json.decode(text, type=Fold)
