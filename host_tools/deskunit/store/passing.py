"""Events with their UTC, streamed by unit, boot and seq: for statistics over a long log.

Memory stays the same however many there are; a boot that has nothing of the period is not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    values,
)

from deskunit.epochs import Epoch, find
from deskunit.events import Event, Happening, from_line
from deskunit.store import schema
from deskunit.store.reading import PAGE_ROWS, Reading
from deskunit.store.rows import epoch_columns

AROUND_MS = 12 * 3_600_000  # before and after the period, so that its calls are whole
NEVER_MS = 2**53  # later than every ms of a unit
BOOTS_AT_ONCE = 150  # five values each of the 999 that old SQLite takes
EVENTS_AT_ONCE = 20_000


class Passing(Reading):
    """Reading, and what passes by once."""

    def happened(
        self,
        kinds: Sequence[str],
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
    ) -> Iterator[tuple[Event, int]]:
        """(event, UTC ms) in [from, to) and half a day around it; none of unconfirmed units."""
        for event, epoch in self._passing(kinds, from_utc_ms, to_utc_ms):
            yield event, event.ms + epoch.offset(event.ms)

    def happenings(
        self,
        kinds: Sequence[str] | None = None,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        uid: str | None = None,
    ) -> Iterator[Happening]:
        """Events in [from, to), by unit, boot and seq; `kinds` None: all; none of unconfirmed units."""
        for event, epoch in self._passing(kinds, from_utc_ms, to_utc_ms, uid):
            at_utc_ms = event.ms + epoch.offset(event.ms)
            is_after = from_utc_ms is None or at_utc_ms >= from_utc_ms
            if is_after and (to_utc_ms is None or at_utc_ms < to_utc_ms):
                yield Happening(event, at_utc_ms, epoch.error(event.ms), epoch.quality)

    def _passing(
        self,
        kinds: Sequence[str] | None,
        from_utc_ms: int | None,
        to_utc_ms: int | None,
        uid: str | None = None,
    ) -> Iterator[tuple[Event, Epoch]]:
        for some in _together(self._boots(from_utc_ms, to_utc_ms, uid)):
            query = _query(some, kinds, from_utc_ms, to_utc_ms)
            page = self._rows(query)
            while page:
                for row in page:
                    one = some[row.place]
                    event = from_line(one.uid, row.line)
                    yield event, find(one.epochs, event.ms)
                is_last = len(page) < PAGE_ROWS
                page = [] if is_last else self._rows(query.where(_beyond(page[-1], len(some))))

    def _boots(
        self, from_utc_ms: int | None, to_utc_ms: int | None, uid: str | None
    ) -> Iterator["_Boot"]:
        """Confirmed units' boots that may have something of the period, by unit and in their order."""
        boot, unit, epoch = schema.boot, schema.unit, schema.epoch
        query = (
            select(boot.c.uid, boot.c.boot, boot.c.heard_seq, *epoch_columns())
            .join(unit, unit.c.uid == boot.c.uid)
            .join(epoch, and_(epoch.c.uid == boot.c.uid, epoch.c.boot == boot.c.boot))
            .where(unit.c.is_confirmed == 1)
            .order_by(boot.c.uid, boot.c.boot_no, epoch.c.from_ms)
        )
        if uid is not None:
            query = query.where(boot.c.uid == uid)
        if from_utc_ms is not None or to_utc_ms is not None:
            query = query.where(tuple_(boot.c.uid, boot.c.boot).in_(_near(from_utc_ms, to_utc_ms)))
        for (of, name), rows in groupby(self._rows(query), key=lambda row: (row.uid, row.boot)):
            found = list(rows)
            epochs = tuple(Epoch(*tuple(row)[3:]) for row in found)
            yield _Boot(of, name, found[0].heard_seq + 1, epochs)


@dataclass(frozen=True, slots=True)
class _Boot:
    """`events`: about how many it has."""

    uid: str
    boot: str
    events: int
    epochs: tuple[Epoch, ...]


def _near(from_utc_ms: int | None, to_utc_ms: int | None) -> Select[Any]:
    """Boots that were up around the period, by their first and last word."""
    boot, epoch = schema.boot, schema.epoch
    last_ms = case((boot.c.last_ms > boot.c.known_ms, boot.c.last_ms), else_=boot.c.known_ms)
    query = (
        select(boot.c.uid, boot.c.boot)
        .join(epoch, and_(epoch.c.uid == boot.c.uid, epoch.c.boot == boot.c.boot))
        .group_by(boot.c.uid, boot.c.boot)
    )
    if from_utc_ms is not None:
        query = query.having(func.max(epoch.c.offset_ms + last_ms) >= from_utc_ms - AROUND_MS)
    if to_utc_ms is not None:
        query = query.having(func.min(epoch.c.offset_ms) < to_utc_ms + AROUND_MS)
    return query


def _together(boots: Iterable[_Boot]) -> Iterator[list[_Boot]]:
    """Small boots many at a time: a day of a large floor is a few questions, not two a boot."""
    some: list[_Boot] = []
    events = 0
    for one in boots:
        if some and (events + one.events > EVENTS_AT_ONCE or len(some) == BOOTS_AT_ONCE):
            yield some
            some, events = [], 0
        some.append(one)
        events += one.events
    if some:
        yield some


def _beyond(last: Row[Any], boots: int) -> ColumnElement[bool]:
    """What comes after a row. A large boot stands alone and is paged by the event's own index."""
    place: ColumnElement[int] = literal_column("place")
    later: ColumnElement[bool] = schema.event.c.seq > last.seq
    if boots == 1:
        return later
    return or_(place > last.place, and_(place == last.place, later))


def _query(
    boots: Sequence[_Boot],
    kinds: Sequence[str] | None,
    from_utc_ms: int | None,
    to_utc_ms: int | None,
) -> Select[Any]:
    """Rows (place, seq, line) of these boots' events, in order."""
    event = schema.event.c
    rows = [
        (place, one.uid, one.boot, *_bounds(one.epochs, from_utc_ms, to_utc_ms))
        for place, one in enumerate(boots)
    ]
    names = ("place", "uid", "boot", "first_ms", "last_ms")
    kinds_of = (Integer, Text, Text, BigInteger, BigInteger)
    columns: list[ColumnClause[Any]] = [
        column(name, kind) for name, kind in zip(names, kinds_of, strict=True)
    ]
    wanted = values(*columns, name="wanted").data(rows).cte("wanted")
    query = (
        select(wanted.c.place, event.seq, event.line)
        .join(wanted, and_(wanted.c.uid == event.uid, wanted.c.boot == event.boot))
        .where(event.ms >= wanted.c.first_ms, event.ms < wanted.c.last_ms)
        .order_by(*([wanted.c.place] if len(boots) > 1 else []), event.seq)
        .limit(PAGE_ROWS)
    )
    return query if kinds is None else query.where(event.kind.in_(kinds))


def _bounds(
    epochs: Sequence[Epoch], from_utc_ms: int | None, to_utc_ms: int | None
) -> tuple[int, int]:
    """The unit's ms that surely hold the period and what is around it."""
    offsets = [epoch.offset_ms for epoch in epochs]
    first = 0 if from_utc_ms is None else from_utc_ms - AROUND_MS - max(offsets)
    last = NEVER_MS if to_utc_ms is None else to_utc_ms + AROUND_MS - min(offsets)
    return first, last
