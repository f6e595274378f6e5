"""Large logs for the bench, made by SQL alone: `make_intervals` for exports, `make_events` for the reducer.

The tables are the product's own (its migrations make them); only the rows are written past the store.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from deskunit.store import open_store

FIRST_UTC_MS = 1_762_000_000_000  # 1 November 2025
STATE_MS = 120_000  # from one state to the next, on average
UNITS = 200
A_SIGN_IN = 240  # states: a shift of eight hours
# A unit's states go round like this; (state, reason, in a call, in a hold).
ROUND = (
    ("ready", None, 0, 0), ("talking", None, 1, 0), ("hold", None, 1, 1), ("talking", None, 1, 0),
    ("wrap_up", None, 1, 0), ("ready", None, 0, 0), ("talking", None, 1, 0), ("wrap_up", None, 1, 0),
    ("not_ready", 1, 0, 0), ("ready", None, 0, 0), ("talking", None, 1, 0), ("wrap_up", None, 1, 0),
)  # fmt: skip
NUMBERS = """
CREATE TEMP TABLE number AS WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n
  WHERE n + 1 < :numbers) SELECT n FROM n
"""
STARTS = f"""
CREATE TEMP TABLE started AS SELECT n, n * {STATE_MS} + (n * 7919 + :seed) % 100000 AS ms FROM number
"""
INTERVALS = f"""
INSERT INTO interval
SELECT u.uid || '-1-5eed0001-' || (a.n + 3), u.uid, '1-5eed0001', a.n + 3, r.state,
  a.ms, {FIRST_UTC_MS} + u.rowid * 137 + a.ms, 'button',
  {FIRST_UTC_MS} + u.rowid * 137 + b.ms, b.ms - a.ms, r.reason, u.agent,
  u.uid || '-1-5eed0001-' || (a.n / {A_SIGN_IN} * {A_SIGN_IN} + 3),
  CASE r.in_call WHEN 1 THEN a.n % {A_SIGN_IN} / 4 + 1 END, CASE r.in_hold WHEN 1 THEN 1 END,
  0, 0, 0, 17, 'synced'
FROM bench_unit AS u CROSS JOIN started AS a CROSS JOIN started AS b ON b.rowid = a.rowid + 1
CROSS JOIN round AS r ON r.rowid = a.n % {len(ROUND)} + 1
"""
EVENT_MS = 75_000
# What a unit tells, over and over; AG, CALL and OF are put in.
TOLD = (
    ("st", '"to":"not_ready","by":"btn","rc":0,"ag":"AG"'), ("rsn", '"of":OF,"rc":1'),
    ("st", '"to":"ready","by":"btn","ag":"AG"'),
    ("st", '"to":"talking","by":"btn","ag":"AG","call":CALL'),
    ("step", '"call":CALL,"sc":"greeting","s":"hello","by":"btn"'),
    ("st", '"to":"hold","by":"btn","ag":"AG","call":CALL,"hold":1'), ("remind", '"hold":1,"n":1'),
    ("spoke", '"hold":1,"n":1'), ("st", '"to":"talking","by":"btn","ag":"AG","call":CALL'),
    ("st", '"to":"wrap_up","by":"btn","ag":"AG","call":CALL'), ("wrapup", '"call":CALL'),
    ("st", '"to":"ready","by":"btn","ag":"AG"'),
    ("st", '"to":"talking","by":"btn","ag":"AG","call":CALL'),
    ("step", '"call":CALL,"sc":"greeting","s":"hello","by":"btn"'),
    ("st", '"to":"wrap_up","by":"btn","ag":"AG","call":CALL'),
    ("st", '"to":"ready","by":"btn","ag":"AG"'),
    ("st", '"to":"talking","by":"btn","ag":"AG","call":CALL'),
    ("step", '"call":CALL,"sc":"greeting","s":"hear","by":"btn"'),
    ("st", '"to":"wrap_up","by":"btn","ag":"AG","call":CALL'),
    ("st", '"to":"ready","by":"btn","ag":"AG"'),
)  # fmt: skip
A_SHIFT = 400  # events
EVENTS = f"""
INSERT INTO event
SELECT uid, '1-5eed0001', seq, ms, kind, '["E",0,"1-5eed0001",' || seq || ',' || ms || ',"' || kind || '",{{'
  || replace(replace(replace(body, 'AG', agent), 'CALL', call), 'OF', seq - 1) || '}}]', {FIRST_UTC_MS} + ms
