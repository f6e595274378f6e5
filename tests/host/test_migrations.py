"""The migrations: from an empty file to the schema that the queries see, step by whole step."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from deskunit.correction import Correction
from deskunit.errors import DeskunitError
from deskunit.intervals import Interval
from deskunit.store import FILE_NAME, SpokenPack, open_store, schema
from deskunit.store.migrations import MIGRATIONS, VERSION, Migration, migrate, version
from deskunit.store.sqlite import writer
from paper_unit import event
from sqlalchemy import Engine, MetaData, Table
from sqlalchemy.exc import DatabaseError

NOW = 1_795_309_200_000
SECOND = Migration(
    VERSION + 1,
    "a second step",
    ("CREATE TABLE note (id INTEGER PRIMARY KEY)", "ALTER TABLE agent ADD COLUMN shift TEXT"),
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return writer(tmp_path / "log.db")


def found_version(engine: Engine) -> int:
    with engine.connect() as connection:
        return version(connection)


def dump(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return list(driver.iterdump())


def shape(table: Table) -> tuple[dict[str, tuple[str, bool]], list[str], set[tuple[str, ...]]]:
    columns = {column.name: (str(column.type), bool(column.nullable)) for column in table.columns}
    indexes = {tuple(column.name for column in index.columns) for index in table.indexes}
    return columns, [column.name for column in table.primary_key], indexes


def test_numbers_run_from_one_without_a_hole() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(1, VERSION + 1))


def test_an_empty_file_gets_everything_once(engine: Engine) -> None:
    assert found_version(engine) == 0
    assert migrate(engine, "log.db", NOW) == len(MIGRATIONS)
    assert found_version(engine) == VERSION
    before = dump(engine)
    assert migrate(engine, "log.db", NOW + 1) == 0
    assert dump(engine) == before


def test_what_they_make_is_what_the_queries_see(engine: Engine) -> None:
    migrate(engine, "log.db", NOW)
    made = MetaData()
    made.reflect(engine)
    assert set(made.tables) == set(schema.metadata.tables)
    for name, table in schema.metadata.tables.items():
        assert (name, shape(made.tables[name])) == (name, shape(table))


@pytest.mark.parametrize("broken_at", range(len(MIGRATIONS[0].statements) + 1))
def test_a_step_that_breaks_half_way_leaves_nothing(engine: Engine, broken_at: int) -> None:
    statements = MIGRATIONS[0].statements
    broken = (*statements[:broken_at], "CREATE NONSENSE", *statements[broken_at:])
    with pytest.raises(DatabaseError):
        migrate(engine, "log.db", NOW, [Migration(1, "broken", broken)])
    assert found_version(engine) == 0
    assert dump(engine) == ["BEGIN TRANSACTION;", "COMMIT;"]
    assert migrate(engine, "log.db", NOW) == len(MIGRATIONS)


def test_a_later_step_that_breaks_leaves_the_earlier_ones(engine: Engine) -> None:
    broken = Migration(SECOND.number, SECOND.title, (*SECOND.statements, "CREATE NONSENSE"))
    with pytest.raises(DatabaseError):
        migrate(engine, "log.db", NOW, [*MIGRATIONS, broken])
    assert found_version(engine) == VERSION
    assert not any("note" in line for line in dump(engine))
    assert migrate(engine, "log.db", NOW, [*MIGRATIONS, SECOND]) == 1
    assert found_version(engine) == SECOND.number


def test_a_newer_database_is_refused_and_left_alone(engine: Engine) -> None:
    migrate(engine, "log.db", NOW, [*MIGRATIONS, SECOND])
    before = dump(engine)
    with pytest.raises(DeskunitError) as caught:
        migrate(engine, "log.db", NOW)
    assert caught.value.key == "data_newer"
    assert (caught.value.values["found"], caught.value.values["known"]) == (VERSION + 1, VERSION)
    assert dump(engine) == before


def written_by(version: int, folder: Path) -> Path:
    """The file that this version wrote of a unit's life: three boots, the first one silent at its end."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as made:
        made.executescript((Path(__file__).parent / f"version-{version}.sql").read_text("utf-8"))
    return folder


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    return written_by(1, tmp_path)


