"""Everything derived anew: the same rows and folds, whatever was wrong before; all of it or nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from deskunit.cli.top import app
from deskunit.epochs import Epoch
from deskunit.errors import DeskunitError
from deskunit.events import from_line, from_lines
from deskunit.store import FILE_NAME, Rebuilt, Store, open_store, rebuilding
from paper_unit import Begin, PaperUnit, Silent, event

NOW = 1_795_309_200_000
UNITS = {"a4cf12b3d0e8": 11, "a4cf12b3d0e9": 12, "a4cf12b3d0ea": 13}
TABLES = {
    "interval": "SELECT * FROM interval ORDER BY row_id",
    "unit": "SELECT uid, fold, pack_crc FROM unit ORDER BY uid",
    "boot": "SELECT uid, boot, fold FROM boot ORDER BY uid, boot",
    "index": "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The random lives of three units, told word by word."""
    with open_store(tmp_path, write=True) as store:
        for uid, seed in UNITS.items():
            live(store, uid, seed)
    return tmp_path


def live(store: Store, uid: str, seed: int) -> None:
    for word in PaperUnit(uid, seed, losses=True).live(120).words:
        if isinstance(word, Begin):
            epoch = {"offset_ms": word.offset_ms, "error_ms": 3, "now_utc_ms": NOW}
            store.begin_boot(uid, word.boot, fw="1", reset_cause="PWRON", **epoch)
        elif isinstance(word, Silent):
            store.silent(uid, NOW)
        elif hasattr(word, "top_seq"):
            store.heard(uid, word.boot, word.ms, word.top_seq, word.state, NOW)
        else:
            store.commit([word], NOW)


def found(folder: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in TABLES.items()}


def spoil(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def rebuild(folder: Path) -> Rebuilt:
    with open_store(folder, write=True) as store:
        return store.rebuild_all()


def test_what_is_right_stays_and_is_said_to_be_right(folder: Path) -> None:
    before = found(folder)
    done = rebuild(folder)
    assert (done.changed, done.dropped, done.units) == (0, 0, 3)
    assert done.intervals == len(before["interval"]) > 300
    assert found(folder) == before


def test_wrong_rows_are_put_right_and_counted(folder: Path) -> None:
    before = found(folder)
    one, two, three = (before["interval"][number][0] for number in (5, 50, 100))
    spoil(
        folder,
        f"UPDATE interval SET state = 'ready', call_no = 99 WHERE row_id = '{one}'",
        f"UPDATE interval SET end_utc_ms = NULL WHERE row_id = '{two}'",
        f"DELETE FROM interval WHERE row_id = '{three}'",
        "INSERT INTO interval SELECT 'x' || row_id, uid, boot, 999999, state, start_ms, start_utc_ms, "
        "cause, end_utc_ms, duration_ms, reason_code, agent_id, sign_in, call_no, hold_no, not_taken, "
        f"resumed, end_inferred, time_error_ms, time_quality FROM interval WHERE row_id = '{one}'",
        "UPDATE unit SET fold = NULL, pack_crc = 'ffffffff'",
    )
    done = rebuild(folder)
    spoilt = {"unit": [(uid, fold, None) for uid, fold, _ in before["unit"]]}
    assert (done.changed, done.dropped) == (3, 1)
    assert found(folder) == before | spoilt


@pytest.mark.parametrize("in_processes", [False, True])
def test_an_empty_table_is_filled_from_scratch(
    folder: Path, in_processes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(folder)
    spoil(folder, "DELETE FROM interval", "UPDATE boot SET fold = NULL")
    if in_processes:
        monkeypatch.setattr(rebuilding, "FEW_EVENTS", 0)
        monkeypatch.setattr(rebuilding.os, "cpu_count", lambda: 2)
    done = rebuild(folder)
    assert done.changed == done.intervals == len(before["interval"])
    assert found(folder) == before


def test_the_log_goes_on_where_it_was(folder: Path) -> None:
    uid = next(iter(UNITS))
    boot, seq, ms = last_word(folder, uid)
    told = event(uid, boot, seq + 1, ms + 60_000, "st", {"to": "ready", "by": "btn", "ag": "1001"})
    with open_store(folder, write=True) as store:
        store.rebuild_all()
        commit = store.commit([told], NOW)
    assert commit.changed[-1].state == "ready" and commit.changed[-1].seq == seq + 1
    assert rebuild(folder).changed == 0


def last_word(folder: Path, uid: str) -> tuple[str, int, int]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return connection.execute(
            "SELECT boot, seq, ms FROM event JOIN boot USING (uid, boot) WHERE uid = ? "
            "ORDER BY boot_no DESC, seq DESC",
            [uid],
        ).fetchone()


def test_one_that_fails_leaves_everything_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(folder, "DELETE FROM interval WHERE rowid % 2")
    before, files = found(folder), set(folder.iterdir())

    def fails(*_: object) -> Iterator[None]:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(rebuilding, "_take_differing", fails)
    with pytest.raises(DeskunitError):
        rebuild(folder)
    assert found(folder) == before
    assert set(folder.iterdir()) == files


def test_the_command_says_what_differed_and_needs_the_logger_to_be_away(folder: Path) -> None:
    spoil(folder, "DELETE FROM interval WHERE rowid = 7")
    command = ["rebuild", "--data", str(folder)]
    result = CliRunner().invoke(app, command, env={"DESKUNIT_LANG": "en"})
    assert result.exit_code == 0 and "1" in result.stderr
    assert CliRunner().invoke(app, [*command, "--json"]).stdout.count('"changed": 0') == 1
    with open_store(folder, write=True):
        refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, DeskunitError)
    assert refused.exception.key == "data_locked"


def test_lines_together_say_what_each_says() -> None:
    lines = [
        '["E",0,"1-aa",1,5,"boot",{"rst":"PWRON"}]',
        '["E",0,"1-aa",2,9,"st",{"to":"ready","by":"btn","ag":"10\\u0007\\u200b01"}]',
        '["E",0,"1-aa",3,12,"error",{"t":"李 \\"x\\"","m":1.5,"at":null}]',
    ]
    each = [from_line("a4cf12b3d0e8", line) for line in lines]
    for some in (lines, lines[:1]):
        told = from_lines(some)
        assert [(one.boot, one.seq, one.ms, one.kind, one.body) for one in told] == [
            (one.boot, one.seq, one.ms, one.kind, one.body) for one in each[: len(some)]
        ]
    assert each[1].body["ag"] == "10  01"


def test_an_epoch_is_found_among_many() -> None:
    from deskunit.epochs import find

    rows = [Epoch(from_ms, from_ms) for from_ms in (10, 20, 30, 40)]
    assert [find(rows, ms).from_ms for ms in (0, 10, 19, 20, 39, 40, 99)] == [
        10, 10, 10, 20, 30, 40, 40,
    ]  # fmt: skip
