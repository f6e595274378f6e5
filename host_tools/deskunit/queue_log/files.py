"""Reads queue_log files: several, rotated, packed, in any order, overlapping. row.py reads a line."""

import gzip
import hashlib
import heapq
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

from deskunit.errors import DeskunitError
from deskunit.queue_log.row import Row, parsed

GZIP_MARK = b"\x1f\x8b"
SHOWN_BROKEN = 20
SHOWN_CHARS = 80
LINE_BYTES = 64 * 1024  # a longer one is no line of a log


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that says nothing that can be understood."""

    file: Path
    line: int
    text: str


@dataclass(slots=True)
class Read:
    """What was met while a file was read. `broken`: the first few; `broken_lines`: how many."""

    file: Path
    rows: int = 0
    broken_lines: int = 0
    broken: list[Broken] = field(default_factory=list)
    verbs: Counter[str] = field(default_factory=Counter)
    first_utc_ms: int | None = None
    last_utc_ms: int | None = None
    sha256: str | None = (
        None  # of what the file holds, the same when it is packed; None: not read to its end
    )


def rows(read: Read) -> Iterator[Row]:
    """The rows of `read.file` in its order; what is met is noted in `read`. DeskunitError: unreadable."""
    digest = hashlib.sha256()
    for number, raw in enumerate(lines(read.file), start=1):
        digest.update(raw)
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not text.strip(" \t\x00\ufeff"):
            continue
        row = parsed(text)
        if row is None:
            _note_broken(read, number, text)
            continue
        read.rows += 1
        read.verbs[row.verb] += 1
        read.first_utc_ms = min(row.utc_ms, read.first_utc_ms or row.utc_ms)
        read.last_utc_ms = max(row.utc_ms, read.last_utc_ms or row.utc_ms)
        yield row
    read.sha256 = digest.hexdigest()


def lines(file: Path) -> Iterator[bytes]:
    """The lines of a file, plain or gzip by its first bytes. DeskunitError: absent, unreadable, cut off."""
    try:
        with file.open("rb") as source:
            is_packed = source.read(2) == GZIP_MARK
            source.seek(0)
            content = cast(BinaryIO, gzip.GzipFile(fileobj=source)) if is_packed else source
            while line := content.readline(LINE_BYTES):
                yield line
    except FileNotFoundError as error:
        raise DeskunitError("queue_log_absent", exit_code=2, file=file) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DeskunitError("queue_log_packed", file=file) from error
    except OSError as error:
        raise DeskunitError("queue_log_unreadable", file=file, why=error.strerror) from error


def merged(logs: Sequence[Iterable[Row]]) -> Iterator[Row]:
    """The rows of several logs as one, by time; within a second each keeps its own order.

    A row that stands in several logs (a file and its copy, a file that has grown) counts once; twice
    in one log it counts twice.
    """
    if len(logs) == 1:
        yield from logs[0]
        return
    streams = [_placed(number, log) for number, log in enumerate(logs)]
    for _, second in groupby(
        heapq.merge(*streams, key=lambda one: one[:2]), key=lambda one: one[0]
    ):
        yield from _union(second)


def _placed(number: int, log: Iterable[Row]) -> Iterator[tuple[int, int, Row]]:
    """(second, log, row); a clock that was set back does not bring the file's order to nothing."""
    latest_s = 0
    for row in log:
        latest_s = max(latest_s, row.utc_ms // 1000)
        yield latest_s, number, row


def _union(second: Iterable[tuple[int, int, Row]]) -> Iterator[Row]:
    taken: Counter[Row] = Counter()
    for _, of_log in groupby(second, key=lambda one: one[1]):
        seen: Counter[Row] = Counter()
        for _, _, row in of_log:
            seen[row] += 1
            if seen[row] > taken[row]:
                taken[row] = seen[row]
                yield row


def _note_broken(read: Read, number: int, text: str) -> None:
    read.broken_lines += 1
    if len(read.broken) < SHOWN_BROKEN:
        read.broken.append(Broken(read.file, number, text[:SHOWN_CHARS]))
