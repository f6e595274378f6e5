"""Takes personal texts out of the file for good; the store calls it when somebody is to be forgotten.

SQLite overwrites what it deletes (secure_delete), but a page that was split keeps stale copies between its
cells. So the table is made anew, and every page of the old one is overwritten as it is given back.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete

from deskunit.store import schema
from deskunit.store.migrations import PERSON

CHUNK = 500


def erase(connection: Connection, numbers: Iterable[int]) -> None:
    """Remove all personal texts of these callbacks; the fact `forgotten` of each stands before."""
    table, wanted = schema.callback_person, sorted(numbers)
    for start in range(0, len(wanted), CHUNK):
        these = table.c.number.in_(wanted[start : start + CHUNK])
        connection.execute(delete(table).where(these))
    _make_anew(connection)


def _make_anew(connection: Connection) -> None:
    make, *around = PERSON
    old, new = schema.callback_person.name, f"{schema.callback_person.name}_new"
    connection.exec_driver_sql(make.replace(f"TABLE {old} ", f"TABLE {new} "))
    connection.exec_driver_sql(f"INSERT INTO {new} SELECT * FROM {old} ORDER BY fact_id, field")
    connection.exec_driver_sql(f"DROP TABLE {old}")
    connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {old}")
    for statement in around:
        connection.exec_driver_sql(statement)
