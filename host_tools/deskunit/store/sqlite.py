"""Opens the SQLite file so that a commit survives a power cut, or refuses; the store calls it.

Which settings are safe depends on the SQLite in use; each is read back. See docs/store.md.
"""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool, Pool, StaticPool

from deskunit.errors import DeskunitError

BUSY_S = 30
ROOM_BYTES = 256 * 1024
FULL, EXTRA = 2, 3
ERASING = {"secure_delete": 1}  # what is deleted is overwritten


def has_safe_wal(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL race between two connections (fixed in 3.51.3)."""
    fixed = {(3, 50): 7, (3, 44): 6}
    line = version[:2]
    return version >= (3, 51, 3) or (line in fixed and version[2] >= fixed[line])


def durable_settings(version: tuple[int, int, int]) -> dict[str, str | int]:
    """The pragmas that must be in force before anything is acknowledged."""
    if has_safe_wal(version):
        return {"journal_mode": "wal", "synchronous": FULL, "fullfsync": 1, **ERASING}
    return {"journal_mode": "delete", "synchronous": EXTRA, "fullfsync": 1, **ERASING}


def writer(file: Path) -> Engine:
    """The one writing connection, durable. DeskunitError if a setting does not take."""

    def connect() -> sqlite3.Connection:
        connection = _connect(file, "rwc")
        _make_durable(connection, file)
        return connection

    return _engine(connect, "BEGIN IMMEDIATE", StaticPool)


def reader(file: Path) -> Engine:
    """Read-only connections, one each time: a reader keeps the file locked only while it reads."""
    return _engine(lambda: _connect(file, "ro"), "BEGIN", NullPool)


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(file))}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,  # BEGIN is ours: the driver's own would leave DDL outside
        check_same_thread=False,  # the store lets one thread write at a time
    )
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _engine(connect: Callable[[], sqlite3.Connection], begin: str, pool: type[Pool]) -> Engine:
    engine = create_engine("sqlite://", creator=connect, poolclass=pool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _make_durable(connection: sqlite3.Connection, file: Path) -> None:
    for setting, wanted in durable_settings(sqlite3.sqlite_version_info).items():
        connection.execute(f"PRAGMA {setting}={wanted}").fetchall()
        found = connection.execute(f"PRAGMA {setting}").fetchone()[0]
        if found != wanted:
            raise DeskunitError(
                "data_not_durable", file=file, setting=setting, found=found, wanted=wanted
            )


def empty_wal(engine: Engine) -> None:
    """Bring what is in the write-ahead log into the file and cut it to nothing; without one, nothing.

    DeskunitError: a reader holds on to it for too long; what was written is committed all the same.
    """
    with contextlib.closing(engine.raw_connection()) as borrowed:
        connection = borrowed.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if is_busy:
        raise sqlite3.OperationalError("the write-ahead log is being read")


@contextmanager
def attached(engine: Engine, files: Sequence[Path]) -> Iterator[list[str]]:
    """Other databases beside the writer's own, under these names; SQLite does it outside of transactions."""
    names = [f"part_{number}" for number in range(len(files))]
    with contextlib.closing(engine.raw_connection()) as borrowed, contextlib.ExitStack() as stack:
        for name, file in zip(names, files, strict=True):
            borrowed.cursor().execute(f"ATTACH ? AS {name}", [str(file)])
            stack.callback(borrowed.cursor().execute, f"DETACH {name}")
        yield names


def check_room(file: Path) -> None:
    """Whether the disk takes a good many commits more. DeskunitError: why it does not.

    On a disk that is all but full a small write still succeeds where the next commit fails.
    """
    scratch = file.with_suffix(".room")
    try:
        with scratch.open("wb") as room:
            room.write(bytes(ROOM_BYTES))
            room.flush()
            os.fsync(room.fileno())
    except OSError as error:
        raise _no_room(error, file) from error
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink()


def _no_room(error: OSError, file: Path) -> DeskunitError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DeskunitError("data_full", file=file)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return DeskunitError("data_unwritable", folder=file.parent, why=error.strerror)
    return DeskunitError("data_failed", file=file, why=error.strerror)


@contextmanager
def readable_errors(file: Path) -> Iterator[None]:
    """SQLite's errors as sentences with a next step."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise _explained(error, file) from error


def _explained(error: Exception, file: Path) -> DeskunitError:
    cause = error.orig if isinstance(error, DatabaseError) else error
    why = str(cause)
    name = getattr(cause, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DeskunitError("data_busy", file=file)
    if name.startswith("SQLITE_FULL"):
        return DeskunitError("data_full", file=file)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return DeskunitError("data_not_a_database", file=file)
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return DeskunitError("data_unwritable", folder=file.parent, why=why)
    if isinstance(error, OperationalError | sqlite3.OperationalError):
        return DeskunitError("data_failed", file=file, why=why)
    raise error
