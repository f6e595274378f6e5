"""Copies of the log: consistent while it is written, whole or not there at all, never in the way."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.store import FILE_NAME, back_up, open_store
from full_disk import full_disk

UID, BOOT = "a4cf12b3d0e8", "41-9f3c77e1"
# Commits event after event as fast as it can and prints each seq that is on the disk.
WRITER = """
import sys
from deskunit.events import from_line
from deskunit.store import open_store
with open_store(sys.argv[1], write=True) as store:
    store.begin_boot("a4cf12b3d0e8", "41-9f3c77e1", fw="1", reset_cause="PWRON",
                     offset_ms=1_790_000_000_000, error_ms=2, now_utc_ms=1_790_000_000_000)
    for seq in range(1, 1_000_000):
        line = '["E",0,"41-9f3c77e1",%d,%d,"more",{"call":1,"s":30}]' % (seq, seq * 10)
        store.commit([from_line("a4cf12b3d0e8", line)], 1_790_000_000_000 + seq * 10)
        print(seq, flush=True)
"""


@contextmanager
def written(folder: Path) -> Iterator[Iterator[int]]:
    """Another process commits; iterating waits for its next commit."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield map(int, process.stdout)
        finally:
            process.kill()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    with open_store(folder, write=True) as store:
        store.remember_unit(UID, virtual=True, now_utc_ms=1_790_000_000_000)
    return folder


def test_copy_made_during_commits_holds_a_prefix(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with written(folder) as commits:
        for _ in range(5):
            before = next(commits)
        for number in range(10):
            copy = tmp_path / f"{number}.db"
            done = back_up(folder, copy)
            assert done.rows["event"] >= before
            with closing(sqlite3.connect(copy)) as opened:
                seqs = [seq for (seq,) in opened.execute("SELECT seq FROM event ORDER BY seq")]
            assert seqs == list(range(1, done.rows["event"] + 1))
            before = next(commits)
        while next(commits) <= done.rows["event"]:  # the writer was held up, never refused
            pass


def test_copy_in_its_place_is_a_log_again(tmp_path: Path) -> None:
    folder, restored = tmp_path / "data", tmp_path / "restored"
    with written(folder) as commits:
        for _ in range(20):
            next(commits)
    restored.mkdir()
    done = back_up(folder, restored / "copy.db")
    (restored / "copy.db").rename(restored / FILE_NAME)
    with open_store(restored, write=True) as store, open_store(folder, write=False) as before:
        assert len(list(store.events())) == done.rows["event"] >= 20
        assert list(store.events()) == list(before.events())


def test_says_what_is_in_it(tmp_path: Path, log: Path) -> None:
    done = back_up(log, tmp_path / "copy.db")
    raw = done.file.read_bytes()
    assert (done.size_bytes, done.sha256) == (len(raw), sha256(raw).hexdigest())
    assert done.rows["unit"] == 1 and done.rows["event"] == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "data"]


def test_what_is_there_stays_without_force(tmp_path: Path, log: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    with pytest.raises(DeskunitError) as caught:
        back_up(log, copy)
    assert caught.value.key == "out_exists" and copy.read_text() == "mine"
    assert back_up(log, copy, force=True).file.read_bytes().startswith(b"SQLite")


@pytest.mark.parametrize("name", [FILE_NAME, "agents.csv", "new.db"])
def test_the_data_folder_is_no_place_for_it(log: Path, name: str) -> None:
    with pytest.raises(DeskunitError) as caught:
        back_up(log, log / name, force=True)
    assert caught.value.key == "backup_inside"
    open_store(log, write=False).close()


def test_link_to_the_live_log_is_no_place_either(tmp_path: Path, log: Path) -> None:
    (tmp_path / "link.db").symlink_to(log / FILE_NAME)
    with pytest.raises(DeskunitError) as caught:
        back_up(log, tmp_path / "link.db", force=True)
    assert caught.value.key == "backup_inside"


def test_nothing_to_copy_and_nowhere_to_put_it(tmp_path: Path, log: Path) -> None:
    for folder, file, key in (
        (tmp_path / "empty", tmp_path / "copy.db", "data_missing"),
        (log, tmp_path / "no" / "copy.db", "out_unwritable"),
        (log, tmp_path, "out_is_folder"),
    ):
        with pytest.raises(DeskunitError) as caught:
            back_up(folder, file)
        assert caught.value.key == key
    assert [one.name for one in tmp_path.iterdir()] == ["data"]


def test_full_disk_leaves_the_copy_of_yesterday(tmp_path: Path, log: Path) -> None:
    copy = tmp_path / "copy.db"
    yesterday = back_up(log, copy)
    with full_disk(), pytest.raises(DeskunitError) as caught:
        back_up(log, copy, force=True)
    assert caught.value.key == "out_unwritable"
    assert sha256(copy.read_bytes()).hexdigest() == yesterday.sha256
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "data"]


def test_damaged_log_is_not_copied_as_if_it_were_whole(tmp_path: Path, log: Path) -> None:
    file = log / FILE_NAME
    with closing(sqlite3.connect(file)) as opened:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'interval_by_agent'"
        (page,), (size,) = (opened.execute(q).fetchone() for q in (query, "PRAGMA page_size"))
    with file.open("rb+") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\x5a" * 100)
    with pytest.raises(DeskunitError) as caught:
        back_up(log, tmp_path / "copy.db")
    assert caught.value.key in ("backup_damaged", "data_not_a_database")
    assert not (tmp_path / "copy.db").exists()


def test_copy_of_a_log_in_wal_mode_is_one_file(tmp_path: Path, log: Path) -> None:
    with closing(sqlite3.connect(log / FILE_NAME)) as live:
        assert live.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
        live.execute("UPDATE unit SET seat = '07'")
        live.commit()
        copy = back_up(log, tmp_path / "copy.db").file
        assert (
            copy.read_bytes()[18:20] == b"\x01\x01"
        )  # legacy, not WAL: sqlite.org/fileformat2.html
        assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "data"]
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT seat FROM unit").fetchall() == [("07",)]


def test_killed_backup_leaves_no_half_copy(tmp_path: Path, log: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from deskunit.store import back_up\n"
        "Path.replace = lambda *_: (print('copied', flush=True), sys.stdin.read())\n"
        "back_up(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    copy = tmp_path / "copy.db"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(log), str(copy)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None and other.stdout.readline() == b"copied\n"
        other.kill()
    assert not copy.exists()
    assert back_up(log, copy).file == copy
