"""The boots of a unit and their epochs in the tables: notes, places and finds them; the store calls it.

Every function works inside the transaction that it is given. What the rows say is decided in epochs.py.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select

from deskunit import epochs
from deskunit.clock import ClockReading
from deskunit.epochs import BOUNDED, Epoch
from deskunit.events import Event, Record
from deskunit.intervals import BootClock
from deskunit.store import schema
from deskunit.store.rows import epoch_columns


def clocks(connection: Connection, uid: str) -> list[BootClock]:
    """All boots of a unit that have a clock, in their order."""
    boot, epoch = schema.boot, schema.epoch
    rows: dict[str, list[Epoch]] = {}
    query = select(epoch.c.boot, *epoch_columns()).where(epoch.c.uid == uid)
    for row in connection.execute(query.order_by(epoch.c.from_ms)):
        rows.setdefault(row.boot, []).append(Epoch(*row[1:]))
    boots = connection.execute(_boots(uid).order_by(boot.c.boot_no))
    return [_clock(row, rows[row.boot]) for row in boots if row.boot in rows]


def find_clock(connection: Connection, uid: str, boot: str) -> BootClock | None:
    """The boot's clock, None before begin_boot."""
    row = connection.execute(_boots(uid).where(schema.boot.c.boot == boot)).first()
    rows = find_epochs(connection, uid, boot)
    return _clock(row, rows) if row is not None and rows else None


def find_epochs(connection: Connection, uid: str, boot: str) -> list[Epoch]:
    """The boot's epochs in their order; they may be known before its first event."""
    epoch = schema.epoch
    query = select(*epoch_columns()).where(epoch.c.uid == uid, epoch.c.boot == boot)
    return [Epoch(*row) for row in connection.execute(query.order_by(epoch.c.from_ms))]


def read(
    connection: Connection,
    uid: str,
    boot: str,
    clock: BootClock | None,
    reading: ClockReading,
    now_utc_ms: int,
) -> int | None:
    """Write what a reading of the boot's clock adds; `clock` as it is now, if its events came.

    The number of the boot from which on stored words have another time now; None: there is none.
    """
    rows = clock.epochs if clock is not None else find_epochs(connection, uid, boot)
    if not rows or (reading.measured and _is_inferred(rows)):
        replace(connection, uid, boot, epochs.first(reading), now_utc_ms)
        if clock is None:
            return None
        earlier = place(connection, uid, boot, clock.boot_no, now_utc_ms)
        return clock.boot_no if earlier is None else earlier
    if reading.measured:
        added = epochs.more(rows, *_until(rows, clock), reading)
    else:
        added = epochs.unread(rows, *_until(rows, clock))
    _add(connection, uid, boot, added, now_utc_ms)
    return None


def begin(
    connection: Connection, uid: str, boot: str, fw: str, reset_cause: str, now_utc_ms: int
) -> None:
    """Note a boot as the newest of its unit."""
    boots = schema.boot
    newest = select(func.max(boots.c.boot_no)).where(boots.c.uid == uid)
    connection.execute(
        insert(boots).values(
            uid=uid,
            boot=boot,
            boot_no=(connection.scalar(newest) or 0) + 1,
            fw=fw,
            reset_cause=reset_cause,
            first_seen_utc_ms=now_utc_ms,
            last_ms=0,
            known_ms=0,
            heard_utc_ms=now_utc_ms,
            heard_seq=0,
            synced_ms=0,
        )
    )


def begin_older(
    connection: Connection, record: Record, current: str, now_utc_ms: int
) -> int | None:
    """The first record now of a boot that is over: nobody will read its clock any more.

    The number of the boot from which on stored words have another time now; None: there is none.
    """
    uid, boot = record.uid, record.boot
    clock, rows = find_clock(connection, uid, boot), find_epochs(connection, uid, boot)
    if clock is None:
        told = record.body if isinstance(record, Event) and record.kind == "boot" else {}
        begin(connection, uid, boot, str(told.get("fw", "")), str(told.get("rst", "")), now_utc_ms)
    if not rows:
        return place(connection, uid, current, None, now_utc_ms)
    if not _is_inferred(rows):
        _add(connection, uid, boot, epochs.unread(rows, *_until(rows, clock)), now_utc_ms)
    return None


