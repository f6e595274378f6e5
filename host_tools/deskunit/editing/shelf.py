"""The library in use: the site's own in the data folder, else the one that comes with deskunit, read again
whenever a file of it changes. Writes a file of it whole or not at all.
"""

import hashlib
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from deskunit import settings
from deskunit.errors import DeskunitError
from deskunit.scripts.library import (
    DEFAULT,
    FOLDER_NAME,
    Library,
    copy_library,
    find_library,
    read_library,
)
from deskunit.settings import Site

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Volume:
    """The library as it is now, and the site whose values go into it. Equal marks: nothing changed."""

    library: Library
    site: Site
    mark: Signature

    @property
    def own(self) -> bool:
        return self.library.folder != DEFAULT


class Shelf:
    """From any thread."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._reading = threading.Lock()
        self._volume: Volume | None = None

    def volume(self) -> Volume:
        """DeskunitError: settings.toml cannot be read."""
        with self._reading:
            folder = find_library(self._data_dir)
            mark = _signature(folder, self._data_dir / settings.FILE_NAME)
            if self._volume is None or self._volume.mark != mark:
                site = settings.load(self._data_dir).site
                self._volume = Volume(read_library(folder), site, mark)
            return self._volume

    def content(self, file: str) -> bytes:
        """The bytes of a file of the library, by its name in a finding or place."""
        path = find_library(self._data_dir) / file
        try:
            return path.read_bytes()
        except OSError as error:
            why = error.strerror or str(error)
            raise DeskunitError("script_unreadable", file=file, why=why) from error

    def own(self) -> bool:
        """Make the library the site's own: copied into the data folder, once. False: it was already."""
        folder = self._data_dir / FOLDER_NAME
        if folder.is_dir():
            return False
        part = folder.with_name(f"{FOLDER_NAME}.{os.getpid()}.part")
        shutil.rmtree(part, ignore_errors=True)
        copy_library(DEFAULT, part)
        try:
            part.rename(folder)  # a power cut leaves all of it or none
        except OSError as error:
            raise _unwritable(folder, error) from error
        return True

    def replace(self, file: str, content: bytes) -> None:
        """Put `content` in the place of the file, in the site's own library."""
        path = self._data_dir / FOLDER_NAME / file
        part = path.with_name(
            f".{path.name}.{os.getpid()}.part"
        )  # hidden: the reader passes it over
        try:
            with part.open("wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _unwritable(path, error) from error


def checksum(content: bytes) -> str:
    """What tells whether a file is still the one that somebody began to edit."""
    return hashlib.sha256(content).hexdigest()[:16]


def _signature(folder: Path, *more: Path) -> Signature:
    found = []
    for path in (*sorted(folder.rglob("*.toml")), *more):
        try:
            state = path.stat()
        except OSError:  # it went meanwhile, or was never there
            continue
        found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)


def _unwritable(path: Path, error: OSError) -> DeskunitError:
    return DeskunitError("out_unwritable", file=path, why=error.strerror or str(error))
