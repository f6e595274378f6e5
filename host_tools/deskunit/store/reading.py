"""What can be asked of the store. Every question is a short read: a long one in pages, so that a
reader never keeps the logger from committing. Rows that change meanwhile are seen as they then are.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Row,
    Select,
    UnaryExpression,
    and_,
    case,
    func,
    or_,
    select,
    tuple_,
)

from deskunit.agents import Agent
from deskunit.epochs import Epoch, find
from deskunit.events import Event, from_line
from deskunit.intervals import Interval, Moment, moment
from deskunit.states import NOT_READY, UNKNOWN
from deskunit.store import schema
from deskunit.store.rows import Counts, SpokenPack, Unit, epoch_columns, interval_from_row
from deskunit.store.sqlite import readable_errors

PAGE_ROWS = 2000
RESUMED_LIMIT = 20  # power cuts in one state
NEWER = 2**31 - 1  # than every boot_no


class Reading:
    """The questions, each answered through read-only connections."""

    def __init__(self, file: Path, reader: Engine) -> None:
        self.file = file
        self._reader = reader

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with readable_errors(self.file), self._reader.connect() as connection:
            return connection.execute(query).all()

    def units(self) -> list[Unit]:
        """All units ever met, in the order of their seats."""
        unit, now = schema.unit, schema.interval
        heard = (
            select(func.max(schema.boot.c.heard_utc_ms))
            .where(schema.boot.c.uid == unit.c.uid)
            .scalar_subquery()
            .label("heard_utc_ms")
        )
        query = (
            select(unit, heard, now.c.state, now.c.agent_id)
            .outerjoin(now, and_(now.c.uid == unit.c.uid, now.c.end_utc_ms.is_(None)))
            .order_by(unit.c.seat, unit.c.uid)
        )
        return [_unit(row) for row in self._rows(query)]

    def agents(self, *, listed_only: bool = False) -> list[Agent]:
        """All agents ever listed, so that old rows keep their names; or those listed now."""
        agent = schema.agent
        query = select(agent).order_by(agent.c.id)
        if listed_only:
            query = query.where(agent.c.is_listed == 1)
        return [Agent(row.id, row.name, row.team, row.level, row.seat) for row in self._rows(query)]

    def recent_agents(self, uid: str, limit: int = 8) -> list[str]:
        """Ids of those who sat at this unit, last first."""
        interval = schema.interval
        last = func.max(interval.c.start_utc_ms)
        query = (
            select(interval.c.agent_id)
            .where(interval.c.uid == uid, interval.c.agent_id.is_not(None))
            .group_by(interval.c.agent_id)
            .order_by(last.desc())
            .limit(limit)
        )
        return [row[0] for row in self._rows(query)]

    def has_agent(self, agent_id: str) -> bool:
        """Whether the agent was ever listed or signed in."""
        listed = select(schema.agent.c.id).where(schema.agent.c.id == agent_id)
        seen = select(schema.interval.c.agent_id).where(schema.interval.c.agent_id == agent_id)
        return bool(self._rows(listed) or self._rows(seen.limit(1)))

    def last_heard(self, uid: str) -> int | None:
        """UTC ms (host's clock) of the last event or heartbeat that reached the host."""
        query = select(func.max(schema.boot.c.heard_utc_ms)).where(schema.boot.c.uid == uid)
        heard: int | None = self._rows(query)[0][0]
        return heard

    def previous_boot_heard(self, uid: str, boot: str) -> int | None:
        """UTC ms (unit's clock) of the last word of the boot before `boot`; None: there is none.

        A boot that is not stored yet comes after all that are.
        """
        boots, epoch = schema.boot, schema.epoch
        this = select(boots.c.boot_no).where(boots.c.uid == uid, boots.c.boot == boot)
        last_ms = case(
            (boots.c.last_ms > boots.c.known_ms, boots.c.last_ms), else_=boots.c.known_ms
        )
        query = (
            select(last_ms, epoch.c.from_ms, epoch.c.offset_ms, epoch.c.slope_ppb)
            .join(epoch, and_(epoch.c.uid == boots.c.uid, epoch.c.boot == boots.c.boot))
            .where(
                boots.c.uid == uid, boots.c.boot_no < func.coalesce(this.scalar_subquery(), NEWER)
            )
            .where(epoch.c.from_ms <= last_ms)
            .order_by(boots.c.boot_no.desc(), epoch.c.from_ms.desc())
            .limit(1)
        )
        rows = self._rows(query)
        if not rows:
            return None
        row = rows[0]
        epoch_then = Epoch(row.from_ms, row.offset_ms, row.slope_ppb)
        return int(row[0] + epoch_then.offset(row[0]))

    def state_began_before(self, uid: str, boot: str) -> int | None:
        """UTC ms at which the state began that the unit was in when it lost power before `boot`.

        A state that was resumed after an earlier power cut began before that. None: nothing is known.
        """
        interval = schema.interval.c
        query = (
            select(interval.state, interval.start_utc_ms, interval.resumed)
            .where(interval.uid == uid, interval.boot != boot, interval.state != UNKNOWN)
            .order_by(interval.start_utc_ms.desc())
            .limit(RESUMED_LIMIT)
        )
        rows = self._rows(query)
        began: int | None = None
        for row in rows:
            if row.state != rows[0].state:
                break
            began = row.start_utc_ms
            if not row.resumed:
                break
        return began

    def epochs(self, uid: str, boot: str) -> list[Epoch]:
        """How the boot's ms become UTC, in order; it may be known before its first event."""
        epoch = schema.epoch.c
        query = (
            select(*epoch_columns())
            .where(epoch.uid == uid, epoch.boot == boot)
            .order_by(epoch.from_ms)
        )
        return [Epoch(*tuple(row)) for row in self._rows(query)]

    def moment(self, uid: str, boot: str, ms: int) -> Moment:
        """What the unit's ms in a boot are in UTC, and how sure. LookupError: it has no clock."""
        rows = self.epochs(uid, boot)
        if not rows:
            raise LookupError(f"no epoch of {uid} {boot}")
        return moment(find(rows, ms), ms)

    def open_leaves(self) -> list[Event]:
        """The requests for leave that no state has ended yet, in the order in which they came."""
        found: list[tuple[int, Event]] = []
        boot = schema.boot
        newest = select(boot.c.uid, func.max(boot.c.boot_no).label("no")).group_by(boot.c.uid)
        last = newest.subquery()
        is_last = and_(last.c.uid == boot.c.uid, last.c.no == boot.c.boot_no)
        for row in self._rows(select(boot.c.uid, boot.c.boot).join(last, is_last)):
            found += self._open_leave(row.uid, row.boot)
        return [leave for _, leave in sorted(found, key=lambda one: one[0])]

    def _open_leave(self, uid: str, boot: str) -> list[tuple[int, Event]]:
        """The first request since the boot's last state that was not not_ready: one or none."""
        event = schema.event
        query = (
            select(event.c.line, event.c.received_utc_ms)
            .where(event.c.uid == uid, event.c.boot == boot, event.c.kind.in_(("leave", "st")))
            .order_by(event.c.seq.desc())
        )
        found: list[tuple[int, Event]] = []
        for row in self._rows(query.limit(PAGE_ROWS)):
            one = from_line(uid, row.line)
            if one.kind == "leave":
                found = [(row.received_utc_ms, one)]
            elif one.body.get("to") != NOT_READY:
                break
        return found

    def events(self, *, uid: str | None = None, boot: str | None = None) -> Iterator[Event]:
        """Events by unit, boot and seq."""
        event = schema.event
        key = (event.c.uid, event.c.boot, event.c.seq)
        query = select(*key, event.c.line).order_by(*key).limit(PAGE_ROWS)
        if uid is not None:
            query = query.where(event.c.uid == uid)
        if boot is not None:
            query = query.where(event.c.boot == boot)
        page = self._rows(query)
        while page:
            yield from (from_line(row.uid, row.line) for row in page)
            page = self._rows(query.where(tuple_(*key) > tuple(page[-1][:3])))

    def gaps(self, uid: str | None = None) -> list[Row[Any]]:
        """Rows (uid, boot, first, last, why, declared_utc_ms) of events declared lost."""
        gap = schema.gap
        query = select(gap).order_by(gap.c.uid, gap.c.boot, gap.c.first)
        return list(self._rows(query if uid is None else query.where(gap.c.uid == uid)))

    def counts(self) -> dict[str, Counts]:
        """uid → how many boots, gaps and contradictions each unit has."""
        unit, boot, gap, aside = schema.unit, schema.boot, schema.gap, schema.quarantine
        boots = select(
            boot.c.uid, func.count().label("boots"), func.max(boot.c.boot_no).label("no")
        )
        lost = func.sum(gap.c.last - gap.c.first + 1).label("lost")
        gaps = select(gap.c.uid, func.count().label("gaps"), lost).group_by(gap.c.uid)
        asides = select(aside.c.uid, func.count().label("asides")).group_by(aside.c.uid)
        b, g, a = boots.group_by(boot.c.uid).subquery(), gaps.subquery(), asides.subquery()
        query = (
            select(unit.c.uid, boot.c.fw, b.c.boots, g.c.gaps, g.c.lost, a.c.asides)
            .outerjoin(b, b.c.uid == unit.c.uid)
            .outerjoin(boot, and_(boot.c.uid == unit.c.uid, boot.c.boot_no == b.c.no))
            .outerjoin(g, g.c.uid == unit.c.uid)
            .outerjoin(a, a.c.uid == unit.c.uid)
        )
        return {
            row.uid: Counts(
                row.fw or "", row.boots or 0, row.gaps or 0, row.lost or 0, row.asides or 0
            )
            for row in self._rows(query)
        }

    def quarantine(self) -> list[Row[Any]]:
        """Rows (uid, boot, seq, line, received_utc_ms) that contradict a stored event."""
        return list(self._rows(select(schema.quarantine).order_by(*schema.quarantine.primary_key)))

    def intervals(
        self,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        agent: str | None = None,
        unit: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        *,
        unconfirmed: bool = False,
    ) -> Iterator[Interval]:
        """Intervals that touch [from, to), unclipped, by start; none of unconfirmed units."""
        wanted = _wanted(to_utc_ms, agent, unit, unconfirmed)
        across = self._across(from_utc_ms, wanted) if from_utc_ms is not None else []
        if from_utc_ms is not None:
            wanted.append(schema.interval.c.start_utc_ms >= from_utc_ms)
        page_rows = PAGE_ROWS if limit is None else min(limit, PAGE_ROWS)
        inside = self._pages(wanted, newest_first, page_rows)
        parts = (inside, reversed(across)) if newest_first else (across, inside)
        yield from islice(chain(*parts), limit)

    def count_intervals(
        self,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        agent: str | None = None,
        unit: str | None = None,
    ) -> int:
        """How many rows `intervals` has for the same question."""
        wanted = _wanted(to_utc_ms, agent, unit, False)
        end = schema.interval.c.end_utc_ms
        if from_utc_ms is not None:
            started = schema.interval.c.start_utc_ms >= from_utc_ms
            wanted.append(or_(end.is_(None), end > from_utc_ms, started))
        query = select(func.count()).select_from(schema.interval).where(*wanted)
        return int(self._rows(query)[0][0])

    def _across(self, from_utc_ms: int, wanted: list[ColumnElement[bool]]) -> list[Interval]:
        """Of each unit the interval that began before `from` and lasts beyond it, if any."""
        interval, inner = schema.interval, schema.interval.alias()
        # unit by unit through the index: a group over all of them would read the whole log
        last = (
            select(func.max(inner.c.start_utc_ms))
            .where(inner.c.uid == schema.unit.c.uid, inner.c.start_utc_ms < from_utc_ms)
            .scalar_subquery()
        )
        of_unit = and_(interval.c.uid == schema.unit.c.uid, interval.c.start_utc_ms == last)
        lasts = or_(interval.c.end_utc_ms.is_(None), interval.c.end_utc_ms > from_utc_ms)
        query = select(interval).join(schema.unit, of_unit).where(lasts, *wanted)
        query = query.order_by(*_order(False))
        return [interval_from_row(row) for row in self._rows(query)]

    def _pages(
        self, wanted: list[ColumnElement[bool]], newest_first: bool, page_rows: int
    ) -> Iterator[Interval]:
        key = tuple_(*_key())
        query = select(schema.interval).where(*wanted).order_by(*_order(newest_first))
        page = self._rows(query.limit(page_rows))
        while page:
            yield from map(interval_from_row, page)
            last = tuple(getattr(page[-1], column.name) for column in _key())
            beyond = key < last if newest_first else key > last
            page = self._rows(query.where(beyond).limit(page_rows))


def _unit(row: Row[Any]) -> Unit:
    return Unit(
        uid=row.uid,
        seat=row.seat,
        virtual=bool(row.is_virtual),
        confirmed=bool(row.is_confirmed),
        first_seen_utc_ms=row.first_seen_utc_ms,
        heard_utc_ms=row.heard_utc_ms,
        state=row.state,
        agent_id=row.agent_id,
        pack=_spoken(row),
    )


def _spoken(row: Row[Any]) -> SpokenPack | None:
    if row.pack_lang is None:
        return None
    return SpokenPack(row.pack_lang, row.pack_version or "", row.pack_crc or "")


def _key() -> list[Any]:
    interval = schema.interval.c
    return [interval.start_utc_ms, interval.uid, interval.boot, interval.seq, interval.row_id]


def _order(newest_first: bool) -> list[UnaryExpression[Any]]:
    return [column.desc() if newest_first else column.asc() for column in _key()]


def _wanted(
    to_utc_ms: int | None, agent: str | None, unit: str | None, unconfirmed: bool
) -> list[ColumnElement[bool]]:
    interval = schema.interval.c
    wanted: list[ColumnElement[bool]] = []
    if to_utc_ms is not None:
        wanted.append(interval.start_utc_ms < to_utc_ms)
    if agent is not None:
        wanted.append(interval.agent_id == agent)
    if unit is not None:
        wanted.append(interval.uid == unit)
    if not unconfirmed:
        # NOT IN, for IN would lead SQLite to the index by unit, and to sorting all for every page
        unconfirmed_uids = select(schema.unit.c.uid).where(schema.unit.c.is_confirmed == 0)
        wanted.append(interval.uid.not_in(unconfirmed_uids))
    return wanted
