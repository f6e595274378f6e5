"""Derives the intervals of all units anew, in several processes; the store calls it while nobody writes.

Each process reads the log and writes what it derives into a file of its own beside it. Then the store takes
over what differs, in one transaction. The reducer is intervals.py's, as ever.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import astuple
from sqlalchemy import Connection, Engine, bindparam, func, select, update

from deskunit.events import Told, from_lines
from deskunit.intervals import BootClock, Fold, Interval, rebuild
from deskunit.store import schema, speaking, sqlite, times
from deskunit.store.folding import INSERT_INTERVAL, LINES
from deskunit.store.rows import fold_text

Progress = Callable[[int, int], None]  # units done, units to do
PROCESSES = 4  # at most: more wait for the same disk
FEW_EVENTS = 100_000  # for so few it is not worth to start processes
COLUMNS = schema.interval.columns.keys()
_INTO = f"INTO interval ({', '.join(COLUMNS)})"
_LINES_OF_BOOT = "SELECT line FROM event WHERE uid = ? AND boot = ? ORDER BY seq"
_INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'interval' AND sql LIKE 'CREATE INDEX%'"
)


@dataclass(frozen=True, slots=True)
class Derived:
    """What is known of one unit after its last event, and before the first one of each boot."""

    uid: str
    intervals: int
    fold: str
    fold_before: dict[str, str]


@dataclass(frozen=True, slots=True)
class All:
    """What was derived, of how many events, and the files that have the rows."""

    units: list[Derived]
    events: int
    parts: list[Path]

    def rebuilt(self, changed: int, dropped: int) -> "Rebuilt":
        intervals = sum(one.intervals for one in self.units)
        return Rebuilt(len(self.units), self.events, intervals, changed, dropped)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild of everything found. `changed` and `dropped`: rows that were wrong before it."""

    units: int
    events: int
    intervals: int
    changed: int
    dropped: int


@contextmanager
def room(file: Path) -> Iterator[Path]:
    """A folder beside the database, gone when it is over. DeskunitError: there is no room."""
    sqlite.check_room(file)
    with TemporaryDirectory(prefix="rebuild-", dir=file.parent) as folder:
        yield Path(folder)


def derive_all(file: Path, folder: Path, progress: Progress | None) -> All:
    """Derive every unit of the database `file` into files in `folder`."""
    with _reader(file).connect() as connection:
        uids = list(connection.scalars(select(schema.unit.c.uid).order_by(schema.unit.c.uid)))
        events = connection.scalar(select(func.count()).select_from(schema.event)) or 0
    processes = min(PROCESSES, os.cpu_count() or 1, len(uids))
    some = _in_this_process if events < FEW_EVENTS or processes < 2 else _in_processes
    done = []
    for derived in some(file, folder, uids, processes):
        done.append(derived)
        if progress is not None:
            progress(len(done), len(uids))
    return All(done, events, sorted(folder.iterdir()))


def _in_this_process(
    file: Path, folder: Path, uids: Sequence[str], _processes: int
) -> Iterator[Derived]:
    return (derive(file, folder, uid) for uid in uids)


def _in_processes(
    file: Path, folder: Path, uids: Sequence[str], processes: int
) -> Iterator[Derived]:
    import multiprocessing  # late: nothing else of the product needs them
    from concurrent.futures import ProcessPoolExecutor, as_completed

    # spawned, not forked: this process has an open database, and maybe threads
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        running = [pool.submit(derive, file, folder, uid) for uid in uids]
        for one in as_completed(running):
            yield one.result()


def derive(file: Path, folder: Path, uid: str) -> Derived:
    """Derive one unit's intervals into this process's file in `folder`."""
    fold, fold_before = Fold(uid), dict[str, str]()
    part = folder / f"{os.getpid()}.db"
    with closing(_part(part)) as out:
        out.execute("BEGIN")
        intervals = 0
        for rows in reduced(file, fold, fold_before):
            out.executemany(INSERT_INTERVAL, ((row_id, *astuple(row)) for row_id, row in rows))
            intervals += len(rows)
        out.execute("COMMIT")
    return Derived(uid, intervals, fold_text(fold), fold_before)


def reduced(
    file: Path, fold: Fold, fold_before: dict[str, str]
) -> Iterator[list[tuple[str, Interval]]]:
    """A unit's rows by row_id, boot by boot, of all its events; `fold` is new."""

    def events(connection: Connection, boot: str) -> Iterator[Told]:
        told = _told(connection, fold.uid, boot)
        for first in told:
            fold_before[boot] = fold_text(fold)
            yield first
            yield from told

    with _reader(file).connect() as connection:
        clocks = times.clocks(connection, fold.uid)
        yield from _finished(fold, [(clock, events(connection, clock.boot)) for clock in clocks])


