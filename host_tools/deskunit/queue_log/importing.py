"""`deskunit import queue_log`: files read, kept, counted, and held against the units' log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.exports.saving import Progress
from deskunit.queue_log import kept as keeping
from deskunit.queue_log.figures import Figures, Tally
from deskunit.queue_log.files import Read, merged, rows
from deskunit.queue_log.kept import Kept
from deskunit.queue_log.matching import Reconciliation, Spoken, reconciled
from deskunit.queue_log.people import People
from deskunit.queue_log.presses import presses
from deskunit.queue_log.row import Row
from deskunit.queue_log.visits import ANSWERED, Visit
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.store import Store

PROGRESS_ROWS = 10_000
AROUND_MS = 4 * 3_600_000  # so long before the period a call may have begun that ends in it


@dataclass(frozen=True, slots=True)
class Asked:
    """The period, the T of the service level, how far apart the same call may begin, and who is who."""

    query: Query
    within_s: int
    tolerance_s: int
    people: People


@dataclass(frozen=True, slots=True)
class Told:
    """What the files say. `known`: names of files whose content had been kept before."""

    reads: tuple[Read, ...]
    figures: Figures
    spoken: tuple[Spoken, ...]
    known: tuple[str, ...] = ()

    @property
    def spans(self) -> list[tuple[int, int]]:
        """From the first to the last row of each file."""
        return [
            (one.first_utc_ms, one.last_utc_ms)
            for one in self.reads
            if one.first_utc_ms is not None and one.last_utc_ms is not None
        ]


def told(
    files: Sequence[Path], asked: Asked, keep_in: Path | None, progress: Progress | None = None
) -> Told:
    """Read the files to their end; with `keep_in` they are kept there first. DeskunitError: no queue_log.

    `progress`: rows counted so far, None: nobody knows how many there will be.
    """
    reads = [Read(file) for file in dict.fromkeys(files)]
    logs: list[Kept] = []
    known: list[str] = []
    if keep_in is None:
        stream = merged([rows(read) for read in reads])
        return _told(reads, _watched(stream, progress), asked, known)
    for read in reads:
        placed = keeping.keep(keep_in, read)
        _check(read)
        if placed is not None:
            logs.append(placed[0])
            known += [] if placed[1] else [read.file.name]
    stream = keeping.kept_rows(keep_in, logs)
    return _told(reads, _watched(stream, progress), asked, known)


def against_units(told_: Told, store: Store, asked: Asked, now_utc_ms: int) -> Reconciliation:
    """The calls of the files and those of the units, of the same period."""
    query = asked.query
    starts, ends = zip(*told_.spans, strict=True)
    first = max(min(starts), query.from_utc_ms or min(starts)) - AROUND_MS
    last = min(max(ends), query.to_utc_ms or max(ends)) + AROUND_MS
    whole = Query(query.zone, first, last, within=query.within)
    found = list(pieces(store, whole, now_utc_ms))
    here = {one.agent_id for one in found if one.agent_id and one.is_signed_in}
    near = [one for one in told_.spoken if first <= one.start_utc_ms < last]
    every = reconciled(
        near,
        presses(found),
        tolerance_ms=1000 * asked.tolerance_s,
        spans=told_.spans,
        at_units=here,
    )
    return every.within(query.from_utc_ms, query.to_utc_ms)


def _watched(stream: Iterable[Row], progress: Progress | None) -> Iterator[Row]:
    for done, row in enumerate(stream, start=1):
        if progress is not None and done % PROGRESS_ROWS == 0:
            progress(done, None)
        yield row


def _told(reads: list[Read], stream: Iterable[Row], asked: Asked, known: list[str]) -> Told:
    tally = Tally(asked.within_s, asked.people.id_of)
    query = asked.query
    visits = keeping.counted(stream, tally, query.from_utc_ms, query.to_utc_ms)
    spoken = tuple(_spoken(visits, asked.people, query.within))
    for read in reads:
        _check(read)
    all_ = Told(tuple(reads), _within(tally.figures(), query.within), spoken, tuple(known))
    if not all_.spans:
        raise DeskunitError("queue_log_empty", file=reads[0].file)
    return all_


def _check(read: Read) -> None:
    """A file without one good line is another file, not a damaged log."""
    if not read.rows and read.broken:
        first = read.broken[0]
        raise DeskunitError("queue_log_other", file=read.file, line=first.line, text=first.text)


def _within(figures: Figures, ids: frozenset[str] | None) -> Figures:
    """Queues are everybody's; agents those whom this user may see."""
    if ids is None:
        return figures
    return replace(figures, agents=tuple(one for one in figures.agents if one.name in ids))


def _spoken(
    visits: Iterable[Visit], people: People, ids: frozenset[str] | None
) -> Iterator[Spoken]:
    for one in visits:
        if one.outcome != ANSWERED or not one.agent or one.connected_utc_ms is None:
            continue
        agent_id = people.id_of(one.agent)
        if ids is None or agent_id in ids:
            yield Spoken(one.call, one.queue, agent_id, one.connected_utc_ms, one.ended_utc_ms)
