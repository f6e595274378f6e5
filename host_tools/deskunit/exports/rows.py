"""Batches of tuples, for tables that are made row by row.

A value is str for text and offset, float for number, int for whole, milliseconds for seconds and span_hms,
milliseconds since 1970 for utc and local, anything true or false for flag; None is an empty cell.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from deskunit.exports.table import Column, Table, arrow_schema

TUPLE_ROWS = 4096  # in a batch: tuples are large
Value = str | int | float | bool | None


def table(
    name: str,
    schema: str,
    columns: tuple[Column, ...],
    rows: Iterable[Sequence[Value]],
    expected: int | None = None,
) -> Table:
    """A table of tuples, one value a column."""
    return Table(name, schema, columns, batches(columns, rows), expected)


def batches(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[Any]:
    """The rows in Arrow batches. ValueError: a row has more or fewer values than there are columns."""
    waiting = iter(rows)
    while some := list(islice(waiting, TUPLE_ROWS)):
        yield _batch(columns, some)


def _batch(columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> Any:
    import pyarrow as pa

    wanted = arrow_schema(columns)
    by_column = list(zip(*rows, strict=True))
    arrays = [
        _array(column, values, field.type)
        for column, values, field in zip(columns, by_column, wanted, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def _array(column: Column, values: Sequence[Value], kind: Any) -> Any:
    import pyarrow as pa

    if column.kind == "flag":
        return pa.array([None if one is None else bool(one) for one in values], kind)
    return pa.array(values, kind)
