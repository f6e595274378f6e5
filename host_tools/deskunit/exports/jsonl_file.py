"""JSON lines, lossless: one object a row, keys in the columns' order, an empty cell as null."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from deskunit.exports.csv_file import bytes_of, on_dictionary
from deskunit.exports.options import Options
from deskunit.exports.rendering import text
from deskunit.exports.table import Column, Table

_TEXTS = frozenset(["text", "offset", "utc", "local", "span_hms"])
# what JSON escapes, and what a reader of lines might take for the end of one
_ESCAPED = r'["\\\x00-\x1f\x7f\x{2028}\x{2029}\x{85}]'


def chunks(table: Table, _options: Options) -> Iterator[bytes]:
    """The file, batch by batch."""
    for batch in table.batches:
        yield _lines(batch, table.columns)


def _lines(batch: Any, columns: tuple[Column, ...]) -> bytes:
    parts: list[Any] = []
    for place, (array, column) in enumerate(zip(batch.columns, columns, strict=True)):
        parts += [("{" if place == 0 else ", ") + json.dumps(column.name) + ": "]
        parts.append(pc.fill_null(_values(array, column), "null"))
    return bytes_of(pc.binary_join_element_wise(*parts, "}\n", ""))


def _values(array: Any, column: Column) -> Any:
    if column.kind in ("text", "offset"):
        return on_dictionary(array, _quoted)
    found = text(array, column.kind)
    return _between_quotes(found) if column.kind in _TEXTS else found


def _quoted(array: Any) -> Any:
    if not pc.any(pc.match_substring_regex(array, _ESCAPED)).as_py():
        return _between_quotes(array)
    dumped = [
        None if one is None else json.dumps(one, ensure_ascii=False) for one in array.to_pylist()
    ]
    return pa.array(dumped, pa.string())


def _between_quotes(array: Any) -> Any:
    return pc.binary_join_element_wise('"', array, '"', "")
