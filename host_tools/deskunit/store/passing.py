"""Events with their UTC, streamed by unit, boot and seq: for statistics over a long log.

Memory stays the same however many there are; a boot that has nothing of the period is not read.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, func, select

from deskunit.epochs import Epoch, find
from deskunit.events import Event, Happening, from_line
from deskunit.store import schema
from deskunit.store.reading import PAGE_ROWS, Reading

AROUND_MS = 12 * 3_600_000  # before and after the period, so that its calls are whole


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
        query = _boots(from_utc_ms, to_utc_ms)
        for row in self._rows(query if uid is None else query.where(schema.boot.c.uid == uid)):
            epochs = self.epochs(row.uid, row.boot)
            if epochs:
                first, last = _bounds(epochs, from_utc_ms, to_utc_ms)
                yield from self._of_boot(row.uid, row.boot, kinds, epochs, first, last)

    def _of_boot(
        self,
        uid: str,
        boot: str,
        kinds: Sequence[str] | None,
        epochs: Sequence[Epoch],
        first_ms: int | None,
        last_ms: int | None,
    ) -> Iterator[tuple[Event, Epoch]]:
        event = schema.event.c
        query = select(event.seq, event.line).where(event.uid == uid, event.boot == boot)
        query = query.order_by(event.seq).limit(PAGE_ROWS)
        if kinds is not None:
            query = query.where(event.kind.in_(kinds))
        if first_ms is not None:
            query = query.where(event.ms >= first_ms)
        if last_ms is not None:
            query = query.where(event.ms < last_ms)
        page = self._rows(query)
        while page:
            for row in page:
                one = from_line(uid, row.line)
                yield one, find(epochs, one.ms)
            page = self._rows(query.where(event.seq > page[-1].seq))


def _boots(from_utc_ms: int | None, to_utc_ms: int | None) -> Select[Any]:
    """Boots of confirmed units that said something in the period or around it, in their order."""
    boot, unit, epoch = schema.boot, schema.unit, schema.epoch
    known = (
        select(
            epoch.c.uid,
            epoch.c.boot,
            func.min(epoch.c.offset_ms).label("least_ms"),
            func.max(epoch.c.offset_ms).label("most_ms"),
        )
        .group_by(epoch.c.uid, epoch.c.boot)
        .subquery()
    )
    query = (
        select(boot.c.uid, boot.c.boot)
        .join(unit, unit.c.uid == boot.c.uid)
        .join(known, and_(known.c.uid == boot.c.uid, known.c.boot == boot.c.boot))
        .where(unit.c.is_confirmed == 1)
        .order_by(boot.c.uid, boot.c.boot_no)
    )
    if from_utc_ms is not None:
        last = case((boot.c.last_ms > boot.c.known_ms, boot.c.last_ms), else_=boot.c.known_ms)
        query = query.where(last + known.c.most_ms >= from_utc_ms - AROUND_MS)
    if to_utc_ms is not None:
        query = query.where(known.c.least_ms < to_utc_ms + AROUND_MS)
    return query


def _bounds(
    epochs: Sequence[Epoch], from_utc_ms: int | None, to_utc_ms: int | None
) -> tuple[int | None, int | None]:
    """The unit's ms that surely hold the period and what is around it."""
    offsets = [epoch.offset_ms for epoch in epochs]
    first = None if from_utc_ms is None else from_utc_ms - AROUND_MS - max(offsets)
    last = None if to_utc_ms is None else to_utc_ms + AROUND_MS - min(offsets)
    return first, last
