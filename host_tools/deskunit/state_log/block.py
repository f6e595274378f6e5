"""A stretch of the state log in columns: what cutting, correcting and clipping work on. Pure.

Numbers are int64 arrays, texts Arrow dictionaries; -1 and "" stand for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
NOTHING = -1
# "origin", the row of the page that a piece is of, is added too
ADDED_NUMBERS = {
    "part": 1,
    "running": 0,
    "clipped_start": 0,
    "clipped_end": 0,
    "correction": NOTHING,
    "original_reason_code": NOTHING,
}
ADDED_TEXTS = ("original_state", "original_agent_id")
PLAIN_TEXTS = ("row_id",)  # each row its own: no use for a dictionary


@dataclass(frozen=True)
class Block:
    """Rows in columns; the columns are those of store/columns.py and the added ones above."""

    numbers: dict[str, Numbers]
    texts: dict[str, Any]  # name → pa.StringArray or pa.DictionaryArray

    def __len__(self) -> int:
        return len(self.numbers["start_utc_ms"])

    def number(self, name: str) -> Numbers:
        return self.numbers[name]

    def take(self, rows: NDArray[Any]) -> "Block":
        """Those rows in that order; a row may come more than once."""
        return Block(
            {name: column[rows] for name, column in self.numbers.items()},
            {name: column.take(pa.array(rows)) for name, column in self.texts.items()},
        )

    def where(self, mask: Mask) -> "Block":
        """The rows that the mask holds for."""
        return self if mask.all() else self.take(np.flatnonzero(mask))

    def with_numbers(self, **columns: Numbers) -> "Block":
        return Block({**self.numbers, **columns}, self.texts)

    def with_texts(self, **columns: Any) -> "Block":
        return Block(self.numbers, {**self.texts, **columns})

    def values(self, name: str) -> list[str]:
        """A text column as Python strings."""
        column = self.texts[name]
        if isinstance(column, pa.DictionaryArray):
            known = column.dictionary.to_pylist()
            return [known[code] for code in codes(column).tolist()]
        found: list[str] = column.to_pylist()
        return found

    def among(self, name: str, wanted: Sequence[str]) -> Mask:
        """Which rows have one of these texts."""
        column = self.texts[name]
        known = np.array([text in wanted for text in column.dictionary.to_pylist()], dtype=bool)
        return known[codes(column)] if len(known) else np.zeros(len(self), dtype=bool)


def block_from(page: "pa.Table") -> Block:
    """A page of the store with the added columns, as the units told it."""
    rows = page.num_rows
    numbers, texts = {}, {}
    for name in page.column_names:
        column = page[name].combine_chunks()
        if pa.types.is_integer(column.type):
            numbers[name] = column.to_numpy()
        else:
            texts[name] = column if name in PLAIN_TEXTS else pc.dictionary_encode(column)
    numbers["origin"] = np.arange(rows)
    numbers |= {name: np.full(rows, value, np.int64) for name, value in ADDED_NUMBERS.items()}
    nothing = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([""]))
    return Block(numbers, texts | dict.fromkeys(ADDED_TEXTS, nothing))


def codes(column: "pa.DictionaryArray") -> NDArray[np.int32]:
    """Which entry of its dictionary each row has."""
    found: NDArray[np.int32] = column.indices.to_numpy()
    return found


def dictionary(texts: Sequence[str]) -> "pa.DictionaryArray":
    """Python strings as a dictionary column."""
    return pc.dictionary_encode(pa.array(texts, pa.string()))
