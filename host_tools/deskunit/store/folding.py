"""Between the reducer of intervals and the tables: loads, saves and rebuilds; the store calls it.

Every function works inside the transaction that it is given.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from deskunit.events import BootKey, Event, Key, Told, from_lines
from deskunit.intervals import BootClock, Fold, Interval, rebuild
from deskunit.store import schema, times
from deskunit.store.intake import Intake
from deskunit.store.rows import (
    Changes,
    fold_from_text,
    fold_text,
    interval_from_row,
    interval_row,
)

LINES = 1_000  # decoded at once
# Past the query builder, which takes longer over the names of a row than the database over the row.
INSERT_EVENT, INSERT_INTERVAL = (
    f"INSERT INTO {table.name} ({', '.join(table.columns.keys())}) "
    f"VALUES ({', '.join('?' * len(table.columns))})"
    for table in (schema.event, schema.interval)
)


def find_line(connection: Connection, key: Key) -> str | None:
    """The stored line of an event."""
    event = schema.event
    uid, boot, seq = key
    query = select(event.c.line).where(event.c.uid == uid, event.c.boot == boot, event.c.seq == seq)
    return connection.scalar(query)


def store_facts(connection: Connection, intake: Intake, received_utc_ms: int) -> None:
    """Write the events, gaps and contradictions of a group."""
    events = [
        (one.uid, one.boot, one.seq, one.ms, one.kind, one.line, received_utc_ms)
        for one in intake.fresh.values()
    ]
    if events:
        connection.exec_driver_sql(INSERT_EVENT, events)
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
        .values(known_ms=clock.known_ms, synced_ms=clock.synced_ms, **silence, **values)
    )


def note_words(
    connection: Connection, known: Mapping[BootKey, BootClock], received_utc_ms: int
) -> None:
    """Events came: up to when their boots are known; no boot of these is silent any more."""
    boot = schema.boot
    rows = [
        {
            "of_uid": uid,
            "of_boot": name,
            "known_ms": clock.known_ms,
            "synced_ms": clock.synced_ms,
        }
        for (uid, name), clock in known.items()
    ]
    if rows:
        this = and_(boot.c.uid == bindparam("of_uid"), boot.c.boot == bindparam("of_boot"))
        heard = update(boot).where(this)
        connection.execute(
            heard.values(
                known_ms=bindparam("known_ms"),
                synced_ms=bindparam("synced_ms"),
                heard_utc_ms=received_utc_ms,
                silent_utc_ms=None,
            ),
            rows,
        )


def load_fold(connection: Connection, uid: str) -> Fold:
    """The reducer as it was after the unit's last stored event."""
    unit = schema.unit
    text = connection.scalar(select(unit.c.fold).where(unit.c.uid == uid))
    if not text:  # a new unit, or one of an older version's file
        return rebuild_unit(connection, uid)[0]
    fold = fold_from_text(text)
    clock = times.find_clock(connection, uid, fold.boot)
    if clock is not None:
        fold.known_ms, fold.epoch = clock.known_ms, clock.at(clock.known_ms)
    return fold


def keep_fold(connection: Connection, uid: str, boot: str, fold: Fold) -> None:
    """Note how the reducer stood before a boot's first event: a rebuild can begin there."""
    boots = schema.boot
    this = and_(boots.c.uid == uid, boots.c.boot == boot)
    connection.execute(update(boots).where(this).values(fold=fold_text(fold)))


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


def rebuild_unit(connection: Connection, uid: str, boot_no: int = 0) -> tuple[Fold, Changes]:
    """A unit's intervals from that boot on, from its events; only rows that differ are written."""
    clocks = times.clocks(connection, uid)
    fold, boot_no = _fold_before(connection, uid, boot_no)
    clocks = [clock for clock in clocks if clock.boot_no >= boot_no]
    old = _old_rows(connection, fold, [clock.boot for clock in clocks] if boot_no else None)
    changes: dict[str, Interval | None] = {row_id: None for row_id in old}
    changes.update({row.row_id: row for row in (fold.open, fold.before) if row is not None})
    boots = [(clock, _events(connection, uid, clock.boot, fold)) for clock in clocks]
    for _, changed in rebuild(fold, boots):
        changes.update(changed)
    differing = {row_id: row for row_id, row in changes.items() if old.get(row_id) != row}
    fold.changes.update(differing)
    return fold, write_changes(connection, [fold])


def _fold_before(connection: Connection, uid: str, boot_no: int) -> tuple[Fold, int]:
    """The reducer before that boot, or before the last one until then of which it is known."""
    boot = schema.boot
    query = (
        select(boot.c.fold, boot.c.boot_no)
        .where(boot.c.uid == uid, boot.c.boot_no <= boot_no, boot.c.fold.is_not(None))
        .order_by(boot.c.boot_no.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    return (fold_from_text(found.fold), found.boot_no) if found else (Fold(uid), 0)


def _old_rows(connection: Connection, fold: Fold, boots: list[str] | None) -> dict[str, Interval]:
    """The rows of these boots (None: all), and of earlier ones those that the fold may still change."""
    interval = schema.interval
    query = select(interval).where(interval.c.uid == fold.uid)
    if boots is not None:
        last = f"{fold.uid}-{fold.boot}-{fold.seq}u"
        unfinished = [row.row_id for row in (fold.open, fold.before) if row is not None]
        mine = or_(interval.c.boot.in_(boots), interval.c.row_id.in_([last, *unfinished]))
        query = query.where(mine)
    return {row.row_id: interval_from_row(row) for row in connection.execute(query)}


def _events(connection: Connection, uid: str, boot: str, fold: Fold) -> Iterator[Told]:
    event = schema.event
    query = (
        select(event.c.line).where(event.c.uid == uid, event.c.boot == boot).order_by(event.c.seq)
    )
    for number, lines in enumerate(connection.execute(query).scalars().partitions(LINES)):
        if number == 0:
            keep_fold(connection, uid, boot, fold)
        yield from from_lines(lines)


def _write(connection: Connection, changes: dict[str, Interval | None]) -> Changes:
    kept = [row for row in changes.values() if row is not None]
    if changes:
        gone = [(row_id,) for row_id in changes]
        connection.exec_driver_sql("DELETE FROM interval WHERE row_id = ?", gone)
    if kept:
        connection.exec_driver_sql(INSERT_INTERVAL, [interval_row(row) for row in kept])
    return Changes(kept, [row_id for row_id, row in changes.items() if row is None])
