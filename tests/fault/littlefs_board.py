"""A board's storage on a real LittleFS over flash of paper, whose every change is written down.

The geometry is MicroPython's on an ESP32 (extmod/vfs_lfs.h: read and prog 32, lookahead 32, cache four
times that; 4 KB blocks, 100 cycles before a block moves). A power cut is the array as it was after
some of the changes, the last of them perhaps in part; the program needs no interrupting.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from littlefs import LittleFSError, UserContext, lfs

BLOCK = 4096
BLOCKS = 64
ERASED = b"\xff" * BLOCK
GEOMETRY = {
    "block_size": BLOCK,
    "block_count": BLOCKS,
    "read_size": 32,
    "prog_size": 32,
    "cache_size": 128,
    "lookahead_size": 32,
    "block_cycles": 100,
}
DISK_VERSIONS = (0x00020000, 0x00020001)  # MicroPython's LittleFS of before and after 2.6

FLAG = lfs.LFSFileFlag
MODES = {  # as in extmod/vfs_lfsx_file.c
    "rb": FLAG.rdonly,
    "wb": FLAG.wronly | FLAG.creat | FLAG.trunc,
    "ab": FLAG.wronly | FLAG.creat | FLAG.append,
}

Blocks = list[bytes]  # never changed in place: a copy of the list is a copy of the flash
Change = tuple[int, int, bytes]  # block, offset, data; offset -1: erased


class Array(UserContext):
    """Flash: programming only clears bits, erasing sets a whole block."""

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(buffer=bytearray(0))
        self.blocks = blocks
        self.log: list[Change] = []

    def read(self, cfg: object, block: int, off: int, size: int) -> bytearray:
        return bytearray(self.blocks[block][off : off + size])

    def prog(self, cfg: object, block: int, off: int, data: bytes) -> int:
        self._do((block, off, bytes(data)))
        return 0

    def erase(self, cfg: object, block: int) -> int:
        self._do((block, -1, b""))
        return 0

    def sync(self, cfg: object) -> int:
        return 0

    def _do(self, change: Change) -> None:
        self.log.append(change)
        change_blocks(self.blocks, change)


def change_blocks(blocks: Blocks, change: Change) -> None:
    block, off, data = change
    if off < 0:
        blocks[block] = ERASED
        return
    old = blocks[block]
    end = off + len(data)
    if old[off:end] != ERASED[off:end]:
        data = bytes(a & b for a, b in zip(old[off:end], data, strict=True))
    blocks[block] = old[:off] + data + old[end:]


def tear(blocks: Blocks, change: Change, chance: random.Random) -> None:
    """The change as far as the power lasted."""
    block, off, data = change
    if off >= 0:
        part = chance.randrange(len(data))
        # of the byte that was being programmed some bits are
        torn = data[:part] + bytes((data[part] | chance.randrange(256),))
        change_blocks(blocks, (block, off, torn))
        return
    old = blocks[block]
    end = chance.randrange(1, BLOCK)
    blocks[block] = chance.choice(
        (
            ERASED[:end] + old[end:],
            old[:end] + ERASED[end:],
            bytes(byte | chance.randrange(256) for byte in old[:64]) + old[64:],
            chance.randbytes(end) + ERASED[end:],
        )
    )


class Storage:
    """What a board offers as `storage`."""

    def __init__(self, array: Array, disk_version: int, *, fresh: bool = False) -> None:
        self._config = lfs.LFSConfig(array, disk_version=disk_version, **GEOMETRY)
        self._fs = lfs.LFSFilesystem()
        self.files: set[File] = set()  # LittleFS has pointers to those that are open
        if fresh:
            lfs.format(self._fs, self._config)
        lfs.mount(self._fs, self._config)

    def open(self, name: str, mode: str) -> "File":
        with os_errors():
            return File(self, self._fs, lfs.file_open(self._fs, name, MODES[mode]))

    def remove(self, name: str) -> None:
        with os_errors():
            lfs.remove(self._fs, name)

    def rename(self, old: str, new: str) -> None:
        with os_errors():
            lfs.rename(self._fs, old, new)

    def listdir(self) -> list[str]:
        with os_errors():
            folder = lfs.dir_open(self._fs, "/")
            names = []
            while entry := lfs.dir_read(self._fs, folder):
                if entry.name not in (".", ".."):
                    names.append(entry.name)
            lfs.dir_close(self._fs, folder)
            return names

    def free(self) -> int:
        with os_errors():
            return BLOCK * (BLOCKS - int(lfs.fs_size(self._fs)))


class File:
    def __init__(self, storage: Storage, fs: Any, file: Any) -> None:
        self._storage, self._fs, self._file = storage, fs, file
        storage.files.add(self)

    def read(self, size: int = -1) -> bytes:
        with os_errors():
            if size < 0:
                size = lfs.file_size(self._fs, self._file)  # type: ignore[assignment]
            return bytes(lfs.file_read(self._fs, self._file, size))

    def readinto(self, buffer: memoryview) -> int:
        got = self.read(len(buffer))
        buffer[: len(got)] = got
        return len(got)

    def write(self, data: bytes) -> int:
        with os_errors():
            return int(lfs.file_write(self._fs, self._file, bytes(data)))

    def seek(self, at: int, whence: int = 0) -> int:
        with os_errors():
            return int(lfs.file_seek(self._fs, self._file, at, whence))

    def flush(self) -> None:
        with os_errors():
            lfs.file_sync(self._fs, self._file)

    def close(self) -> None:
        if self in self._storage.files:
            with os_errors():
                lfs.file_close(self._fs, self._file)
            self._storage.files.discard(self)

    def __enter__(self) -> "File":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def os_errors() -> Iterator[None]:
    """As MicroPython tells them."""
    try:
        yield
    except LittleFSError as error:
        raise OSError(-error.code, str(error)) from error
