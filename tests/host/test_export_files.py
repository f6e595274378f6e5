"""An export is there whole or not at all: full disks, killed programs, leftovers, bad places."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deskunit.errors import DeskunitError
from deskunit.exports.rows import table
from deskunit.exports.saving import save_table
from deskunit.exports.table import Table, columns
from deskunit.exports.writing import atomically
from full_disk import full_disk

FORMATS = ("csv", "jsonl", "parquet", "xlsx")
COLUMNS = columns("row_id number:whole length:span")
# exports as many rows as it is told, says so after half of them, and then waits to be killed
HALF = """
import sys
from deskunit.exports.rows import table
from deskunit.exports.saving import save_table
from deskunit.exports.table import columns

def rows():
    for number in range(100_000):
        if number == 50_000:
            print("half", flush=True)
            sys.stdin.read()
        yield f"row-{number}", number, number, number

made = table("t", "t/1", columns("row_id number:whole length:span"), rows())
save_table(made, sys.argv[1], sys.argv[2])
"""


def made(rows: int = 10_000) -> Table:
    found = ((f"row-{number}", number, number, number) for number in range(rows))
    return table("t", "t/1", COLUMNS, found)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_full_disk_is_a_sentence_and_leaves_the_file_of_before(tmp_path: Path, fmt: str) -> None:
    out = tmp_path / f"t.{fmt}"
    out.write_text("the one of yesterday")
    with full_disk(), pytest.raises(DeskunitError) as caught:
        save_table(made(), out, fmt)
    assert caught.value.key == "out_unwritable" and str(out) in caught.value.sentence("en")
    assert out.read_text() == "the one of yesterday" and names(tmp_path) == [out.name]


def test_where_there_is_no_room_the_advice_is_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(DeskunitError) as caught, atomically(tmp_path / "t.csv") as target:
        target.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.key == "out_disk_full" and names(tmp_path) == []


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(
    ("place", "key"),
    [("missing/t", "out_no_folder"), (".", "out_unwritable"), ("file/t", "out_unwritable")],
)
def test_a_place_that_takes_nothing_is_a_sentence(
    tmp_path: Path, fmt: str, place: str, key: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DeskunitError) as caught:
        save_table(made(), tmp_path / place, fmt)
    assert caught.value.key == key and names(tmp_path) == ["file"]


@pytest.mark.parametrize("fmt", FORMATS)
def test_an_error_in_the_middle_leaves_nothing(tmp_path: Path, fmt: str) -> None:
    def broken() -> Iterator[tuple[str, int, int, int]]:
        for number in range(20_000):
            if number == 10_000:
                raise DeskunitError("data_missing", folder=tmp_path)
            yield f"row-{number}", number, number, number

    with pytest.raises(DeskunitError) as caught:
        save_table(table("t", "t/1", COLUMNS, broken()), tmp_path / "t", fmt)
    assert caught.value.key == "data_missing" and names(tmp_path) == []


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_killed_export_leaves_no_half_file_and_the_next_clears_up(
    tmp_path: Path, fmt: str
) -> None:
    out = tmp_path / f"t[1].{fmt}"
    child = subprocess.Popen(
        [sys.executable, "-c", HALF, str(out), fmt], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None and child.stdout.readline() == b"half\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    (left,) = tmp_path.iterdir()
    assert left.suffix == ".part" and str(child.pid) in left.name
    other = tmp_path / f".other.{fmt}.{child.pid}.part"
    other.write_text("of another file")
    done = save_table(made(), out, fmt)
    assert not left.exists() and other.exists() and done.rows == 10_000
    assert len(names(tmp_path)) == 3


def test_the_part_of_an_export_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    running = tmp_path / f".t.csv.{os.getppid()}.part"
    running.write_text("of a program that lives")
    save_table(made(), tmp_path / "t.csv", "csv")
    assert running.exists()


@pytest.mark.parametrize("fmt", FORMATS)
def test_standard_output_gets_the_bytes_of_the_file(
    tmp_path: Path, fmt: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "t"
    to_file = save_table(made(), out, fmt)
    to_stdout = save_table(made(), "-", fmt)
    assert capfdbinary.readouterr().out == out.read_bytes()
    assert to_stdout.sha256 == to_file.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (to_stdout.rows, to_stdout.manifest) == (10_000, None)
    manifest = json.loads((tmp_path / "t.manifest.json").read_text("utf-8"))
    assert (manifest["rows"], manifest["sha256"]) == (10_000, to_file.sha256)
    assert manifest["columns"] == [column.name for column in COLUMNS]


@pytest.mark.parametrize("fmt", ["xlsx", "parquet"])
def test_a_terminal_gets_no_bytes(monkeypatch: pytest.MonkeyPatch, fmt: str) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(DeskunitError) as caught:
        save_table(made(), "-", fmt)
    assert (caught.value.key, caught.value.exit_code) == ("out_terminal", 2)
