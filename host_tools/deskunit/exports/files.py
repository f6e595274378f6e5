"""Writes exports whole or not at all, each with its manifest; the command line and the page call it."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deskunit import __version__, clock
from deskunit.errors import DeskunitError
from deskunit.exports import ranges
from deskunit.exports.formats import csv_lines, json_lines
from deskunit.exports.ranges import Query
from deskunit.exports.states import COLUMNS, SCHEMA, Names, Row, row_maker, utc_text
from deskunit.store import Store, open_store

FORMATS = ("csv", "jsonl")
Progress = Callable[[int, int], None]  # rows done, rows expected


@dataclass(frozen=True, slots=True)
class Export:
    """What was written; `manifest` None on standard output."""

    rows: int
    size_bytes: int
    sha256: str
    file: Path | None
    manifest: Path | None


def states_rows(
    store: Store,
    query: Query,
    *,
    fmt: str = "csv",
    bom: bool = True,
    now_utc_ms: int | None = None,
    progress: Progress | None = None,
) -> Iterator[bytes]:
    """The state log as bytes in chunks, as it is read. DeskunitError: unknown agent or format."""
    if fmt not in FORMATS:
        raise DeskunitError("unknown_format", exit_code=2, format=fmt)
    if query.agent is not None and not store.has_agent(query.agent):
        raise DeskunitError("unknown_agent", exit_code=2, agent=query.agent)
    if query.unit is not None and query.unit not in {unit.uid for unit in store.units()}:
        raise DeskunitError("unknown_unit", exit_code=2, uid=query.unit)
    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    rows = _counted(_rows(store, query, now), store, query, progress)
    return csv_lines(COLUMNS, rows, bom=bom) if fmt == "csv" else json_lines(COLUMNS, rows)


def export_states(
    source: Store | Path | str,
    *,
    out: Path | str,
    from_: str | None = None,
    to: str | None = None,
    agent: str | None = None,
    unit: str | None = None,
    tz: str | None = None,
    fmt: str = "csv",
    bom: bool = True,
    now_utc_ms: int | None = None,
    progress: Progress | None = None,
) -> Export:
    """Write the state log of a store or data folder to `out` ("-": standard output).

    `from_` and `to` as typed, half-open, in the zone `tz` (None: the machine's). The file appears
    whole or not at all, with FILE.manifest.json beside it. DeskunitError for everything expected.
    """
    query = ranges.query(from_=from_, to=to, agent=agent, unit=unit, tz=tz)
    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    rows = 0

    def count(done: int, expected: int) -> None:
        nonlocal rows
        rows = done
        if progress is not None:
            progress(done, expected)

    with _opened(source) as store:
        chunks = states_rows(store, query, fmt=fmt, bom=bom, now_utc_ms=now, progress=count)
        if str(out) == "-":
            size, digest = _write(sys.stdout.buffer, chunks)
            sys.stdout.buffer.flush()
            return Export(rows, size, digest, None, None)
        file = Path(out)
        with _atomically(file) as target:
            size, digest = _write(target, chunks)
    manifest = file.with_name(file.name + ".manifest.json")
    with _atomically(manifest) as target:
        asked = {"from": from_, "to": to, "agent": agent, "unit": unit}
        export = Export(rows, size, digest, file, manifest)
        target.write(_manifest(export, query, asked, fmt, bom, now))
    return export


def _opened(source: Store | Path | str) -> AbstractContextManager[Store]:
    return nullcontext(source) if isinstance(source, Store) else open_store(source, write=False)


def _rows(store: Store, query: Query, now_utc_ms: int) -> Iterator[Row]:
    if query.from_utc_ms is not None and query.from_utc_ms >= now_utc_ms:
        return iter(())  # what is open now says nothing of the future
    names = Names(
        seats={unit.uid: unit.seat for unit in store.units()},
        agents={agent.id: agent for agent in store.agents()},
    )
    found = store.intervals(query.from_utc_ms, query.to_utc_ms, query.agent, query.unit)
    return map(row_maker(query, names, now_utc_ms), found)


def _counted(
    rows: Iterable[Row], store: Store, query: Query, progress: Progress | None
) -> Iterator[Row]:
    if progress is None:
        yield from rows
        return
    expected = store.count_intervals(query.from_utc_ms, query.to_utc_ms, query.agent, query.unit)
    done = 0
    for done, row in enumerate(rows, start=1):
        yield row
        progress(done, expected)
    progress(done, done)


def _write(target: BinaryIO, chunks: Iterable[bytes]) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


@contextmanager
def _atomically(file: Path) -> Iterator[BinaryIO]:
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


def _manifest(
    export: Export, query: Query, asked: dict[str, str | None], fmt: str, bom: bool, now_utc_ms: int
) -> bytes:
    about = {
        "file": export.file.name if export.file else None,
        "schema": SCHEMA,
        "format": fmt,
        "bom": bom and fmt == "csv",
        "rows": export.rows,
        "bytes": export.size_bytes,
        "sha256": export.sha256,
        "tz": query.zone.key,
        "query": asked,
        "from_utc": None if query.from_utc_ms is None else utc_text(query.from_utc_ms),
        "to_utc": None if query.to_utc_ms is None else utc_text(query.to_utc_ms),
        "created_utc": utc_text(now_utc_ms),
        "program": f"deskunit {__version__}",
        "columns": COLUMNS,
    }
    return (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
