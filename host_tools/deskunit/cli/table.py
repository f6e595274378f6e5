"""A plain table on stdout, aligned also where characters are two columns wide."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import click

GAP = "  "


@dataclass(frozen=True)
class Column:
    head: str
    right: bool = False
    width: int = 0  # at least; rows that come later keep to it


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Heads and rows; each column as wide as its widest cell."""
    for line in lines(columns, rows):
        click.echo(line)


def lines(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, heads: bool = True
) -> list[str]:
    """The table's lines, control characters shown as ·."""
    cells = [[one.head for one in columns]] if heads else []
    cells += [
        ["".join(c if c.isprintable() else "·" for c in cell) for cell in row] for row in rows
    ]
    widths = [
        max([column.width, *(shown_width(row[place]) for row in cells)])
        for place, column in enumerate(columns)
    ]
    return [
        GAP.join(
            _padded(cell, width, column.right)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in cells
    ]


def shown_width(text: str) -> int:
    """Columns that a terminal needs: two for wide East Asian characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - shown_width(text))
    return space + text if right else text + space
