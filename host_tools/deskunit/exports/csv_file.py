"""CSV as Excel reads it: UTF-8 with a byte order mark, CRLF, quotes only where they are needed.

pyarrow's writer quotes every text or none. So it writes a batch without quotes, and the rare batch with a
text that needs them is put together cell by cell.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from deskunit.exports.options import Options
from deskunit.exports.rendering import text
from deskunit.exports.table import Column, Table

BOM = b"\xef\xbb\xbf"
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA_LEADS = frozenset("=+-@\t\r")
_FORMULA = r"^[=+\-@\t\r]"


def chunks(table: Table, options: Options) -> Iterator[bytes]:
    """The file, batch by batch."""
    head = options.delimiter.join(_quoted(column.name, options) for column in table.columns)
    yield (BOM if options.bom else b"") + head.encode() + b"\r\n"
    for batch in table.batches:
        yield _lines(batch, table.columns, options.delimiter)


def _lines(batch: Any, columns: tuple[Column, ...], delimiter: str) -> bytes:
    cells = [_cells(array, column) for array, column in zip(batch.columns, columns, strict=True)]
    try:
        return _unquoted(cells, delimiter).replace(b"\n", b"\r\n")
    except pa.ArrowInvalid:  # a text has a quote, a delimiter or a line break in it
        return _joined([_escaped(cell, delimiter) for cell in cells], delimiter)


def _cells(array: Any, column: Column) -> Any:
    if column.kind not in ("text", "offset"):
        return text(array, column.kind)
    return on_dictionary(array, _harmless)


def on_dictionary(array: Any, change: Any) -> Any:
    """`change` done to the texts, of a dictionary once to each word; as plain strings."""
    if pa.types.is_dictionary(array.type):
        words = change(array.dictionary)
        return pa.DictionaryArray.from_arrays(array.indices, words).cast(pa.string())
    return change(array)


def _harmless(array: Any) -> Any:
    """An apostrophe before what a spreadsheet would take for a formula."""
    leads = pc.match_substring_regex(array, _FORMULA)
    if not pc.any(leads).as_py():
        return array
    return pc.if_else(leads, pc.binary_join_element_wise("'", array, ""), array)


def _unquoted(cells: list[Any], delimiter: str) -> bytes:
    names = [str(place) for place in range(len(cells))]
    page = BytesIO()
    wanted = csv.WriteOptions(
        include_header=False, delimiter=delimiter, quoting_style="none", batch_size=len(cells[0])
    )
    csv.write_csv(pa.RecordBatch.from_arrays(cells, names), page, wanted)
    return page.getvalue()


def _escaped(cells: Any, delimiter: str) -> Any:
    needs = pc.match_substring_regex(cells, f'["\\r\\n{_in_class(delimiter)}]')
    if not pc.any(needs).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(needs, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


def _in_class(delimiter: str) -> str:
    return "\\" + delimiter if not delimiter.isalnum() and delimiter.isprintable() else delimiter


def _joined(cells: list[Any], delimiter: str) -> bytes:
    """Cells of one row after the other; an empty one for a null."""
    rows = pc.binary_join_element_wise(
        *cells, delimiter, null_handling="replace", null_replacement=""
    )
    return bytes_of(pc.binary_join_element_wise(rows, "\r\n", ""))


def bytes_of(strings: Any) -> bytes:
    """The bytes of a string array without nulls that begins at offset 0, as they lie in memory."""
    _, starts, data = strings.buffers()
    last = int(np.frombuffer(starts, np.int32)[len(strings)])
    return bytes(data.slice(0, last))


def _quoted(name: str, options: Options) -> str:
    return f'"{name}"' if options.delimiter in name else name
