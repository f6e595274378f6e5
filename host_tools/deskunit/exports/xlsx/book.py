"""The workbook as a zip file that grows sheet by sheet. Nothing but the shared words is kept in memory.

A sheet that reaches Excel's last row, or a size that old zip readers take, goes on in the next.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from types import TracebackType
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from deskunit.exports.table import Column
from deskunit.exports.xlsx import parts
from deskunit.exports.xlsx.cells import Words, letters, rows
from deskunit.exports.xlsx.styles import WIDTHS, XML

SHEET_ROWS = 1_048_576  # Excel's, with the head row
SHEET_BYTES = 1_900_000_000  # of XML: below what needs zip64
COMPRESSION = 1  # higher levels take twice the time for a tenth of the size
_TEXT_WIDTHS = (6, 44)
_SAMPLE_ROWS = 200
_DATE = (1980, 1, 1, 0, 0, 0)  # the same rows make the same bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was written; `rows` without its head."""

    name: str
    rows: int


class Workbook:
    """Write it as a context; the file is whole when the context ends without an error."""

    def __init__(self, target: BinaryIO) -> None:
        self._zip = ZipFile(target, "w", ZIP_DEFLATED, compresslevel=COMPRESSION)
        self._words = Words()
        self._areas: list[tuple[str, str]] = []
        self.sheets: list[Sheet] = []

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()
        self._zip.close()

    def sheet(
        self, name: str, columns: Sequence[Column], batches: Iterable[Any], limit: int = SHEET_ROWS
    ) -> None:
        """A sheet of these rows, and as many more as they need: "name 2", "name 3" …"""
        coming = _Coming(batches)
        number = 1
        while number == 1 or coming.has_more():
            self._one(name if number == 1 else f"{name} {number}", columns, coming, limit)
            number += 1

    def _one(self, name: str, columns: Sequence[Column], coming: "_Coming", limit: int) -> None:
        place = len(self.sheets) + 1
        row, size = 1, 0
        with self._zip.open(_entry(f"xl/worksheets/sheet{place}.xml"), "w") as page:
            widths = _widths(columns, coming.sample())
            page.write(parts.sheet_head(columns, widths, is_first=place == 1).encode())
            while row < limit and size < SHEET_BYTES and coming.has_more():
                batch = coming.take(limit - row)
                xml = rows(batch, columns, row + 1, self._words)
                page.write(xml)
                row, size = row + len(batch), size + len(xml)
            page.write(parts.sheet_foot(len(columns), row).encode())
        self.sheets.append(Sheet(name, row - 1))
        self._areas.append((name, f"$A$1:${letters(len(columns) - 1)}${row}"))

    def _finish(self) -> None:
        count = len(self.sheets)
        for name, xml in (
            ("xl/sharedStrings.xml", parts.shared_strings(self._words)),
            ("xl/styles.xml", XML),
            ("xl/workbook.xml", parts.workbook(self._areas)),
            ("xl/_rels/workbook.xml.rels", parts.workbook_relations(count)),
            ("_rels/.rels", parts.ROOT_RELATIONS),
            ("[Content_Types].xml", parts.content_types(count)),
        ):
            self._zip.writestr(_entry(name), xml)


class _Coming:
    """Batches of which one may take a part."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches: Iterator[Any] = iter(batches)
        self._head: Any = None

    def has_more(self) -> bool:
        while self._head is None or not len(self._head):
            self._head = next(self._batches, None)
            if self._head is None:
                return False
        return True

    def sample(self) -> Any:
        """The rows that come next, not taken; None: none."""
        return self._head.slice(0, _SAMPLE_ROWS) if self.has_more() else None

    def take(self, most: int) -> Any:
        taken = self._head.slice(0, most)
        self._head = self._head.slice(most)
        return taken


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _DATE)
    entry.compress_type = ZIP_DEFLATED
    entry._compresslevel = COMPRESSION  # type: ignore[attr-defined]
    return entry


def _widths(columns: Sequence[Column], sample: Any) -> list[float]:
    """As wide as the kind needs, of texts as the first ones; never narrower than the head."""
    found = []
    for place, column in enumerate(columns):
        width = WIDTHS.get(column.kind, 0)
        if column.kind == "text" and sample is not None:
            width = max(map(_shown, chain([""], sample.column(place).to_pylist())))
            width = min(max(width + 1, _TEXT_WIDTHS[0]), _TEXT_WIDTHS[1])
        found.append(max(width, _shown(column.name) + 3))  # 3: the filter's arrow
    return found


def _shown(value: str | None) -> int:
    """How wide a text is: a Chinese character as two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in value or "")
