"""Parquet with an explicit schema: instants as timestamps, durations as seconds, words as dictionaries.

Nothing is guessed from the rows: a column has one type, whether it is empty or not.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from deskunit.exports import rendering
from deskunit.exports.options import Options
from deskunit.exports.table import Column, Table

GROUP_ROWS = 250_000
COMPRESSION = "zstd"


def write(
    table: Table, target: BinaryIO, _options: Options, _about: Mapping[str, object]
) -> dict[str, object]:
    """All rows, in row groups."""
    batches = iter(table.batches)
    first = next(batches, None)
    schema = _schema(table, first)
    words = [field.name for field in schema if _is_dictionary(field.type)]
    with parquet.ParquetWriter(
        target, schema, compression=COMPRESSION, use_dictionary=words, store_schema=True
    ) as writer:
        for batch in chain(_some(first), batches):
            writer.write_batch(_typed(batch, table, schema), row_group_size=GROUP_ROWS)
    return {}


def _some(first: Any) -> Iterator[Any]:
    if first is not None:
        yield first


def _schema(table: Table, first: Any) -> Any:
    """Texts that come as words of a dictionary stay such; which they are shows in the first batch."""
    fields = []
    for place, column in enumerate(table.columns):
        kind = _type(column)
        if first is not None and _is_dictionary(first.schema.field(place).type):
            kind = pa.dictionary(pa.int32(), pa.string())
        fields.append(pa.field(column.name, kind))
    return pa.schema(fields, {"deskunit.schema": table.schema})


def _type(column: Column) -> Any:
    if column.kind == "seconds":
        return pa.float64()
    if column.kind == "whole":
        return pa.int64()
    return {
        "utc": pa.timestamp("ms", "UTC"),
        "local": pa.timestamp("ms"),
        "number": pa.float64(),
        "flag": pa.bool_(),
    }.get(column.kind, pa.string())


def _is_dictionary(kind: Any) -> bool:
    return bool(pa.types.is_dictionary(kind))


def _typed(batch: Any, table: Table, schema: Any) -> Any:
    arrays = [
        _array(array, column, field.type)
        for array, column, field in zip(batch.columns, table.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(array: Any, column: Column, kind: Any) -> Any:
    if column.kind == "seconds":
        return pc.divide(array.cast(pa.float64()), 1000.0)
    if column.kind == "span_hms":
        return rendering.span_hms(array)
    return array if array.type == kind else array.cast(kind)