def _told(connection: Connection, uid: str, boot: str) -> Iterator[Told]:
    """All events of a boot in their order, past the query builder: a quarter of the reading."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    cursor = driver.execute(_LINES_OF_BOOT, (uid, boot))
    while page := cursor.fetchmany(LINES):
        yield from from_lines([line for (line,) in page])


def _finished(
    fold: Fold, boots: Sequence[tuple[BootClock, Iterator[Told]]]
) -> Iterator[list[tuple[str, Interval]]]:
    """A unit's rows by row_id, as they stay: what a later boot may still change waits for it."""
    rows: dict[str, Interval | None] = {}
    for _, changes in rebuild(fold, boots):
        rows.update(changes)
        unfinished = {one.row_id for one in (fold.open, fold.before, fold.quiet) if one is not None}
        yield [one for one in _kept(rows) if one[0] not in unfinished]
        rows = {row_id: rows[row_id] for row_id in unfinished if row_id in rows}
    yield _kept(rows)


def _kept(rows: Mapping[str, Interval | None]) -> list[tuple[str, Interval]]:
    return [(row_id, row) for row_id, row in rows.items() if row is not None]


@cache
def _reader(file: Path) -> Engine:
    """One for all units of a process: it remembers its compiled queries, and keeps nothing open."""
    return sqlite.reader(file)


def _part(file: Path) -> sqlite3.Connection:
    """A file that is thrown away with its folder: nothing has to be durable."""
    connection = sqlite3.connect(file, isolation_level=None)
    for setting in ("journal_mode=off", "synchronous=off"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    connection.execute(f"CREATE TABLE IF NOT EXISTS interval ({', '.join(COLUMNS)})")
    return connection


def take_over(
    connection: Connection, parts: Sequence[str], derived: Sequence[Derived]
) -> tuple[int, int]:
    """In one transaction: put the rows of the attached `parts` in place; (rows changed, rows gone)."""
    _keep_folds(connection, derived)
    for one in derived:
        speaking.derive_pack(connection, one.uid)
    if connection.execute(select(schema.interval.c.row_id).limit(1)).first() is None:
        return _fill(connection, parts), 0
    gone = _drop_others(connection, parts)
    return sum(_take_differing(connection, part) for part in parts), gone


def _fill(connection: Connection, parts: Sequence[str]) -> int:
    """An empty table: the indexes are made when all rows are there, sorted."""
    indexes = connection.exec_driver_sql(_INDEXES).all()
    for name, _ in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    count = 0
    for part in parts:
        rows = f"SELECT * FROM {part}.interval"
        count += connection.exec_driver_sql(f"INSERT {_INTO} {rows}").rowcount
    for _, statement in indexes:
        connection.exec_driver_sql(statement)
    return count


def _drop_others(connection: Connection, parts: Sequence[str]) -> int:
    """Rows that no event tells of."""
    known = " UNION ALL ".join(f"SELECT row_id FROM {part}.interval" for part in parts)
    others = f"DELETE FROM interval WHERE row_id NOT IN ({known or 'SELECT NULL WHERE 0'})"
    return connection.exec_driver_sql(others).rowcount


def _take_differing(connection: Connection, part: str) -> int:
    now, before = (", ".join(f"{table}.{name}" for name in COLUMNS) for table in ("now", "old"))
    differing = (
        f"SELECT now.* FROM {part}.interval AS now LEFT JOIN interval AS old USING (row_id) "
        f"WHERE ({now}) IS NOT ({before})"
    )
    return connection.exec_driver_sql(f"INSERT OR REPLACE {_INTO} {differing}").rowcount


def _keep_folds(connection: Connection, derived: Sequence[Derived]) -> None:
    unit, boot = schema.unit, schema.boot
    folds = [{"of_uid": one.uid, "fold": one.fold} for one in derived]
    if folds:
        connection.execute(update(unit).where(unit.c.uid == bindparam("of_uid")), folds)
    before = [
        {"of_uid": one.uid, "of_boot": name, "fold": fold}
        for one in derived
        for name, fold in one.fold_before.items()
    ]
    if before:
        this = (boot.c.uid == bindparam("of_uid")) & (boot.c.boot == bindparam("of_boot"))
        connection.execute(update(boot).where(this), before)
