"""The one writing transaction about corrections: facts are added, none changes."""

from dataclasses import replace

import msgspec
from sqlalchemy import Connection, func, insert, select

from deskunit.correction import Correction
from deskunit.store import schema


class CorrectionWriter:
    """What can be written within one transaction; Store.writing_corrections gives it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, made: Correction) -> Correction:
        """A new correction, under the next number whatever its own is."""
        table = schema.correction
        last = self._connection.scalar(select(func.max(table.c.number))) or 0
        numbered = replace(made, number=int(last) + 1)  # rows are never deleted: none comes twice
        row = {column.name: getattr(numbered, column.name) for column in table.columns}
        row["beneath"] = msgspec.json.encode(numbered.beneath).decode()
        self._connection.execute(insert(table).values(row))
        return numbered

    def withdraw(self, number: int, author: str, why: str, at_utc_ms: int) -> None:
        """It holds no more; it and who took it back stay."""
        row = {"number": number, "author": author, "why": why, "at_utc_ms": at_utc_ms}
        self._connection.execute(insert(schema.correction_withdrawal).values(row))
