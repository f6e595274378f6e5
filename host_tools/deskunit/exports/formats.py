"""How rows look in a file: CSV as Excel reads it, or JSON lines. Pure: rows in, bytes out.

The stdlib's csv: pyarrow is faster, but large, and quotes every text; a year's log does not need it.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from deskunit.exports.states import Row, Value

BOM = b"\xef\xbb\xbf"
CHUNK_ROWS = 500
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA_LEADS = frozenset("=+-@\t\r")


def csv_lines(columns: Sequence[str], rows: Iterable[Row], *, bom: bool = True) -> Iterator[bytes]:
    """UTF-8, CRLF, with a byte order mark unless told otherwise: without one Excel reads no 中文."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(columns)
    if bom:
        yield BOM
    for number, row in enumerate(rows, start=1):
        writer.writerow(map(_cell, row))
        if number % CHUNK_ROWS == 0:
            yield _taken(page)
    yield _taken(page)


def json_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """One object a line, keys in the columns' order, numbers as numbers, an empty cell as null."""
    for row in rows:
        named = dict(zip(columns, row, strict=True))
        yield json.dumps(named, ensure_ascii=False).encode() + b"\n"


def _taken(page: io.StringIO) -> bytes:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text.encode()


def _cell(value: Value) -> Value:
    if isinstance(value, str):
        return harmless(value)
    return f"{value:.3f}" if isinstance(value, float) else value


def harmless(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return "'" + text if text[:1] in FORMULA_LEADS else text
