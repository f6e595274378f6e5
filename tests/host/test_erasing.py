"""What deleting alone leaves behind: stale copies between the cells of pages that were split and merged."""

import random
from contextlib import closing
from pathlib import Path

from deskunit.store import sqlite
from deskunit.store.erasing import erase
from deskunit.store.migrations import migrate
from sqlalchemy import Connection

NOW = 1_795_309_200_000
ROWS = 6000
SEED = 27  # with it SQLite 3.40 keeps 5 of the 600 numbers where rows are only deleted


def live(connection: Connection) -> list[tuple[int, str]]:
    """Numbers come, and some of the others go, in no order; those that are to be forgotten."""
    chance, marked, others = random.Random(SEED), [], []
    for number in range(1, ROWS + 1):
        is_marked = number % 10 == 5
        called = (
            f"77{chance.randrange(10**16):016d}"
            if is_marked
            else str(chance.randrange(10 ** chance.randrange(3, 18)))
        )
        (marked if is_marked else others).append((number, called))
        row = (number, "phone", number, called, called)
        connection.exec_driver_sql("INSERT INTO callback_person VALUES (?, ?, ?, ?, ?)", row)
        if number % 3 == 0 and len(others) > 50:
            gone, _ = others.pop(chance.randrange(len(others)))
            connection.exec_driver_sql("DELETE FROM callback_person WHERE number = ?", (gone,))
    return marked


def test_no_page_keeps_a_copy(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    engine = sqlite.writer(file)
    migrate(engine, str(file), NOW)
    with closing(engine.raw_connection()) as borrowed:
        borrowed.cursor().execute("PRAGMA foreign_keys = OFF")  # the facts are left out here
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER callback_person_no_DELETE")
        marked = live(connection)
    assert sum(called.encode() in file.read_bytes() for _, called in marked) == len(marked)
    numbers = [number for number, _ in marked]
    with engine.begin() as connection:
        erase(connection, numbers)
    raw = file.read_bytes()
    assert [called for _, called in marked if called.encode() in raw] == []
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM callback_person").scalar()
        assert left and left > ROWS // 2
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
