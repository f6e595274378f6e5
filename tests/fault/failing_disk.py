"""Makes the writes of this process's SQLite fail with EIO, where a broken disk would make them fail.

SQLite lets a program replace the system calls of its Unix file layer (sqlite3_vfs, xSetSystemCall), for
tests like this. What is replaced here: write, pwrite, ftruncate and unlink, whichever it uses.
"""

import _sqlite3
import ctypes
import errno
from collections.abc import Callable
from typing import Any

Call = ctypes.c_void_p
# How each call is declared: result, arguments.
CALLS: dict[bytes, tuple[Any, ...]] = {
    b"write": (ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t),
    b"pwrite": (
        ctypes.c_ssize_t,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_size_t,
        ctypes.c_int64,
    ),
    b"pwrite64": (
        ctypes.c_ssize_t,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_size_t,
        ctypes.c_int64,
    ),
    b"ftruncate": (ctypes.c_int, ctypes.c_int, ctypes.c_int64),
    b"unlink": (ctypes.c_int, ctypes.c_char_p),
}


class Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3, up to what is used here (https://sqlite.org/c3ref/vfs.html)."""

    _fields_ = (
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p),
        ("pAppData", ctypes.c_void_p),
        ("calls", ctypes.c_void_p * 12),  # xOpen … xGetLastError
        ("xCurrentTimeInt64", ctypes.c_void_p),
        ("xSetSystemCall", ctypes.c_void_p),
        ("xGetSystemCall", ctypes.c_void_p),
        ("xNextSystemCall", ctypes.c_void_p),
    )


SET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Vfs), ctypes.c_char_p, ctypes.c_void_p)
GET = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(Vfs), ctypes.c_char_p)
kept: list[object] = []  # what SQLite calls must not be collected


def install(fails: Callable[[], bool]) -> None:
    """From now on each of the calls asks `fails` first."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(Vfs)
    vfs = library.sqlite3_vfs_find(None)
    get, put = GET(vfs.contents.xGetSystemCall), SET(vfs.contents.xSetSystemCall)
    for name, types in CALLS.items():
        real = get(vfs, name)
        if real:
            replaced = failing(ctypes.CFUNCTYPE(*types, use_errno=True), real, fails)
            kept.append(replaced)
            put(vfs, name, ctypes.cast(replaced, ctypes.c_void_p))


def failing(declared: Any, real: int, fails: Callable[[], bool]) -> Any:
    call = declared(real)

    def replaced(*values: Any) -> int:
        if fails():
            ctypes.set_errno(errno.EIO)
            return -1
        done: int = call(*values)
        return done

    return declared(replaced)
