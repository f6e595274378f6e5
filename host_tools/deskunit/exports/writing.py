"""Puts an export where it shall be: a file that is there whole or not at all, or an open stream."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deskunit import __version__
from deskunit.errors import DeskunitError
from deskunit.exports.states import utc_text
from deskunit.state_log.query import Query

FORMATS = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class Export:
    """What was written; `manifest` None on standard output."""

    rows: int
    size_bytes: int
    sha256: str
    file: Path | None
    manifest: Path | None


def save(
    out: Path | str,
    chunks: Iterable[bytes],
    rows: Callable[[], int],
    about: Mapping[str, object],
) -> Export:
    """Write `chunks` to a file, and FILE.manifest.json beside it; "-": standard output, no manifest.

    `rows`: how many there were, asked at the end. `about`: what else the manifest says.
    """
    if str(out) == "-":
        size, digest = write(sys.stdout.buffer, chunks)
        sys.stdout.buffer.flush()
        return Export(rows(), size, digest, None, None)
    file = Path(out)
    with atomically(file) as target:
        size, digest = write(target, chunks)
    manifest = file.with_name(file.name + ".manifest.json")
    export = Export(rows(), size, digest, file, manifest)
    named = {"file": file.name, "rows": export.rows, "bytes": size, "sha256": digest, **about}
    with atomically(manifest) as target:
        target.write((json.dumps(named, ensure_ascii=False, indent=2) + "\n").encode())
    return export


def described(query: Query, fmt: str, bom: bool, now_utc_ms: int) -> dict[str, object]:
    """What the manifest of every export says."""
    start, end = query.from_utc_ms, query.to_utc_ms
    return {
        "format": fmt,
        "bom": bom and fmt == "csv",
        "tz": query.zone.key,
        "from_utc": None if start is None else utc_text(start),
        "to_utc": None if end is None else utc_text(end),
        "created_utc": utc_text(now_utc_ms),
        "program": f"deskunit {__version__}",
    }


def write(target: BinaryIO, chunks: Iterable[bytes]) -> tuple[int, str]:
    """All of it, as it comes; its size in bytes and its sha256."""
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


@contextmanager
def atomically(file: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when all of it is on the disk."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("wb") as target:
                yield target
                target.flush()
                os.fsync(target.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DeskunitError("out_unwritable", file=file, why=error.strerror) from error