FROM (
  SELECT u.uid, u.agent, n.n + 1 AS seq, n.n * {EVENT_MS} + (n.n * 7919 + :seed) % 60000 AS ms,
    CASE WHEN n.n = 0 THEN 'boot' WHEN n.n % {A_SHIFT} < 2 THEN 'st' ELSE t.kind END AS kind,
    CASE WHEN n.n = 0 THEN '"rst":"PWRON","fw":"0.3.0"'
      WHEN n.n % {A_SHIFT} = 0 THEN '"to":"signed_out","by":"btn"'
      WHEN n.n % {A_SHIFT} = 1 THEN '"to":"not_ready","by":"btn","rc":90,"ag":"AG"'
      ELSE t.body END AS body,
    n.n % {A_SHIFT} / {len(TOLD)} * 3
      + CASE WHEN n.n % {len(TOLD)} < 11 THEN 1 WHEN n.n % {len(TOLD)} < 15 THEN 2 ELSE 3 END AS call
  FROM bench_unit AS u CROSS JOIN number AS n CROSS JOIN told AS t ON t.rowid = n.n % {len(TOLD)} + 1
)
"""
INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
)


def make_intervals(file: Path, rows: int, seed: int = 1) -> int:
    """A new deskunit.db with about `rows` intervals of 200 units and agents; how many they are."""
    per_unit = -(-rows // UNITS)
    with _bulk(file) as connection, _without_indexes(connection, "interval"):
        _units(connection, per_unit * STATE_MS, seed)
        connection.execute(NUMBERS, {"numbers": per_unit + 1})
        connection.execute(STARTS, {"seed": seed})
        connection.execute(INTERVALS)
    return per_unit * UNITS


def make_events(file: Path, rows: int, seed: int = 1) -> int:
    """A new deskunit.db with about `rows` events of 200 units and no intervals yet; how many they are.

    Of 20 events 13 are states (as in the synthetic month: 61 %); every shift signs in and out.
    """
    per_unit = -(-rows // UNITS)
    with _bulk(file) as connection:
        _units(connection, per_unit * EVENT_MS, seed)
        connection.execute("CREATE TEMP TABLE told (n, kind, body)")
        told = [(n, *one) for n, one in enumerate(TOLD)]
        connection.executemany("INSERT INTO told VALUES (?, ?, ?)", told)
        connection.execute(NUMBERS, {"numbers": per_unit})
        connection.execute(EVENTS, {"seed": seed})
    return per_unit * UNITS


def _units(connection: sqlite3.Connection, last_ms: int, seed: int) -> None:
    connection.execute("CREATE TEMP TABLE bench_unit (uid TEXT, seat TEXT, agent TEXT)")
    units = [(f"5eed{seed % 65536:04x}{n:04x}", f"{n + 1:03}", f"{1001 + n}") for n in range(UNITS)]
    connection.executemany("INSERT INTO bench_unit VALUES (?, ?, ?)", units)
    connection.execute("CREATE TEMP TABLE round (n, state, reason, in_call, in_hold)")
    states = [(n, *state) for n, state in enumerate(ROUND)]
    connection.executemany("INSERT INTO round VALUES (?, ?, ?, ?, ?)", states)
    connection.execute(
        "INSERT INTO unit (uid, seat, is_virtual, is_confirmed, first_seen_utc_ms) "
        f"SELECT uid, seat, 0, 1, {FIRST_UTC_MS} FROM bench_unit"
    )
    connection.execute(
        "INSERT INTO boot (uid, boot, boot_no, fw, reset_cause, first_seen_utc_ms, last_ms, known_ms, "
        f"heard_utc_ms, heard_seq, synced_ms) SELECT uid, '1-5eed0001', 1, '0.3.0', 'PWRON', "
        f"{FIRST_UTC_MS}, :last, :last, {FIRST_UTC_MS} + :last, 1, 0 FROM bench_unit",
        {"last": last_ms},
    )
    connection.execute(
        "INSERT INTO epoch SELECT uid, '1-5eed0001', 0, "
        f"{FIRST_UTC_MS} + rowid * 137, 0, 17, {FIRST_UTC_MS}, 0, 0, 'synced' FROM bench_unit"
    )
    connection.execute(
        "INSERT INTO agent SELECT agent, '坐席' || agent, '第' || (agent % 8 + 1) || '组', 'solo', '', 1 "
        "FROM bench_unit"
    )


@contextlib.contextmanager
def _bulk(file: Path) -> Iterator[sqlite3.Connection]:
    """One large transaction that nobody has to be able to take back."""
    with open_store(file.parent, write=True):
        pass
    assert file == file.parent / "deskunit.db", "a data folder's database is called deskunit.db"
    connection = sqlite3.connect(file, isolation_level=None)
    for setting in ("journal_mode=off", "synchronous=off", "cache_size=-200000"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    connection.execute("BEGIN")
    yield connection
    connection.execute("COMMIT")
    connection.close()


@contextlib.contextmanager
def _without_indexes(connection: sqlite3.Connection, table: str) -> Iterator[None]:
    """Indexes are made at the end, sorted, instead of row by row."""
    indexes = connection.execute(INDEXES, [table]).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, statement in indexes:
        connection.execute(statement)
