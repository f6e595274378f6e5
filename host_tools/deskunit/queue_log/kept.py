"""Imported queue_logs in the data folder, without the callers' numbers.

`imported_calls/SHA256.gz` holds the rows, `SHA256.json` beside it says which file that
was; the second one comes last, so that a log is there whole or not at all. The same content is kept once.
"""

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from deskunit import clock, spreadsheet
from deskunit.agents import Agent
from deskunit.errors import DeskunitError
from deskunit.exports.writing import atomically, clear_leftovers
from deskunit.queue_log.figures import DAY_MS, RING_MISSED, Figures, Tally
from deskunit.queue_log.files import Read, lines, merged, rows
from deskunit.queue_log.people import FILE_NAME, People, given
from deskunit.queue_log.row import LATEST_S, Row, parsed, written
from deskunit.queue_log.visits import TRANSFERRED, Visit, visits

FOLDER = "imported_calls"
COMING = "queue_log"  # what a log is called until its content is known
SCHEMA = "deskunit.queue_log/1"
AROUND_S = 4 * 3600
TIMES = 3  # of a transfer: holdtime, calltime, origposition; before them stands to whom


@dataclass(frozen=True, slots=True)
class Kept:
    """A log in the data folder."""

    sha256: str
    name: str
    rows: int
    broken_lines: int
    first_utc_ms: int
    last_utc_ms: int
    imported_utc_ms: int
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class Imported:
    """Figures of a period from what was imported. The logs cover it from `first` to `last` at most."""

    figures: Figures
    first_utc_ms: int
    last_utc_ms: int
    files: tuple[str, ...]


def keep(data_dir: Path, read: Read) -> tuple[Kept, bool] | None:
    """Read a file to its end and keep it; whether it is new. None: it has no rows. DeskunitError."""
    folder = data_dir / FOLDER
    part = folder / f".{COMING}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clear_leftovers(folder / COMING)
        try:
            _write(part, rows(read))
            return _placed(folder, part, read)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DeskunitError("data_unwritable", folder=folder, why=error.strerror) from error


def kept(data_dir: Path) -> list[Kept]:
    """All of them, the oldest first. DeskunitError: one of a newer program, or damaged."""
    return sorted(
        map(_described, (data_dir / FOLDER).glob("*.json")), key=lambda one: one.first_utc_ms
    )


def kept_rows(
    data_dir: Path, logs: Iterable[Kept], from_utc_ms: int = 0, to_utc_ms: int | None = None
) -> Iterator[Row]:
    """The rows of those logs as one; of a period also those around it, in which a call may begin or end."""
    first_s = from_utc_ms // 1000 - AROUND_S
    last_s = LATEST_S if to_utc_ms is None else to_utc_ms // 1000 + AROUND_S
    files = [data_dir / FOLDER / f"{one.sha256}.gz" for one in logs]
    return merged([_rows(file, first_s, last_s) for file in files])


def find_visits(data_dir: Path, from_utc_ms: int, to_utc_ms: int) -> Iterator[Visit]:
    """Visits that came to a queue in [from, to); none where nothing was imported."""
    for one in visits(_rows_near(data_dir, from_utc_ms, to_utc_ms)):
        if from_utc_ms <= one.asked_utc_ms < to_utc_ms:
            yield one


def find_figures(
    data_dir: Path,
    from_utc_ms: int,
    to_utc_ms: int,
    *,
    within_s: int,
    agents: Iterable[Agent] = (),
) -> Imported | None:
    """The figures of [from, to); None: no imported log has a row in it. DeskunitError: a damaged one.

    `within_s`: the T of the service level. `agents`: whose ids and names the log may use.
    """
    logs = _near(data_dir, from_utc_ms, to_utc_ms)
    inside = [
        one for one in logs if one.first_utc_ms < to_utc_ms and one.last_utc_ms >= from_utc_ms
    ]
    if not inside:
        return None
    tally = Tally(within_s, people(data_dir, agents).id_of)
    for _ in counted(
        kept_rows(data_dir, logs, from_utc_ms, to_utc_ms), tally, from_utc_ms, to_utc_ms
    ):
        pass  # the tally has taken it
    return Imported(
        tally.figures(),
        max(from_utc_ms, min(one.first_utc_ms for one in inside)),
        min(to_utc_ms, max(one.last_utc_ms for one in inside)),
        tuple(one.name for one in inside),
    )


