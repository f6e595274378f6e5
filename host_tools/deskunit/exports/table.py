"""What every export is made of: named columns of a few kinds, and rows as Arrow batches that pass by once.

A writer knows kinds and nothing of states or callbacks. Whoever exports makes a Table; `rows.py` makes
one of tuples, `instants.py` fills the columns of times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

# text      as it is; a string or a dictionary of strings
# number    a float (a share, a mean)
# whole     an int
# seconds   milliseconds as int64; written as seconds with three decimals
# span_hms  milliseconds as int64; written as [h]:mm:ss, a real duration in a spreadsheet
# utc       milliseconds since 1970 in UTC; written as 2026-11-22T01:00:00.123Z
# local     milliseconds since 1970 by the clock on the wall; written to the second, a real date
# offset    text, UTC+08:00
# flag      a bool; written as 1 or 0
Kind = Literal[
    "text", "number", "whole", "seconds", "span_hms", "utc", "local", "offset", "flag"
]  # fmt: skip
BATCH_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export. Its name is the same in every format and language."""

    name: str
    kind: Kind = "text"


def columns(spec: str) -> tuple[Column, ...]:
    """Columns as `"row_id start:times duration:span call_no:whole"`: text where no kind stands.

    `times` makes NAME_utc, NAME_local and NAME_offset of one word, `span` NAME_s and NAME_hms.
    """
    found: list[Column] = []
    for word in spec.split():
        name, _, kind = word.partition(":")
        found += _SETS[kind](name) if kind in _SETS else [_column(name, kind or "text")]
    return tuple(found)


def times(name: str) -> list[Column]:
    """The three columns in which an instant stands."""
    return [
        Column(f"{name}_utc", "utc"),
        Column(f"{name}_local", "local"),
        Column(f"{name}_offset", "offset"),
    ]


def span(name: str) -> list[Column]:
    """The two columns in which a duration stands."""
    return [Column(f"{name}_s", "seconds"), Column(f"{name}_hms", "span_hms")]


_SETS = {"times": times, "span": span}


def _column(name: str, kind: str) -> Column:
    if kind not in Kind.__args__:  # type: ignore[attr-defined]
        raise ValueError(f"no kind of column: {kind}")
    return Column(name, kind)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Table:
    """One export. `schema` like "deskunit.calls/1"; `batches` of pyarrow.RecordBatch, read once.

    `expected`: about how many rows will come, for the progress bar; None: nobody knows.
    """

    name: str
    schema: str
    columns: tuple[Column, ...]
    batches: Iterator[Any]
    expected: int | None = None


def arrow_type(kind: Kind) -> Any:
    """The Arrow type of a column in a batch; text may as well be a dictionary of strings."""
    import pyarrow as pa  # only where something is exported: 60 ms

    if kind in ("text", "offset"):
        return pa.string()
    if kind in ("whole", "seconds", "span_hms"):
        return pa.int64()
    return {
        "number": pa.float64(),
        "flag": pa.bool_(),
        "utc": pa.timestamp("ms", "UTC"),
        "local": pa.timestamp("ms"),
    }[kind]


def arrow_schema(of: Sequence[Column]) -> Any:
    """The schema of a table's batches."""
    import pyarrow as pa

    return pa.schema([(column.name, arrow_type(column.kind)) for column in of])
