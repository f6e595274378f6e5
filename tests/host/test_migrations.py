"""The migrations: from an empty file to the schema that the queries see, step by whole step."""

import sqlite3
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.store import schema
from deskunit.store.migrations import MIGRATIONS, VERSION, Migration, migrate, version
from deskunit.store.sqlite import writer
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
