"""A list that the site edits while the logger runs: read again when its file changes.

A mistake in it is an alarm, and the list from before holds.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from deskunit.alarms import Alarms
from deskunit.errors import DeskunitError

T = TypeVar("T")


class SiteList(Generic[T]):
    """`word`: of its alarm. `load` reads the file, `take` puts to use what it holds."""

    def __init__(
        self,
        file: Path,
        word: str,
        load: Callable[[Path], T],
        take: Callable[[T], None],
        alarms: Alarms,
    ) -> None:
        self._file = file
        self._word = word
        self._load = load
        self._take = take
        self._alarms = alarms
        self._seen: tuple[int, int] | None = None

    def has_changed(self) -> bool:
        """Whether the file is another one than at the last call."""
        stamp = self._stamp()
        changed, self._seen = stamp != self._seen, stamp
        return changed

    def read(self, *, strict: bool = False) -> None:
        """Read it and put it to use. DeskunitError: the store's; with `strict` also the list's own."""
        try:
            found = self._load(self._file)
        except DeskunitError as error:
            if strict:
                raise
            self._alarms.begin(self._word, "", error)
            return
        self._alarms.end("", self._word)
        try:
            self._take(found)
        except DeskunitError:
            self._seen = None  # read again when the store works
            raise

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size
