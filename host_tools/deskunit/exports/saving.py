"""A table as a file, whole or not at all, with its manifest: the one way out for every export."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from deskunit import __version__
from deskunit.errors import DeskunitError
from deskunit.exports import formats
from deskunit.exports.options import Options
from deskunit.exports.table import BATCH_ROWS, Table
from deskunit.exports.times import utc_text
from deskunit.exports.writing import Export, Out, save_by, write
from deskunit.state_log.query import Query

FORMATS = formats.FORMATS
Progress = Callable[[int, int | None], None]  # rows done, rows expected if that is known


def about(query: Query, now_utc_ms: int, asked: Mapping[str, object]) -> dict[str, object]:
    """What every manifest says of the question; `asked`: as it was typed."""
    start, end = query.from_utc_ms, query.to_utc_ms
    return {
        "tz": query.zone.key,
        "from_utc": None if start is None else utc_text(start),
        "to_utc": None if end is None else utc_text(end),
        "query": dict(asked),
        "created_utc": utc_text(now_utc_ms),
        "program": f"deskunit {__version__}",
    }


def save_table(
    table: Table,
    out: Out,
    fmt: str,
    options: Options | None = None,
    about: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Export:
    """Write it to `out` ("-": standard output). DeskunitError: unknown format, unwritable place."""
    formats.check(fmt)
    _refuse_terminal(out, fmt)
    options = options or Options()
    seen = _Seen(table, progress)
    facts = {"schema": table.schema, "format": fmt, **_look(fmt, options), **(about or {})}

    def writing(target: BinaryIO) -> Mapping[str, object]:
        if fmt in formats.TEXT:
            write(target, formats.get_writer(formats.TEXT, fmt)(seen.table, options))
            more = {}
        else:
            more = formats.get_writer(formats.BINARY, fmt)(seen.table, target, options, facts)
        columns = [column.name for column in table.columns]
        return {"rows": seen.rows, **facts, **more, "columns": columns}

    return save_by(out, writing, is_stream=fmt in formats.TEXT)


def table_chunks(table: Table, fmt: str, options: Options | None = None) -> Iterator[bytes]:
    """The bytes of a format of text as the rows come. DeskunitError: another format."""
    formats.check(fmt, tuple(formats.TEXT))
    chunks: Iterator[bytes] = formats.get_writer(formats.TEXT, fmt)(table, options or Options())
    return chunks


def _look(fmt: str, options: Options) -> dict[str, object]:
    return {"delimiter": options.delimiter, "bom": options.bom} if fmt == "csv" else {}


def _refuse_terminal(out: Out, fmt: str) -> None:
    if str(out) == "-" and fmt in formats.BINARY and sys.stdout.isatty():
        raise DeskunitError("out_terminal", exit_code=2, format=fmt)


class _Seen:
    """The table with its rows counted as they pass."""

    def __init__(self, table: Table, progress: Progress | None) -> None:
        self.rows = 0
        self._progress = progress
        self._expected = table.expected
        self.table = replace(table, batches=self._passing(table.batches))

    def _passing(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            for start in range(0, len(batch), BATCH_ROWS):  # what a writer makes of it is large
                yield (part := batch.slice(start, BATCH_ROWS))
                self.rows += len(part)
            if self._progress is not None:
                self._progress(self.rows, self._expected)
        if self._progress is not None:
            self._progress(self.rows, self.rows)
