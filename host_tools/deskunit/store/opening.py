"""Opens the store of a data folder, or says in a sentence why that cannot be."""

import time
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout
from sqlalchemy import Engine

from deskunit.errors import DeskunitError
from deskunit.store import sqlite
from deskunit.store.migrations import VERSION, migrate, version
from deskunit.store.store import Store

FILE_NAME = "deskunit.db"
LOCK_NAME = "deskunit.lock"


def open_store(data_dir: Path | str, *, write: bool) -> Store:
    """The store of `data_dir`; write=True makes it, brings it up to date and holds its lock.

    DeskunitError: no log yet (reading), folder or file unwritable, another writer, a newer or (reading)
    older schema, no database, a setting that durability needs does not take.
    """
    folder = Path(data_dir)
    return _open_writing(folder) if write else _open_reading(folder)


def _open_writing(folder: Path) -> Store:
    lock = _locked(folder)
    file = folder / FILE_NAME
    try:
        writer = sqlite.writer(file)
        with sqlite.readable_errors(file):
            migrate(writer, str(file), now_utc_ms=time.time_ns() // 1_000_000)
    except BaseException:
        lock.release()
        raise
    return Store(file, sqlite.reader(file), writer, lock)


def _open_reading(folder: Path) -> Store:
    file = folder / FILE_NAME
    reader, found = readable(folder)
    if found != VERSION:
        key = "data_newer" if found > VERSION else "data_older"
        raise DeskunitError(key, file=file, found=found, known=VERSION)
    return Store(file, reader, None, None)


def readable(folder: Path) -> tuple[Engine, int]:
    """Read-only connections to the folder's database, and its schema's version, whichever it is."""
    file = folder / FILE_NAME
    if not file.exists():
        raise DeskunitError("data_missing", folder=folder)
    reader = sqlite.reader(file)
    try:
        found = _version(file, reader)
    except DeskunitError as error:
        if error.key != "data_unwritable":
            raise
        _recover(folder, file)
        found = _version(file, reader)
    return reader, found


def _version(file: Path, engine: Engine) -> int:
    with sqlite.readable_errors(file), engine.connect() as connection:
        return version(connection)


def _recover(folder: Path, file: Path) -> None:
    """After a crash the file may need its last commit rolled back, which a reader cannot do."""
    lock = _locked(folder)
    try:
        _version(file, sqlite.writer(file))
    finally:
        lock.release()


def _locked(folder: Path) -> BaseFileLock:
    lock = FileLock(folder / LOCK_NAME)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DeskunitError("data_locked", folder=folder) from error
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=folder, why=error.strerror) from error
    return lock
