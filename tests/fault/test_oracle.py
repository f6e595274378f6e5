"""The oracle itself: a database that keeps the promise passes, each way to break it is named."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit.store import open_store
from oracle import Truth, judge, opened

UID = "a4cf12b3d0e8"
FIRST, SECOND = "1-0000000a", "2-0000000b"
ZERO_UTC_MS = {FIRST: 1_000_000, SECOND: 2_000_000}


def line(boot: str, seq: int) -> str:
    return json.dumps(["E", 0, boot, seq, 100 * seq, "st", {"to": "ready"}])


MADE = {(FIRST, seq): line(FIRST, seq) for seq in range(1, 6)}
MADE |= {(SECOND, seq): line(SECOND, seq) for seq in range(1, 4)}


class Database:
    """Five events and three, seq 2 and 3 of the first boot in a gap; the schema is the real one."""

    def __init__(self, folder: Path) -> None:
        open_store(folder, write=True).close()
        self.file = folder / "deskunit.db"
        self.connection = sqlite3.connect(self.file, isolation_level=None)
        for trigger in ("event_no_UPDATE", "event_no_DELETE", "gap_no_UPDATE", "gap_no_DELETE"):
            self.do(f"DROP TRIGGER {trigger}")
        for number, boot in enumerate((FIRST, SECOND)):
            self.insert("boot", uid=UID, boot=boot, boot_no=number)
            zero = ZERO_UTC_MS[boot]
            self.insert("epoch", uid=UID, boot=boot, offset_ms=zero, set_utc_ms=zero, error_ms=5)
        for boot, seq in MADE:
            if (boot, seq) not in ((FIRST, 2), (FIRST, 3)):
                self.event(boot, seq)
        self.insert("gap", uid=UID, boot=FIRST, first=2, last=3, why="full")

    def do(self, statement: str, *values: object) -> None:
        self.connection.execute(statement, values)

    def insert(self, table: str, **values: object) -> None:
        """A row whose other columns are 0 or empty."""
        for _, name, kind, must, default, _ in self.connection.execute(
            f"PRAGMA table_info({table})"
        ):
            if must and default is None:
                values.setdefault(name, "" if kind == "TEXT" else 0)
        names = ", ".join(values)
        places = ", ".join("?" * len(values))
        self.do(f"INSERT INTO {table} ({names}) VALUES ({places})", *values.values())

    def event(self, boot: str, seq: int, text: str = "", uid: str = UID) -> None:
        text = text or line(boot, seq)
        self.insert("event", uid=uid, boot=boot, seq=seq, ms=100 * seq, kind="st", line=text)

    def judged(self, **changed: object) -> list[str]:
        truth = {"made": MADE, "ticked": {FIRST: 5, SECOND: 2}, "utc_ms": true_utc_ms} | changed
        return judge(self.file, [Truth(UID, **truth)])  # type: ignore[arg-type]


def true_utc_ms(boot: str, ms: int) -> float:
    return ZERO_UTC_MS[boot] + ms + 4


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path)
    yield made
    made.connection.close()


def test_a_promise_that_is_kept(database: Database) -> None:
    assert database.judged() == []


BROKEN = {
    "safe and is lost": "DELETE FROM event WHERE boot = '2-0000000b' AND seq = 2",
    "missing below 3": "DELETE FROM event WHERE boot = '2-0000000b' AND seq = 1",
    "was made as": "UPDATE event SET line = '[]' WHERE seq = 4",
    "beside its line": "UPDATE event SET ms = ms + 1 WHERE seq = 4",
    "never made": "UPDATE event SET seq = 9 WHERE seq = 5",
    "stored and in a gap": "UPDATE gap SET last = 4",
    "empty gap": "UPDATE gap SET last = 1",
    "in a gap and was never made": "INSERT INTO gap VALUES ('a4cf12b3d0e8', '1-0000000a', 6, 6, 'full', 0)",
    "in two gaps": "INSERT INTO gap VALUES ('a4cf12b3d0e8', '1-0000000a', 3, 3, 'full', 0)",
    "in a gap: damaged": "UPDATE gap SET why = 'damaged'",
    "in quarantine": "INSERT INTO quarantine VALUES ('a4cf12b3d0e8', '1-0000000a', 1, 'x', 0)",
    "was stored after": "UPDATE event SET rowid = 100 WHERE boot = '1-0000000a' AND seq = 1",
    "the boots are in the order": "UPDATE boot SET boot_no = 9 WHERE boot = '1-0000000a'",
    "ms off": "UPDATE epoch SET offset_ms = offset_ms - 20, set_utc_ms = set_utc_ms - 20",
    "has no time": "DELETE FROM epoch",
    "does not exist": "UPDATE event SET uid = '000000000001' WHERE seq = 5",
}


@pytest.mark.parametrize("sentence", BROKEN)
def test_each_way_to_break_it_is_named(database: Database, sentence: str) -> None:
    for trigger in ("epoch_no_UPDATE", "epoch_no_DELETE"):
        database.do(f"DROP TRIGGER IF EXISTS {trigger}")
    database.do(BROKEN[sentence])
    found = database.judged()
    assert any(sentence in one for one in found), found


def test_a_line_stored_twice_under_one_key(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.do("CREATE TABLE loose AS SELECT * FROM event")
    database.do("DROP TABLE event")
    database.do("ALTER TABLE loose RENAME TO event")
    database.event(FIRST, 4)
    assert any("stored twice" in one for one in database.judged())


def test_lines_are_read_without_the_code_under_test() -> None:
    payload = b'["T",7]'
    sealed = b"\x1e" + payload + b"*%08x" % zlib.crc32(payload)
    assert opened(b"noise" + sealed + b"\r") == ["T", 7]
    assert opened(sealed[:-1] + b"0") is None and opened(payload) is None