def people(data_dir: Path, agents: Iterable[Agent]) -> People:
    """Who is who in the logs of this site: queue_agents.csv of the data folder first."""
    file = data_dir / FILE_NAME
    raw = spreadsheet.load(file)
    return People(agents, None if raw is None else given(raw, str(file)))


def counted(
    rows: Iterable[Row], tally: Tally, from_utc_ms: int | None = None, to_utc_ms: int | None = None
) -> Iterator[Visit]:
    """Give `tally` what belongs to [from, to), and pass on every visit of the log."""

    def is_in(utc_ms: int) -> bool:
        after = from_utc_ms is None or utc_ms >= from_utc_ms
        return after and (to_utc_ms is None or utc_ms < to_utc_ms)

    def noted() -> Iterator[Row]:
        for row in rows:
            if row.verb == RING_MISSED and is_in(row.utc_ms):
                tally.rang_out(row)
            yield row

    for visit in visits(noted()):
        if is_in(visit.asked_utc_ms):
            tally.add(visit)
        yield visit


def _near(data_dir: Path, from_utc_ms: int, to_utc_ms: int) -> list[Kept]:
    """Logs that may tell of calls of [from, to): one may have begun in the file of the day before."""
    return [
        one
        for one in kept(data_dir)
        if one.first_utc_ms < to_utc_ms + DAY_MS and one.last_utc_ms >= from_utc_ms - DAY_MS
    ]


def _write(part: Path, found: Iterable[Row]) -> None:
    with (
        part.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as target,
    ):
        for row in found:
            target.write((written(_nameless(row), fraction=True) + "\n").encode())
        target.close()
        raw.flush()
        os.fsync(raw.fileno())


def _nameless(row: Row) -> Row:
    """Without numbers of callers and of those whom they were transferred to: no figure needs them."""
    if row.verb in TRANSFERRED:
        to = len(row.params) - TIMES
        return replace(row, params=("",) * to + row.params[max(0, to) :])
    return replace(row, params=()) if row.verb in ("ENTERQUEUE", "DID") else row


def _placed(folder: Path, part: Path, read: Read) -> tuple[Kept, bool] | None:
    if read.first_utc_ms is None or read.last_utc_ms is None or read.sha256 is None:
        return None
    about = folder / f"{read.sha256}.json"
    if about.exists():
        return _described(about), False
    new = Kept(
        *(read.sha256, read.file.name, read.rows, read.broken_lines),
        *(read.first_utc_ms, read.last_utc_ms, clock.now_utc_ms()),
    )
    part.replace(folder / f"{new.sha256}.gz")
    with atomically(about) as target:
        target.write((json.dumps(asdict(new), ensure_ascii=False, indent=2) + "\n").encode())
    _forget_beginnings(folder, new)
    return new, True


def _forget_beginnings(folder: Path, new: Kept) -> None:
    """A log that was imported while it grew is kept once: as it is now."""
    for old in kept(folder.parent):
        is_shorter = old.first_utc_ms == new.first_utc_ms and old.rows < new.rows
        if is_shorter and _begins_with(folder / f"{new.sha256}.gz", folder / f"{old.sha256}.gz"):
            (folder / f"{old.sha256}.json").unlink(missing_ok=True)
            (folder / f"{old.sha256}.gz").unlink(missing_ok=True)


def _begins_with(whole: Path, beginning: Path) -> bool:
    of_whole = lines(whole)
    return all(line == next(of_whole, None) for line in lines(beginning))


def _rows_near(data_dir: Path, from_utc_ms: int, to_utc_ms: int) -> Iterator[Row]:
    logs = _near(data_dir, from_utc_ms, to_utc_ms)
    return kept_rows(data_dir, logs, from_utc_ms, to_utc_ms)


def _rows(file: Path, first_s: int, last_s: int) -> Iterator[Row]:
    """A day of a year's log is found quickly: only its lines are read beyond their time."""
    for raw in lines(file):
        if not first_s <= int(raw[: raw.index(b".")]) <= last_s:
            continue
        row = parsed(raw.decode())
        if row is not None:
            yield row


def _described(about: Path) -> Kept:
    try:
        found = json.loads(about.read_text("utf-8"))
        if found.get("schema") != SCHEMA:
            raise DeskunitError("queue_log_newer", file=about)
        return Kept(**found)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DeskunitError("queue_log_damaged", file=about) from error
