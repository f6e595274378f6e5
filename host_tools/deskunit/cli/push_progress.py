"""Follows pushes until all have ended, with a bar for each unit when somebody watches."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from deskunit import clock, control
from deskunit.cli.options import say, word
from deskunit.errors import DeskunitError
from deskunit.packs import Pack

LOOK_S = 0.25
Pushes = Sequence[tuple[int, Pack]]  # the logger's number of each push, and its pack


@dataclass(frozen=True)
class Row:
    """One pack for one unit, as the logger told last."""

    push: int
    pack: Pack
    uid: str
    seat: str
    connected: bool
    offset: int
    ended: bool
    error: DeskunitError | None

    @property
    def name(self) -> str:
        return self.seat or self.uid

    def as_json(self) -> dict[str, Any]:
        return {
            "uid": self.uid,
            "seat": self.seat,
            "language": self.pack.language,
            "version": self.pack.version,
            "crc": self.pack.crc,
            "size": self.pack.size,
            "ok": self.error is None,
            "error": self.error.key if self.error else None,
            "sentence": self.error.sentence() if self.error else None,
        }


class Show(Protocol):
    def __call__(self, rows: Sequence[Row]) -> None: ...


def follow(data_dir: Path, pushes: Pushes, wait_s: float) -> list[Row]:
    """The rows when all have ended. What moves nothing for `wait_s` is stopped; so is all at Ctrl-C.

    DeskunitError: push_logger_gone.
    """
    try:
        with _bars() as show:
            return _followed(data_dir, pushes, wait_s, show)
    except KeyboardInterrupt:
        _stop(data_dir, pushes)
        say("push_stopped")
        raise
    except control.NoLogger as error:
        raise DeskunitError("push_logger_gone") from error


def _followed(data_dir: Path, pushes: Pushes, wait_s: float, show: Show) -> list[Row]:
    moved_ms, before = clock.now_ms(), -1
    while True:
        rows = _rows(data_dir, pushes)
        show(rows)
        if all(one.ended for one in rows):
            return rows
        total = sum(one.offset for one in rows)
        if total != before:
            moved_ms, before = clock.now_ms(), total
        if clock.now_ms() - moved_ms > wait_s * 1000:
            _stop(data_dir, pushes)
            return [_timed_out(one, wait_s) for one in rows]
        time.sleep(LOOK_S)


def _timed_out(row: Row, wait_s: float) -> Row:
    if row.ended:
        return row
    if row.connected:
        error = DeskunitError("push_timed_out", seconds=int(wait_s))
    else:
        error = DeskunitError("push_not_connected", seconds=int(wait_s))
    return Row(**{**vars(row), "ended": True, "error": error})


def _rows(data_dir: Path, pushes: Pushes) -> list[Row]:
    return [
        _row(number, pack, one)
        for number, pack in pushes
        for one in control.call(data_dir, "push_progress", push=number)["units"]
    ]


def _row(number: int, pack: Pack, told: dict[str, Any]) -> Row:
    error = DeskunitError(told["error"], **told["values"]) if told["error"] else None
    names = ("uid", "seat", "connected", "offset", "ended")
    return Row(push=number, pack=pack, error=error, **{name: told[name] for name in names})


def _stop(data_dir: Path, pushes: Pushes) -> None:
    for number, _ in pushes:
        control.call(data_dir, "push_cancel", push=number)


@contextmanager
def _bars() -> Iterator[Show]:
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console  # only here: it takes 60 ms to import
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    tasks: dict[tuple[int, str], TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def show(rows: Sequence[Row]) -> None:
            for one in rows:
                key = (one.push, one.uid)
                if key not in tasks:
                    tasks[key] = bar.add_task("", total=one.pack.size)
                bar.update(tasks[key], completed=one.offset, description=_described(one))

        yield show


def _described(row: Row) -> str:
    said = f"{row.name} · {row.pack.language} {row.pack.version}".rstrip()
    return said if row.connected or row.ended else f"{said} · " + word("push_waiting")
