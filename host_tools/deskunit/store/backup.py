"""A consistent copy of the log while the logger runs; `deskunit backup` calls it.

One read transaction over the whole copy: a commit waits meanwhile (it has 30 s), none is refused.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.store import sqlite
from deskunit.store.opening import FILE_NAME, readable

COUNTED = ("event", "gap", "quarantine", "interval", "unit", "agent", "callback")
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was read back; `rows` by table, `version` of its schema."""

    file: Path
    rows: Mapping[str, int]
    version: int
    size_bytes: int
    sha256: str


def back_up(data_dir: Path, file: Path, *, force: bool = False) -> Backup:
    """Copy the log of `data_dir` to `file`, which appears whole or not at all.

    DeskunitError: no log, `file` is there (without `force`) or in the data folder, cannot be written,
    the copy does not read back.
    """
    _check_target(data_dir, file, force)
    reader, version = readable(data_dir)
    reader.dispose()
    with _new_file(file) as part:
        with sqlite.readable_errors(data_dir / FILE_NAME):
            rows = _copy(data_dir / FILE_NAME, part)
        size, digest = _on_disk(part)
        return Backup(file, rows, version, size, digest)


def _check_target(data_dir: Path, file: Path, force: bool) -> None:
    if file.resolve().parent == data_dir.resolve():
        raise DeskunitError("backup_inside", exit_code=2, file=file, folder=data_dir)
    if file.is_dir():
        raise DeskunitError("out_is_folder", exit_code=2, file=file)
    if file.exists() and not force:
        raise DeskunitError("out_exists", exit_code=2, file=file)


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """A file beside `file` that takes its name at the end; gone when anything fails."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("xb"):
                pass  # here, and not in SQLite, it shows that the folder can be written
            yield part
            part.replace(file)
            _sync_folder(file.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DeskunitError("out_unwritable", file=file, why=error.strerror) from error


def _copy(source_file: Path, part: Path) -> dict[str, int]:
    source_engine = sqlite.reader(source_file)
    with closing(source_engine.raw_connection()) as source:
        read = source.driver_connection
        assert isinstance(read, sqlite3.Connection)
        read.execute("BEGIN")
        rows = _count(read)
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            _pages(read, copy, part)
            read.execute("ROLLBACK")  # from here on the logger may commit
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, also where it was WAL
            _verify(copy, rows, source_file)
    return rows


def _pages(read: sqlite3.Connection, copy: sqlite3.Connection, part: Path) -> None:
    try:
        read.backup(copy)
    except sqlite3.OperationalError as error:  # the driver asks the copy's side what went wrong
        raise DeskunitError("out_unwritable", file=part, why=error) from error


def _count(connection: sqlite3.Connection) -> dict[str, int]:
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    count = {name: f"SELECT count(*) FROM {name}" for name in COUNTED if name in there}
    return {name: connection.execute(query).fetchone()[0] for name, query in count.items()}


def _verify(copy: sqlite3.Connection, rows: Mapping[str, int], source_file: Path) -> None:
    found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DeskunitError("backup_damaged", file=source_file, why=found)
    if _count(copy) != rows:
        raise DeskunitError("backup_damaged", file=source_file, why="rows")


def _on_disk(part: Path) -> tuple[int, str]:
    """Size and sha256 of what is surely on the disk."""
    digest = hashlib.sha256()
    with part.open("rb+") as copy:
        os.fsync(copy.fileno())
        while chunk := copy.read(CHUNK_BYTES):
            digest.update(chunk)
        return copy.tell(), digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # not every file system can; the file itself is synced
            os.fsync(number)
    finally:
        os.close(number)
