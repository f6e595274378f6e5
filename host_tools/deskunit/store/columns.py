"""Intervals in columns, page by page, past Python's row objects: how a long log leaves the store quickly.

Each page is a short read, as in reading.py. None is written as -1 or "", for a column whose first page
holds nothing but NULL would lose its type.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import select

from deskunit.errors import DeskunitError
from deskunit.store import schema
from deskunit.store.passing import Passing
from deskunit.store.sqlite import BUSY_S

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN_PAGE_ROWS = 10_000
TEXTS = ("row_id", "uid", "boot", "state", "cause", "agent_id", "sign_in", "time_quality")
NUMBERS = (
    *("seq", "start_utc_ms", "end_utc_ms", "duration_ms", "reason_code", "call_no", "hold_no"),
    *("not_taken", "resumed", "end_inferred", "time_error_ms"),
)
_NULLABLE = {
    **dict.fromkeys(("agent_id", "sign_in"), "''"),
    **dict.fromkeys(("end_utc_ms", "duration_ms", "reason_code", "call_no", "hold_no"), "-1"),
}
_SELECT = ", ".join(
    f"COALESCE({name}, {_NULLABLE[name]}) AS {name}" if name in _NULLABLE else f"interval.{name}"
    for name in TEXTS + NUMBERS
)
_ORDER = ("start_utc_ms", "uid", "boot", "seq", "row_id")
# A row that lasts into the period is its unit's last before it, or a few earlier where a clock was set back.
LAST_ROWS = 20
_LAST = (
    "unit CROSS JOIN interval ON interval.uid = unit.uid AND start_utc_ms < ? AND start_utc_ms >= "
    "COALESCE((SELECT i.start_utc_ms FROM interval AS i WHERE i.uid = unit.uid "
    f"AND i.start_utc_ms < ? ORDER BY i.start_utc_ms DESC LIMIT 1 OFFSET {LAST_ROWS - 1}), -9e15)"
)


_UNCONFIRMED = select(schema.unit.c.uid).where(schema.unit.c.is_confirmed == 0)


class ColumnReading(Passing):
    """The questions whose answer may be the whole log."""

    def interval_columns(
        self,
        from_utc_ms: int | None = None,
        to_utc_ms: int | None = None,
        agents: Sequence[str] | None = None,
        units: Sequence[str] | None = None,
        page_rows: int = COLUMN_PAGE_ROWS,
    ) -> "Iterator[pa.Table]":
        """Tables of TEXTS and NUMBERS: what touches [from, to), whole rows, by start, unit, boot, seq.

        None of unconfirmed units. `agents`, `units` None: all.
        """
        # named one by one: a subquery here would be looked through for every row
        unconfirmed = [row.uid for row in self._rows(_UNCONFIRMED)]
        where, values = _filters(agents, units, unconfirmed)
        with contextlib.closing(_Arrow(self.file)) as arrow:
            if from_utc_ms is not None:
                yield from _across(arrow, from_utc_ms, where, values)
            if to_utc_ms is not None:
                where, values = f"{where} AND start_utc_ms < ?", [*values, to_utc_ms]
            yield from _pages(arrow, from_utc_ms or -(2**62), where, values, page_rows)


def _filters(
    agents: Sequence[str] | None, units: Sequence[str] | None, unconfirmed: Sequence[str]
) -> tuple[str, list[Any]]:
    where, values = "1", list[Any]()
    for term, wanted in (
        # the plus keeps SQLite on the index by start: pages come in that order
        ("+agent_id IN", agents),
        ("+interval.uid IN", units),
        ("+interval.uid NOT IN", unconfirmed or None),
    ):
        if wanted is not None:
            where += f" AND {term} ({', '.join('?' * len(wanted))})"
            values += wanted
    return where, values


def _across(
    arrow: "_Arrow", from_utc_ms: int, where: str, values: list[Any]
) -> "Iterator[pa.Table]":
    """What began before `from` and lasts beyond it."""
    page = arrow.table(
        f"SELECT {_SELECT} FROM {_LAST} WHERE (end_utc_ms IS NULL OR end_utc_ms > ?) AND {where}",
        [from_utc_ms, from_utc_ms, from_utc_ms, *values],
    )
    if page.num_rows:
        yield _sorted(page.sort_by("start_utc_ms"))


def _pages(
    arrow: "_Arrow", start_utc_ms: int, where: str, values: list[Any], page_rows: int
) -> "Iterator[pa.Table]":
    """Whole groups of one start at a time, so that each page goes on exactly where the last ended."""
    limit = page_rows
    while True:
        page = arrow.table(
            f"SELECT {_SELECT} FROM interval WHERE start_utc_ms >= ? AND {where} "
            "ORDER BY start_utc_ms LIMIT ?",
            [start_utc_ms, *values, limit],
        )
        if page.num_rows < limit:
            if page.num_rows:
                yield _sorted(page)
            return
        starts = page["start_utc_ms"]
        last = starts[-1].as_py()
        whole = _before(starts, last)
        if whole == 0:  # a whole page of one instant
            limit *= 2
            continue
        yield _sorted(page.slice(0, whole))
        start_utc_ms, limit = last, page_rows


def _before(starts: Any, last_utc_ms: int) -> int:
    """How many rows of a page in order begin before its last instant."""
    import pyarrow.compute as pc

    return int(pc.sum(pc.less(starts, last_utc_ms)).as_py() or 0)


def _sorted(page: "pa.Table") -> "pa.Table":
    """By start, and within one instant by what is the same in every database."""
    import numpy as np
    import pyarrow.compute as pc

    starts = page["start_utc_ms"].to_numpy()
    same = np.flatnonzero(starts[1:] == starts[:-1])
    if not len(same):
        return page
    tied = np.union1d(same, same + 1)
    keys = [(name, "ascending") for name in _ORDER]
    order = pc.sort_indices(page.select(_ORDER).take(tied), sort_keys=keys).to_numpy()
    places = np.arange(page.num_rows)
    places[tied] = tied[order]
    return page.take(places)


class _Arrow:
    """One read-only connection of the Arrow driver."""

    def __init__(self, file: Path) -> None:
        import adbc_driver_sqlite.dbapi as driver

        self._file = file
        self._errors = driver.Error
        with self._explained():
            self._connection = driver.connect(f"file:{quote(str(file))}?mode=ro")
            with self._connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_S * 1000}")
                cursor.fetchall()

    def table(self, sql: str, values: list[Any]) -> "pa.Table":
        """The whole answer at once; the file is free again after it."""
        with self._explained(), self._connection.cursor() as cursor:
            # the driver takes a column's type from its first batch: let there be one
            cursor.adbc_statement.set_options(
                **{"adbc.sqlite.query.batch_rows": str(2 * COLUMN_PAGE_ROWS)}
            )
            cursor.execute(sql, values)
            return cursor.fetch_arrow_table().combine_chunks()

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            is_busy = "locked" in str(error) or "busy" in str(error)
            key = "data_busy" if is_busy else "data_failed"
            raise DeskunitError(key, file=self._file, why=error) from error