def place(
    connection: Connection, uid: str, following: str, boot_no: int | None, now_utc_ms: int
) -> int | None:
    """Put the last boots before that number (None: the last ones) that nobody read before `following`.

    The number of the first one that stood elsewhere before; None: there is none.
    """
    after = find_epochs(connection, uid, following)
    run, previous = _unread_run(connection, uid, following, boot_no)
    if not run or not after:
        return None
    start = after[0].offset(0), after[0].error(0)
    spans_ms = [row.known_ms for row, _ in run]
    moved = []
    for (row, old), new in zip(
        run, epochs.placed(_last_word(previous), start, spans_ms), strict=True
    ):
        if old != new:
            replace(connection, uid, row.boot, new, now_utc_ms)
            moved += [int(row.boot_no)] if old else []
    return min(moved, default=None)


def _unread_run(
    connection: Connection, uid: str, following: str, boot_no: int | None
) -> tuple[list[tuple[Any, list[Epoch]]], BootClock | None]:
    """The last boots but `following` of which no reading exists, and the one before them."""
    run: list[tuple[Any, list[Epoch]]] = []
    boots = schema.boot.c
    query = _boots(uid).where(boots.boot != following).order_by(boots.boot_no.desc())
    if boot_no is not None:
        query = query.where(schema.boot.c.boot_no < boot_no)
    for row in connection.execute(query).all():
        rows = find_epochs(connection, uid, row.boot)
        if rows and not _is_inferred(rows):
            return run, _clock(row, rows)
        run.insert(0, (row, rows))
    return run, None


def replace(
    connection: Connection, uid: str, boot: str, rows: Sequence[Epoch], now_utc_ms: int
) -> None:
    """Put these in the place of what was inferred; a measured row cannot be taken away."""
    epoch = schema.epoch
    connection.execute(delete(epoch).where(epoch.c.uid == uid, epoch.c.boot == boot))
    _add(connection, uid, boot, rows, now_utc_ms)


def _last_word(clock: BootClock | None) -> tuple[int, int] | None:
    """The UTC of the last word of a boot, and its error."""
    if clock is None:
        return None
    at = clock.moment(clock.known_ms)
    return at.utc_ms, at.error_ms


def _until(rows: Sequence[Epoch], clock: BootClock | None) -> tuple[int, int]:
    """Up to when a boot's epochs are known to hold; the first ms without a stored word."""
    if clock is None:
        return rows[-1].at_ms, 0
    return max(clock.synced_ms, rows[-1].at_ms), clock.known_ms + 1


def _is_inferred(rows: Sequence[Epoch]) -> bool:
    return all(row.quality == BOUNDED for row in rows)


def _add(
    connection: Connection, uid: str, boot: str, rows: Sequence[Epoch], now_utc_ms: int
) -> None:
    values = [
        {
            "uid": uid,
            "boot": boot,
            "from_ms": row.from_ms,
            "offset_ms": row.offset_ms,
            "slope_ppb": row.slope_ppb,
            "error_ms": row.error_ms,
            "set_utc_ms": now_utc_ms,
            "at_ms": row.at_ms,
            "drift_ppb": row.drift_ppb,
            "quality": row.quality,
        }
        for row in rows
    ]
    if values:
        connection.execute(insert(schema.epoch), values)


def _boots(uid: str) -> Select[Any]:
    boot = schema.boot.c
    return select(boot.boot, boot.boot_no, boot.known_ms, boot.silent_utc_ms, boot.synced_ms).where(
        boot.uid == uid
    )


def _clock(row: Any, rows: Sequence[Epoch]) -> BootClock:
    return BootClock(
        row.boot,
        row.boot_no,
        tuple(rows),
        row.known_ms,
        row.silent_utc_ms is not None,
        row.synced_ms,
    )
