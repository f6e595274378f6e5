"""Puts an export where it shall be: a file that is there whole or not at all, or an open stream."""

import errno
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from deskunit.errors import DeskunitError

Out = Path | str
COPY_BYTES = 1 << 20
# fills the target; returns what the manifest says besides name, size and sha256, "rows" among it
Writing = Callable[[BinaryIO], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Export:
    """What was written; `manifest` None on standard output."""

    rows: int
    size_bytes: int
    sha256: str
    file: Path | None
    manifest: Path | None


def save(
    out: Out,
    chunks: Iterable[bytes],
    rows: Callable[[], int],
    about: Mapping[str, object],
) -> Export:
    """Write `chunks` to a file, and FILE.manifest.json beside it; "-": standard output, no manifest.

    `rows`: how many there were, asked at the end. `about`: what else the manifest says.
    """

    def writing(target: BinaryIO) -> Mapping[str, object]:
        write(target, chunks)
        return {"rows": rows(), **about}

    return save_by(out, writing, is_stream=True)


def save_by(out: Out, writing: Writing, *, is_stream: bool) -> Export:
    """As `save`, of what fills a file itself; `is_stream`: it only ever appends."""
    if str(out) == "-":
        return _to_stdout(writing, is_stream)
    file = Path(out)
    with atomically(file) as target:
        size, digest, facts = _digested(writing, target, is_stream)
    manifest = file.with_name(file.name + ".manifest.json")
    named = {"file": file.name, "bytes": size, "sha256": digest, **facts}
    with atomically(manifest) as target:
        target.write((json.dumps(named, ensure_ascii=False, indent=2) + "\n").encode())
    return Export(_rows(facts), size, digest, file, manifest)


def _to_stdout(writing: Writing, is_stream: bool) -> Export:
    stdout = sys.stdout.buffer
    if is_stream:
        size, digest, facts = _digested(writing, stdout, is_stream)
    else:  # a format that goes back in its file to write the end of it
        with tempfile.TemporaryFile() as file:
            size, digest, facts = _digested(writing, file, is_stream)
            file.seek(0)
            shutil.copyfileobj(file, stdout, COPY_BYTES)
    stdout.flush()
    return Export(_rows(facts), size, digest, None, None)


def _rows(facts: Mapping[str, object]) -> int:
    rows = facts["rows"]
    assert isinstance(rows, int)
    return rows


def _digested(
    writing: Writing, target: BinaryIO, is_stream: bool
) -> tuple[int, str, Mapping[str, object]]:
    """Size, sha256 and facts of what `writing` put there."""
    if is_stream:
        through = _Through(target)
        facts = writing(cast(BinaryIO, through))
        return through.size, through.sha256.hexdigest(), facts
    facts = writing(target)
    target.flush()
    size = target.seek(0, os.SEEK_END)
    target.seek(0)
    digest = hashlib.sha256()
    while chunk := target.read(COPY_BYTES):
        digest.update(chunk)
    return size, digest.hexdigest(), facts


class _Through:
    """A stream that counts and digests what goes through it."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> int:
        self.sha256.update(chunk)
        self.size += len(chunk)
        return self._target.write(chunk)


def write(target: BinaryIO, chunks: Iterable[bytes]) -> None:
    """All of it, as it comes."""
    for chunk in chunks:
        target.write(chunk)


@contextmanager
def atomically(file: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when all of it is on the disk."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            clear_leftovers(file)
            with part.open("w+b") as target:
                yield target
                target.flush()
                os.fsync(target.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DeskunitError("out_disk_full", file=file) from error
        if isinstance(error, FileNotFoundError) and not file.parent.exists():
            raise DeskunitError("out_no_folder", file=file, folder=file.parent) from error
        raise DeskunitError("out_unwritable", file=file, why=error.strerror or error) from error


def clear_leftovers(file: Path) -> None:
    """Remove what an export of this name left that was killed; its process lives no more."""
    part = re.compile(rf"\.{re.escape(file.name)}\.(\d+)\.part")
    for one in file.parent.iterdir() if file.parent.is_dir() else ():
        found = part.fullmatch(one.name)
        if found and not _lives(int(found[1])):
            with suppress(OSError):  # Windows keeps what is open
                one.unlink()


def _lives(process: int) -> bool:
    if os.name == "nt":  # there kill(process, 0) would end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