@pytest.fixture(params=range(1, VERSION))
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The file of each version before this one."""
    return written_by(request.param, tmp_path)


def times(rows: Iterable[Interval]) -> list[tuple[str, int, int | None, int | None]]:
    return [(row.row_id, row.start_utc_ms, row.end_utc_ms, row.duration_ms) for row in rows]


def test_a_file_of_version_1_keeps_its_rows_and_gets_their_errors(version_1: Path) -> None:
    with closing(sqlite3.connect(version_1 / FILE_NAME)) as old:
        query = "SELECT row_id, start_utc_ms, end_utc_ms, duration_ms FROM interval ORDER BY 2, boot, seq, 1"
        before = old.execute(query).fetchall()
    with open_store(version_1, write=True) as store:
        rows = list(store.intervals())
        assert times(rows) == before and len(rows) == 17
        assert {row.time_quality for row in rows} == {"synced"}
        assert all(3 < row.time_error_ms < 500 for row in rows)
        known = {row.row_id: row.time_error_ms for row in rows if row.state != "unknown"}
        store.rebuild(rows[0].uid)
        exact = {row.row_id: row.time_error_ms for row in store.intervals()}
        assert all(exact[row_id] <= error <= exact[row_id] + 1 for row_id, error in known.items())


def test_a_unit_of_version_1_goes_on_where_it_was(version_1: Path) -> None:
    with open_store(version_1, write=True) as store:
        last = list(store.events())[-1]
        before = list(store.intervals())
        body = {"to": "ready", "by": "btn", "ag": "1001"}
        store.commit([event(last.uid, last.boot, last.seq + 1, last.ms + 5, "st", body)], NOW)
        after = list(store.intervals())
        assert times(after)[:-2] == times(before)[:-1]
        assert after[-2].end_utc_ms == after[-1].start_utc_ms
        rebuilt = store.rebuild(last.uid)
        assert (rebuilt.changed, rebuilt.dropped) == ([], [])


def test_a_unit_of_an_older_file_has_no_pack_until_it_tells_of_one(older: Path) -> None:
    with closing(sqlite3.connect(older / FILE_NAME)) as old:
        query = "SELECT row_id, start_utc_ms, end_utc_ms, duration_ms FROM interval ORDER BY 2, boot, seq, 1"
        before = old.execute(query).fetchall()
    with open_store(older, write=True) as store:
        assert times(store.intervals()) == before
        assert [unit.pack for unit in store.units()] == [None]
        last = list(store.events())[-1]
        body = {"ok": 1, "lang": "zh", "ver": "1.0", "crc": "2f6b9a07"}
        store.commit([event(last.uid, last.boot, last.seq + 1, last.ms + 5, "pack", body)], NOW)
        assert [unit.pack for unit in store.units()] == [SpokenPack("zh", "1.0", "2f6b9a07")]
        rebuilt = store.rebuild(last.uid)
        assert (rebuilt.changed, rebuilt.dropped) == ([], [])


def test_a_unit_of_an_older_file_can_promise_and_old_promises_stay_events(older: Path) -> None:
    with open_store(older, write=True) as store:
        before = [one.number for one in store.callbacks()]
        assert [one.uid for one in store.callbacks()] == [None] * len(before)
        last = list(store.events())[-1]
        body = {"call": 1, "k": "fault"}
        promise = event(last.uid, last.boot, last.seq + 1, last.ms + 5, "callback", body)
        assert store.commit([promise], NOW).callbacks == [len(before) + 1]
        found = next(iter(store.callbacks()))
        at = store.moment(last.uid, last.boot, promise.ms)
        signed_in = list(store.intervals())[-1].agent_id
        assert (found.owner, found.taken_utc_ms) == (signed_in, at.utc_ms)


def test_a_callback_of_version_4_is_as_it_was(tmp_path: Path) -> None:
    with open_store(written_by(4, tmp_path), write=True) as store:
        (kept,) = store.callbacks()
        assert (kept.number, kept.kind, kept.owner, kept.subject) == (1, "fault", "1001", "断网")
        texts = {"name": "王女士", "caller_number": "13800138000"}
        assert store.personal([kept]) == {1: texts}


def test_rows_of_an_older_file_can_be_corrected_and_none_is_yet(older: Path) -> None:
    with open_store(older, write=True) as store:
        assert store.corrections(including_withdrawn=True) == []
        row = next(row for row in store.intervals() if row.sign_in is not None)
        wanted = (row.uid, row.start_utc_ms, row.end_utc_ms or NOW, "supervisor", "why", NOW)
        made = Correction(0, *wanted, state="ready", sign_in=row.sign_in)
        with store.writing_corrections() as writing:
            writing.add(made)
        assert [one.number for one in store.corrections()] == [1]


def test_step_5_that_breaks_half_way_leaves_version_4(tmp_path: Path) -> None:
    engine = writer(written_by(4, tmp_path) / FILE_NAME)
    before = dump(engine)
    fifth = MIGRATIONS[4]
    for broken_at in range(1, len(fifth.statements) + 1):
        broken = (*fifth.statements[:broken_at], "CREATE NONSENSE")
        with pytest.raises(DatabaseError):
            migrate(engine, "log.db", NOW, [*MIGRATIONS[:4], Migration(5, "broken", broken)])
        assert dump(engine) == before
    assert migrate(engine, "log.db", NOW) == len(MIGRATIONS) - 4


def test_step_4_that_breaks_half_way_leaves_version_3(tmp_path: Path) -> None:
    engine = writer(written_by(3, tmp_path) / FILE_NAME)
    before = dump(engine)
    fourth = MIGRATIONS[3]
    for broken_at in range(1, len(fourth.statements) + 1):
        broken = (*fourth.statements[:broken_at], "CREATE NONSENSE")
        with pytest.raises(DatabaseError):
            migrate(engine, "log.db", NOW, [*MIGRATIONS[:3], Migration(4, "broken", broken)])
        assert dump(engine) == before
    assert migrate(engine, "log.db", NOW) == len(MIGRATIONS) - 3


def test_step_3_that_breaks_half_way_leaves_version_2(tmp_path: Path) -> None:
    engine = writer(written_by(2, tmp_path) / FILE_NAME)
    before = dump(engine)
    third = MIGRATIONS[2]
    for broken_at in range(1, len(third.statements) + 1):
        broken = (*third.statements[:broken_at], "CREATE NONSENSE")
        with pytest.raises(DatabaseError):
            migrate(engine, "log.db", NOW, [*MIGRATIONS[:2], Migration(3, "broken", broken)])
        assert dump(engine) == before
    assert migrate(engine, "log.db", NOW) == len(MIGRATIONS) - 2


def test_step_2_that_breaks_half_way_leaves_version_1(version_1: Path) -> None:
    engine = writer(version_1 / FILE_NAME)
    before = dump(engine)
    second = MIGRATIONS[1]
    for broken_at in range(1, len(second.statements) + 1):
        broken = (*second.statements[:broken_at], "CREATE NONSENSE")
        steps = [MIGRATIONS[0], Migration(2, "broken", broken)]
        with pytest.raises(DatabaseError):
            migrate(engine, "log.db", NOW, steps)
        assert dump(engine) == before
    assert migrate(engine, "log.db", NOW) == len(MIGRATIONS) - 1


def test_a_measured_epoch_is_a_fact_and_an_inferred_one_is_not(engine: Engine) -> None:
    migrate(engine, "log.db", NOW)
    insert = "INSERT INTO epoch VALUES ('u', 'b', {}, 0, 0, 0, 0, 0, 0, '{}')"
    with engine.begin() as connection:
        connection.exec_driver_sql(insert.format(0, "synced"))
        connection.exec_driver_sql(insert.format(9, "bounded"))
    for verb in ("DELETE FROM epoch", "UPDATE epoch SET offset_ms = 1"):
        with pytest.raises(DatabaseError), engine.begin() as connection:
            connection.exec_driver_sql(verb)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM epoch WHERE from_ms = 9")
