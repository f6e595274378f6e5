"""Brings a database to this program's schema: numbered steps, each one transaction with its record.

A step is written once and never changed afterwards: it says how the schema was, not how it is.
Its SQL is what SQLite and PostgreSQL share, but for the triggers (docs/store.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, inspect, text

from deskunit.errors import DeskunitError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. Its statements run in order, all or none."""

    number: int
    title: str
    statements: tuple[str, ...]


def _append_only(table: str, when: str = "") -> tuple[str, ...]:
    """Triggers that refuse what would change a row; `when`: only such a row."""
    only = f"WHEN {when} " if when else ""
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {only}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


_FORGOTTEN = (
    "SELECT 1 FROM callback_fact WHERE number = OLD.number "
    "AND id > OLD.fact_id AND what = 'forgotten'"
)
# Also made anew by `forget`, which leaves no page behind that ever held a text (erasing.py).
PERSON = (
    "CREATE TABLE callback_person (fact_id INTEGER NOT NULL REFERENCES callback_fact (id), "
    "field TEXT NOT NULL, number INTEGER NOT NULL, value TEXT NOT NULL, digits TEXT, "
    "PRIMARY KEY (fact_id, field))",
    "CREATE INDEX callback_person_by_digits ON callback_person (digits) WHERE digits IS NOT NULL",
    "CREATE INDEX callback_person_by_number ON callback_person (number)",
    "CREATE TRIGGER callback_person_no_UPDATE BEFORE UPDATE ON callback_person "
    "BEGIN SELECT RAISE(ABORT, 'callback_person never changes'); END",
    "CREATE TRIGGER callback_person_no_DELETE BEFORE DELETE ON callback_person "
    f"WHEN NOT EXISTS ({_FORGOTTEN}) "
    "BEGIN SELECT RAISE(ABORT, 'callback_person is erased by forget alone'); END",
)


def _error_at(ms: str) -> str:
    """The error of an instant of a row, 100 ppm further off than where its boot was measured."""
    return (
        f"(SELECT epoch.error_ms + abs({ms} - epoch.at_ms) / 10000 + 1 FROM epoch "
        "WHERE epoch.uid = interval.uid AND epoch.boot = interval.boot)"
    )


_END = "interval.start_ms + interval.duration_ms"
RECORD = (
    "CREATE TABLE migration (number INTEGER NOT NULL PRIMARY KEY, title TEXT NOT NULL, "
    "applied_utc_ms BIGINT NOT NULL)"
)

