"""Reads a small table that a site keeps in its spreadsheet, however that saved it. Pure but for `load`.

UTF-8 with or without BOM, GBK, Excel's UTF-16; comma, semicolon or tab. What the columns mean is the
caller's: deskunit.agents, deskunit.calendar.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deskunit.errors import DeskunitError


@dataclass(frozen=True)
class Shape:
    """`head`: the columns in the order in which a mistake tells them; the first `required` must be there."""

    head: Sequence[str]
    required: int
    synonyms: Mapping[str, str] = field(default_factory=dict)  # Chinese heads


def load(file: Path) -> bytes | None:
    """What the file holds; None: there is none. DeskunitError: table_unreadable."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DeskunitError("table_unreadable", file=file, why=error.strerror) from error


def rows(raw: bytes, shape: Shape, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column → text) of every row that is not empty. DeskunitError: table_encoding, table_header."""
    text = _decoded(raw, file)
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [cell.strip() for cell in next(reader, [])]
    head = [shape.synonyms.get(name, name.lower()) for name in names]
    for column in shape.head[: shape.required]:
        if column not in head:
            wanted = ",".join(shape.head)
            raise DeskunitError("table_header", file=file, line=1, column=column, head=wanted)
    for cells in reader:
        fields = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        if any(fields.values()):
            yield reader.line_num, fields


def _decoded(raw: bytes, file: str) -> str:
    marked = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for encoding in (marked, "gb18030"):  # a Chinese Excel's plain "CSV" is GBK
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise DeskunitError("table_encoding", file=file)
