"""Rows of a sheet as XML, a batch at a time. Vectorised: no Python per cell.

Every cell names its place (r="A2"): the standard does not ask for it, but some readers do. An empty cell is
left out.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deskunit.exports.csv_file import bytes_of
from deskunit.exports.rendering import DAY_MS, DAY_S, text
from deskunit.exports.table import Column, Kind
from deskunit.exports.xlsx.styles import STYLES

CELL_CHARS = 32_767  # Excel's limit
EPOCH_DAY = 25_569  # 1970-01-01 in days since 1899-12-30
DICTIONARY_WORDS = 1000  # of a batch: with more of them they are no words but texts
SHARED_WORDS = 100_000  # kept in memory until the end
_NOT_PLAIN = r"[&<>\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|^\s|\s$|_x[0-9A-Fa-f]{4}_"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class Words:
    """Texts that many cells share, with their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __iter__(self) -> Any:
        return iter(self._numbers)

    def number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def has_room(self) -> bool:
        return len(self._numbers) < SHARED_WORDS


def letters(place: int) -> str:
    """Name of a column: 0 → A, 26 → AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def rows(batch: Any, columns: Sequence[Column], first_row: int, words: Words) -> bytes:
    """`<row>` elements of a batch; its first is the sheet's row `first_row`, from 1."""
    numbers = pa.array(np.arange(first_row, first_row + len(batch))).cast(pa.string())
    parts: list[Any] = ['<row r="', numbers, '">']
    for place, (array, column) in enumerate(zip(batch.columns, columns, strict=True)):
        parts += _cell(letters(place), numbers, array, column.kind, words)
    return bytes_of(pc.binary_join_element_wise(*parts, "</row>\n", ""))


def _cell(name: str, numbers: Any, array: Any, kind: Kind, words: Words) -> list[Any]:
    """What to put side by side for one column."""
    opening, rest = f'<c r="{name}', _rest(array, kind, words)
    if not array.null_count:
        return [opening, numbers, *rest]
    cell = pc.binary_join_element_wise(opening, numbers, *rest, "")
    return [pc.fill_null(cell, "")]


def _rest(array: Any, kind: Kind, words: Words) -> list[Any]:
    style = f'" s="{STYLES[kind]}"'
    inline = f'{style} t="inlineStr"><is><t xml:space="preserve">'
    if kind == "utc":
        return [inline, text(array, kind), "</t></is></c>"]
    if kind not in ("text", "offset"):
        return [f"{style}><v>", _number(array, kind), "</v></c>"]
    if pa.types.is_dictionary(array.type):
        if len(array.dictionary) <= DICTIONARY_WORDS and words.has_room():
            return [_shared(array, style, words)]
        array = array.cast(pa.string())
    return [inline, _texts(array), "</t></is></c>"]


def _shared(array: Any, style: str, words: Words) -> Any:
    """What follows the place of a cell, by word: written once for each word of the batch."""
    found = [
        None if word is None else f'{style} t="s"><v>{words.number(word[:CELL_CHARS])}</v></c>'
        for word in array.dictionary.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(array.indices, pa.array(found, pa.string())).cast(
        pa.string()
    )


def _texts(array: Any) -> Any:
    awkward = pc.match_substring_regex(array, _NOT_PLAIN)
    is_long = pc.greater(pc.utf8_length(array), CELL_CHARS)
    if pc.any(pc.or_(awkward, is_long)).as_py():
        found = [None if one is None else text_xml(one) for one in array.to_pylist()]
        return pa.array(found, pa.string())
    return array


def text_xml(value: str) -> str:
    """A text as it stands in a cell's XML; what XML cannot hold as Excel writes it, _x0007_."""
    kept = _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value[:CELL_CHARS])
    return escape(kept)


def _number(array: Any, kind: Kind) -> Any:
    if kind == "local":
        return _date(array)
    if kind == "span_hms":
        return _days(array)
    return text(array, kind)


def _date(array: Any) -> Any:
    """Wall clock to the second as days since 1899-12-30."""
    ms = array.cast(pa.int64()).fill_null(0).to_numpy()
    day, within_ms = ms // DAY_MS + EPOCH_DAY, ms % DAY_MS
    fraction = _fractions().take(pa.array(within_ms // 1000))
    found = pc.binary_join_element_wise(pa.array(day).cast(pa.string()), fraction, "")
    return pc.if_else(array.is_valid(), found, None)


def _days(array: Any) -> Any:
    """Milliseconds as days, to a microsecond: sums stay right."""
    days = np.round(array.fill_null(0).to_numpy() / DAY_MS, 11)
    return pc.if_else(array.is_valid(), pa.array(days).cast(pa.string()), None)


@cache
def _fractions() -> Any:
    """Of each second of a day its share of the day, as the digits after the point; "" at midnight."""
    return pa.array([f"{s / DAY_S:.11f}"[1:].rstrip("0").rstrip(".") for s in range(DAY_S)])
