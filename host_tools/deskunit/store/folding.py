"""Between the reducer of intervals and the tables: loads, saves and rebuilds; the store calls it.

Every function works inside the transaction that it is given.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from deskunit.events import BootKey, Event, Key, from_line
from deskunit.intervals import BootClock, Fold, Interval, rebuild
from deskunit.store import schema
from deskunit.store.intake import Intake
from deskunit.store.rows import (
    Changes,
    fold_from_text,
    fold_text,
    interval_from_row,
    interval_values,
)


def clocks(connection: Connection, uid: str) -> list[BootClock]:
    """All boots of a unit, in their order."""
    boot, epoch = schema.boot, schema.epoch
    query = (
        select(
            boot.c.boot, boot.c.boot_no, epoch.c.offset_ms, boot.c.known_ms, boot.c.silent_utc_ms
        )
        .join(epoch, and_(epoch.c.uid == boot.c.uid, epoch.c.boot == boot.c.boot))
        .where(boot.c.uid == uid, epoch.c.from_ms == 0)
        .order_by(boot.c.boot_no)
    )
    return [BootClock(*row[:4], row[4] is not None) for row in connection.execute(query)]


def find_clock(connection: Connection, uid: str, boot: str) -> BootClock | None:
    """The boot's clock, None before begin_boot."""
    return next((clock for clock in clocks(connection, uid) if clock.boot == boot), None)


def find_line(connection: Connection, key: Key) -> str | None:
    """The stored line of an event."""
    event = schema.event
    uid, boot, seq = key
    query = select(event.c.line).where(event.c.uid == uid, event.c.boot == boot, event.c.seq == seq)
    return connection.scalar(query)


def store_facts(connection: Connection, intake: Intake, received_utc_ms: int) -> None:
    """Write the events, gaps and contradictions of a group."""
    events = [
        {
            "uid": event.uid,
            "boot": event.boot,
            "seq": event.seq,
            "ms": event.ms,
            "kind": event.kind,
            "line": event.line,
            "received_utc_ms": received_utc_ms,
        }
        for event in intake.fresh.values()
    ]
    if events:
        connection.execute(insert(schema.event), events)
    for gap in intake.gaps:
        connection.execute(
            insert(schema.gap).values(
                uid=gap.uid,
                boot=gap.boot,
                first=gap.first,
                last=gap.last,
                why=gap.why,
                declared_utc_ms=received_utc_ms,
            )
        )
    for event in intake.quarantined:
        _put_aside(connection, event, received_utc_ms)


def _put_aside(connection: Connection, event: Event, received_utc_ms: int) -> None:
    quarantine = schema.quarantine
    row = {"uid": event.uid, "boot": event.boot, "seq": event.seq, "line": event.line}
    same = and_(*(quarantine.c[name] == value for name, value in row.items()))
    if connection.execute(select(quarantine.c.seq).where(same)).first() is None:
        connection.execute(insert(quarantine).values(**row, received_utc_ms=received_utc_ms))


def update_boot(connection: Connection, uid: str, clock: BootClock, **values: Any) -> None:
    """Write up to when a boot is known, its silence or the end of it, and what else is given."""
    boot = schema.boot
    silence = {} if clock.silent else {"silent_utc_ms": None}
    connection.execute(
        update(boot)
        .where(boot.c.uid == uid, boot.c.boot == clock.boot)
        .values(known_ms=clock.known_ms, **silence, **values)
    )


def note_words(
    connection: Connection, known: Mapping[BootKey, BootClock], received_utc_ms: int
) -> None:
    """Events came: up to when their boots are known; no boot of these is silent any more."""
    boot = schema.boot
    rows = [
        {"of_uid": uid, "of_boot": name, "known_ms": clock.known_ms}
        for (uid, name), clock in known.items()
    ]
    if rows:
        this = and_(boot.c.uid == bindparam("of_uid"), boot.c.boot == bindparam("of_boot"))
        heard = update(boot).where(this)
        connection.execute(
            heard.values(
                known_ms=bindparam("known_ms"), heard_utc_ms=received_utc_ms, silent_utc_ms=None
            ),
            rows,
        )


def load_fold(connection: Connection, uid: str) -> Fold:
    """The reducer as it was after the unit's last stored event."""
    unit = schema.unit
    text = connection.scalar(select(unit.c.fold).where(unit.c.uid == uid))
    fold = fold_from_text(text) if text else Fold(uid)
    for clock in clocks(connection, uid):
        if clock.boot == fold.boot:
            fold.known_ms = clock.known_ms
    return fold


def write_changes(connection: Connection, folds: Iterable[Fold]) -> Changes:
    """Write what the reducers of some units changed, and the reducers themselves beside it."""
    changes: dict[str, Interval | None] = {}
    states = []
    for fold in folds:
        changes.update(fold.changes)
        fold.changes.clear()
        states.append({"of_uid": fold.uid, "fold": fold_text(fold)})
    unit = schema.unit
    if states:
        connection.execute(update(unit).where(unit.c.uid == bindparam("of_uid")), states)
    return _write(connection, changes)


def rebuild_unit(connection: Connection, uid: str) -> tuple[Fold, Changes]:
    """All intervals of a unit from its events; only rows that differ are written."""
    interval = schema.interval
    query = select(interval).where(interval.c.uid == uid)
    old = {row.row_id: interval_from_row(row) for row in connection.execute(query)}
    boots = [(clock, _events(connection, uid, clock.boot)) for clock in clocks(connection, uid)]
    fold, rows = rebuild(uid, boots)
    changes: dict[str, Interval | None] = {row_id: None for row_id in old}
    for row in rows:
        changes[row.row_id] = row
    differing = {row_id: row for row_id, row in changes.items() if old.get(row_id) != row}
    fold.changes.update(differing)
    return fold, write_changes(connection, [fold])


def _events(connection: Connection, uid: str, boot: str) -> Iterator[Event]:
    event = schema.event
    query = (
        select(event.c.line).where(event.c.uid == uid, event.c.boot == boot).order_by(event.c.seq)
    )
    for row in connection.execute(query):
        yield from_line(uid, row.line)


def _write(connection: Connection, changes: dict[str, Interval | None]) -> Changes:
    interval = schema.interval
    kept = [row for row in changes.values() if row is not None]
    if changes:
        gone = delete(interval).where(interval.c.row_id == bindparam("old_row_id"))
        connection.execute(gone, [{"old_row_id": row_id} for row_id in changes])
    if kept:
        connection.execute(insert(interval), [interval_values(row) for row in kept])
    return Changes(kept, [row_id for row_id, row in changes.items() if row is None])
