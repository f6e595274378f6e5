"""A table as an Excel workbook: its rows in as many sheets as they need, and one that says what it is."""

from collections.abc import Mapping
from typing import BinaryIO

from deskunit import words
from deskunit.exports.meanings import meaning, split
from deskunit.exports.options import Options
from deskunit.exports.rows import batches
from deskunit.exports.table import Column, Table
from deskunit.exports.xlsx import Workbook


def write(
    table: Table, target: BinaryIO, _options: Options, about: Mapping[str, object]
) -> dict[str, object]:
    """All rows, then what was asked and what the columns are; what the manifest says of the sheets."""
    with Workbook(target) as book:
        book.sheet(table.name, table.columns, table.batches)
        sheets = [{"name": sheet.name, "rows": sheet.rows} for sheet in book.sheets]
        rows = sum(sheet.rows for sheet in book.sheets)
        columns = (Column(words.text("export.what")), Column(words.text("export.value")))
        lines = batches(columns, [*_facts(rows, about), *_meanings(table)])
        book.sheet(words.text("export.about"), columns, lines)
    return {"sheets": sheets}


def _facts(rows: int, about: Mapping[str, object]) -> list[tuple[str, str]]:
    return [
        (words.text("export.rows"), str(rows)),
        *((key, _shown(value)) for key, value in about.items()),
    ]


def _meanings(table: Table) -> list[tuple[str, str]]:
    known = words.table(words.user_language())
    found = [
        (column.name, meaning(column.name))
        for column in table.columns
        if f"column.{split(column.name)[0]}" in known
    ]
    return [("", ""), (words.text("export.columns"), ""), *found] if found else []


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        found = (f"{key}: {_shown(one)}" for key, one in value.items() if one not in (None, [], ()))
        return " · ".join(found)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "–" if value is None else str(value)
