"""Opening a data folder: one writer, read-only readers, durable settings, sentences for the rest."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.store import FILE_NAME, open_store
from deskunit.store.sqlite import durable_settings, has_safe_wal, writer
from sqlalchemy.exc import OperationalError

NOW = 1_795_309_200_000


def refused(data_dir: Path, *, write: bool) -> DeskunitError:
    with pytest.raises(DeskunitError) as caught:
        open_store(data_dir, write=write)
    assert caught.value.sentence("zh") and caught.value.sentence("en")
    return caught.value


def test_a_second_writer_is_refused_and_the_lock_ends_with_the_first(tmp_path: Path) -> None:
    with open_store(tmp_path, write=True):
        assert refused(tmp_path, write=True).key == "data_locked"
    open_store(tmp_path, write=True).close()


def test_a_writer_in_another_process_is_seen(tmp_path: Path) -> None:
    code = (
        "import sys; from deskunit.store import open_store\n"
        "with open_store(sys.argv[1], write=True): print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdin is not None and other.stdout is not None
    assert other.stdout.readline() == b"open\n"
    assert refused(tmp_path, write=True).key == "data_locked"
    open_store(tmp_path, write=False).close()
    other.stdin.close()
    assert other.wait() == 0
    open_store(tmp_path, write=True).close()
    other.stdout.close()


def test_readers_need_a_log(tmp_path: Path) -> None:
    assert refused(tmp_path, write=False).key == "data_missing"
    assert not (tmp_path / FILE_NAME).exists()


def test_readers_cannot_write(tmp_path: Path) -> None:
    open_store(tmp_path, write=True).close()
    with open_store(tmp_path, write=False) as store, pytest.raises(RuntimeError):
        store.confirm_unit("a4cf12b3d0e8")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert refused(tmp_path / "file" / "data", write=True).key == "data_unwritable"


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert refused(tmp_path, write=True).key == "data_unwritable"


@pytest.mark.parametrize("write", [True, False])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, write: bool) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is a text, nothing else. " * 100)
    assert refused(tmp_path, write=write).key == "data_not_a_database"
    assert (tmp_path / FILE_NAME).read_bytes() == b"this is a text, nothing else. " * 100


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path, write: bool) -> None:
    open_store(tmp_path, write=True).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("INSERT INTO migration VALUES (99, 'from the future', 0)")
    database.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    error = refused(tmp_path, write=write)
    assert error.key == "data_newer" and error.values["found"] == 99
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_reader_asks_for_a_writer_where_the_schema_is_older(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / FILE_NAME).close()
    (tmp_path / FILE_NAME).touch()
    assert refused(tmp_path, write=False).key == "data_older"


def test_a_failed_opening_lets_go_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database " * 100)
    refused(tmp_path, write=True)
    (tmp_path / FILE_NAME).unlink()
    open_store(tmp_path, write=True).close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 3), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_only_where_its_race_is_mended(version: tuple[int, int, int], safe: bool) -> None:
    assert has_safe_wal(version) is safe
    settings = durable_settings(version)
    assert (settings["journal_mode"], settings["synchronous"]) == (
        ("wal", 2) if safe else ("delete", 3)
    )


def test_the_durable_settings_are_in_force_on_the_writing_connection(tmp_path: Path) -> None:
    engine = writer(tmp_path / FILE_NAME)
    with engine.connect() as connection:
        for name, wanted in durable_settings(sqlite3.sqlite_version_info).items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == wanted
    engine.dispose()


def test_a_setting_that_does_not_take_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "deskunit.store.sqlite.durable_settings", lambda version: {"journal_mode": "durable"}
    )
    error = refused(tmp_path, write=True)
    assert error.key == "data_not_durable" and error.values["found"] == "delete"


def test_a_reader_repairs_what_a_crash_in_mid_commit_left(tmp_path: Path) -> None:
    with open_store(tmp_path, write=True) as store:
        store.remember_unit("a4cf12b3d0e8", virtual=True, now_utc_ms=NOW)
    crash = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA journal_mode=DELETE'); db.execute('PRAGMA cache_size=1')\n"
        "db.execute('BEGIN'); db.execute(\"UPDATE unit SET seat='lost'\")\n"
        "db.executemany('INSERT INTO agent VALUES (?, ?, ?, ?, ?, 1)',\n"
        "               [(str(i), 'x' * 500, '', '', '') for i in range(2000)])\n"
        "os._exit(9)\n"
    )
    file = tmp_path / FILE_NAME
    assert subprocess.run([sys.executable, "-c", crash, str(file)], check=False).returncode == 9
    assert file.with_name(FILE_NAME + "-journal").stat().st_size > 0
    with open_store(tmp_path, write=False) as store:
        assert [(unit.uid, unit.seat) for unit in store.units()] == [("a4cf12b3d0e8", "")]
        assert store.agents() == []


def test_a_database_held_by_another_program_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskunit.store.sqlite.BUSY_S", 0)
    with open_store(tmp_path, write=True) as store:
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DeskunitError) as caught:
            store.remember_unit("a4cf12b3d0e8", virtual=True, now_utc_ms=NOW)
        assert caught.value.key == "data_busy"
        assert isinstance(caught.value.__cause__, OperationalError)
        other.close()
        store.remember_unit("a4cf12b3d0e8", virtual=True, now_utc_ms=NOW)
        assert len(store.units()) == 1