MIGRATIONS = (
    Migration(
        1,
        "units, boots, events, intervals, agents",
        (
            "CREATE TABLE unit (uid TEXT NOT NULL PRIMARY KEY, seat TEXT NOT NULL, "
            "is_virtual INTEGER NOT NULL, is_confirmed INTEGER NOT NULL, "
            "first_seen_utc_ms BIGINT NOT NULL, fold TEXT)",
            "CREATE TABLE boot (uid TEXT NOT NULL REFERENCES unit (uid), boot TEXT NOT NULL, "
            "boot_no INTEGER NOT NULL, fw TEXT NOT NULL, reset_cause TEXT NOT NULL, "
            "first_seen_utc_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL, "
            "known_ms BIGINT NOT NULL, heard_utc_ms BIGINT NOT NULL, heard_state TEXT, "
            "heard_seq INTEGER NOT NULL, silent_utc_ms BIGINT, PRIMARY KEY (uid, boot))",
            "CREATE TABLE epoch (uid TEXT NOT NULL, boot TEXT NOT NULL, from_ms BIGINT NOT NULL, "
            "offset_ms BIGINT NOT NULL, slope_ppb INTEGER NOT NULL, error_ms INTEGER NOT NULL, "
            "set_utc_ms BIGINT NOT NULL, PRIMARY KEY (uid, boot, from_ms))",
            "CREATE TABLE event (uid TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, "
            "ms BIGINT NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL, "
            "received_utc_ms BIGINT NOT NULL, PRIMARY KEY (uid, boot, seq))",
            "CREATE TABLE gap (uid TEXT NOT NULL, boot TEXT NOT NULL, first INTEGER NOT NULL, "
            "last INTEGER NOT NULL, why TEXT NOT NULL, declared_utc_ms BIGINT NOT NULL, "
            "PRIMARY KEY (uid, boot, first))",
            "CREATE TABLE quarantine (uid TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, "
            "line TEXT NOT NULL, received_utc_ms BIGINT NOT NULL, "
            "PRIMARY KEY (uid, boot, seq, line))",
            "CREATE TABLE interval (row_id TEXT NOT NULL PRIMARY KEY, uid TEXT NOT NULL, "
            "boot TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, "
            "start_ms BIGINT NOT NULL, start_utc_ms BIGINT NOT NULL, cause TEXT NOT NULL, "
            "end_utc_ms BIGINT, duration_ms BIGINT, reason_code INTEGER, agent_id TEXT, "
            "sign_in TEXT, call_no INTEGER, hold_no INTEGER, not_taken INTEGER NOT NULL, "
            "resumed INTEGER NOT NULL, end_inferred INTEGER NOT NULL)",
            "CREATE INDEX interval_by_start ON interval (start_utc_ms)",
            "CREATE INDEX interval_by_unit ON interval (uid, start_utc_ms)",
            "CREATE INDEX interval_by_agent ON interval (agent_id, start_utc_ms)",
            "CREATE TABLE agent (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
            "team TEXT NOT NULL, level TEXT NOT NULL, seat TEXT NOT NULL, "
            "is_listed INTEGER NOT NULL)",
            *_append_only("event"),
            *_append_only("gap"),
            *_append_only("quarantine"),
        ),
    ),
    Migration(
        2,
        "several epochs a boot, errors of times",
        (
            "CREATE TABLE epoch_2 (uid TEXT NOT NULL, boot TEXT NOT NULL, "
            "from_ms BIGINT NOT NULL, offset_ms BIGINT NOT NULL, slope_ppb INTEGER NOT NULL, "
            "error_ms BIGINT NOT NULL, set_utc_ms BIGINT NOT NULL, at_ms BIGINT NOT NULL, "
            "drift_ppb INTEGER NOT NULL, quality TEXT NOT NULL, PRIMARY KEY (uid, boot, from_ms))",
            # Version 1 measured once a boot, when it noted the row: less sure the further from it.
            "INSERT INTO epoch_2 SELECT uid, boot, from_ms, offset_ms, slope_ppb, error_ms, "
            "set_utc_ms, set_utc_ms - offset_ms, 100000, 'synced' FROM epoch",
            "DROP TABLE epoch",
            "ALTER TABLE epoch_2 RENAME TO epoch",
            *_append_only("epoch", "OLD.quality = 'synced'"),
            "ALTER TABLE boot ADD COLUMN synced_ms BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE boot ADD COLUMN fold TEXT",
            "ALTER TABLE interval ADD COLUMN time_error_ms BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE interval ADD COLUMN time_quality TEXT NOT NULL DEFAULT 'synced'",
            # As far as it can be said here; a unit's rows are derived anew at its next word.
            f"UPDATE interval SET time_error_ms = {_error_at('interval.start_ms')}",
            f"UPDATE interval SET time_error_ms = {_error_at(_END)} "
            f"WHERE time_error_ms < {_error_at(_END)}",
            "UPDATE unit SET fold = NULL",
        ),
    ),
    Migration(
        3,
        "the script pack of a unit",
        tuple(
            f"ALTER TABLE unit ADD COLUMN pack_{name} TEXT" for name in ("lang", "version", "crc")
        ),
    ),
    Migration(
        4,
        "callbacks",
        (
            "CREATE TABLE callback (number INTEGER NOT NULL PRIMARY KEY, uid TEXT, boot TEXT, "
            "seq INTEGER, kind TEXT NOT NULL, taken_utc_ms BIGINT NOT NULL, "
            "taken_error_ms BIGINT NOT NULL, agent_id TEXT NOT NULL, call_no INTEGER, "
            "call_key TEXT, created_utc_ms BIGINT NOT NULL, created_by TEXT NOT NULL)",
            "CREATE UNIQUE INDEX callback_by_event ON callback (uid, boot, seq)",
            "CREATE TABLE callback_fact (id INTEGER NOT NULL PRIMARY KEY, "
            "number INTEGER NOT NULL REFERENCES callback (number), at_utc_ms BIGINT NOT NULL, "
            "by_agent TEXT NOT NULL, what TEXT NOT NULL, body TEXT NOT NULL)",
            "CREATE INDEX callback_fact_by_number ON callback_fact (number, id)",
            *PERSON,
            "CREATE TABLE callback_now (number INTEGER NOT NULL PRIMARY KEY, "
            "kind TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL, "
            "promise TEXT NOT NULL, sort_utc_ms BIGINT NOT NULL, taken_utc_ms BIGINT NOT NULL, "
            "ended_utc_ms BIGINT, is_forgotten INTEGER NOT NULL, subject TEXT NOT NULL, "
            "state TEXT NOT NULL)",
            "CREATE INDEX callback_now_by_due ON callback_now (status, promise, sort_utc_ms)",
            "CREATE INDEX callback_now_by_owner "
            "ON callback_now (owner, status, promise, sort_utc_ms)",
            "CREATE INDEX callback_now_by_taken ON callback_now (taken_utc_ms)",
            "CREATE INDEX callback_now_by_end ON callback_now (is_forgotten, ended_utc_ms)",
            *_append_only("callback"),
            *_append_only("callback_fact"),
        ),
    ),
    Migration(
        5,
        "corrections",
        (
            # what a unit is doing now, without a look at all that it ever did
            "CREATE INDEX interval_open ON interval (uid) WHERE end_utc_ms IS NULL",
            "CREATE TABLE correction (number INTEGER NOT NULL PRIMARY KEY, "
            "uid TEXT NOT NULL REFERENCES unit (uid), start_utc_ms BIGINT NOT NULL, "
            "end_utc_ms BIGINT NOT NULL, author TEXT NOT NULL, why TEXT NOT NULL, "
            "at_utc_ms BIGINT NOT NULL, state TEXT, reason_code INTEGER, agent_id TEXT, "
            "sign_in TEXT NOT NULL, beneath TEXT NOT NULL)",
            "CREATE INDEX correction_by_end ON correction (end_utc_ms)",
            "CREATE INDEX correction_by_unit ON correction (uid, end_utc_ms)",
            "CREATE TABLE correction_withdrawal (number INTEGER NOT NULL PRIMARY KEY "
            "REFERENCES correction (number), author TEXT NOT NULL, why TEXT NOT NULL, "
            "at_utc_ms BIGINT NOT NULL)",
            *_append_only("correction"),
            *_append_only("correction_withdrawal"),
        ),
    ),
)

VERSION = MIGRATIONS[-1].number


def version(connection: Connection) -> int:
    """The schema's version in this database; 0 for an empty one."""
    if not inspect(connection).has_table("migration"):
        return 0
    return int(connection.scalar(text("SELECT max(number) FROM migration")) or 0)


def migrate(
    engine: Engine, file: str, now_utc_ms: int, steps: Sequence[Migration] = MIGRATIONS
) -> int:
    """Run the steps that are due, return how many. A newer database: DeskunitError, untouched."""
    with engine.connect() as connection:
        found = version(connection)
    if found > steps[-1].number:
        raise DeskunitError("data_newer", file=file, found=found, known=steps[-1].number)
    due = [step for step in steps if step.number > found]
    for step in due:
        with engine.begin() as connection:
            _run(connection, step, now_utc_ms)
    return len(due)


def _run(connection: Connection, step: Migration, now_utc_ms: int) -> None:
    if not inspect(connection).has_table("migration"):
        connection.execute(text(RECORD))
    for statement in step.statements:
        connection.exec_driver_sql(statement)
    connection.execute(
        text("INSERT INTO migration VALUES (:number, :title, :now)"),
        {"number": step.number, "title": step.title, "now": now_utc_ms},
    )
