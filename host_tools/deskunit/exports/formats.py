"""The formats that there are, and where each is written: a new one is a line here.

Nothing is imported before it is asked for: pyarrow alone takes longer than --help may.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from deskunit.errors import DeskunitError

# of text: chunks(table, options) -> Iterator[bytes]
TEXT = {
    "csv": "deskunit.exports.csv_file:chunks",
    "jsonl": "deskunit.exports.jsonl_file:chunks",
}
# of bytes that want a file: write(table, file, options, about) -> what the manifest says more
BINARY = {
    "xlsx": "deskunit.exports.xlsx_file:write",
    "parquet": "deskunit.exports.parquet_file:write",
}
# of the state log alone, no tables: export(store, query, out=, now_utc_ms=, progress=, …) -> Export;
# … are the options that only `export states` has (cli/exporting.py)
OF_STATES = {"queue_log": "deskunit.queue_log.exporting:export"}
FORMATS = (*TEXT, *BINARY)


def get_writer(table: dict[str, str], fmt: str) -> Callable[..., Any]:
    """The function that writes a format. KeyError: `table` has none of that name."""
    module, _, name = table[fmt].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def check(fmt: str, formats: tuple[str, ...] = FORMATS) -> None:
    """DeskunitError: there is no such format."""
    if fmt not in formats:
        known = ", ".join(formats)
        raise DeskunitError("unknown_format", exit_code=2, format=fmt, known=known)
