"""Reads the log as asked for, in columns: whole rows from the store, corrected, cut, clipped, chosen.

The filters come last, so that they choose by what the log says after its corrections.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from deskunit.correction import Correction
from deskunit.state_log.block import NOTHING, Block, Mask, Numbers, block_from
from deskunit.state_log.choosing import Chosen, chosen
from deskunit.state_log.cutting import cut_at_marks, numbered
from deskunit.state_log.marks import marks
from deskunit.state_log.overlay import corrected
from deskunit.state_log.query import Query
from deskunit.store import Store


def blocks(store: Store, query: Query, now_utc_ms: int) -> Iterator[Block]:
    """What touches [from, to), cut to it, by the start of its row, then part.

    `now_utc_ms` ends what is running. DeskunitError: unknown agent, team or unit.
    """
    return _blocks(store, query, chosen(store, query), now_utc_ms)


def _blocks(store: Store, query: Query, wanted: Chosen, now_utc_ms: int) -> Iterator[Block]:
    if query.from_utc_ms is not None and query.from_utc_ms >= now_utc_ms:
        return  # what runs now says nothing of the future
    corrections = (
        [] if query.is_raw else list(store.corrections(query.from_utc_ms, query.to_utc_ms))
    )
    pages = store.interval_columns(
        query.from_utc_ms,
        query.to_utc_ms,
        agents=_read_agents(wanted, corrections),
        units=query.units or None,
    )
    for page in pages:
        block = _cut(_until_now(block_from(page), now_utc_ms), query, corrections)
        block = wanted.of(_clipped(block, query))
        if len(block):
            yield block


def _read_agents(wanted: Chosen, corrections: Sequence[Correction]) -> list[str] | None:
    """Whose rows are read: a correction may give the row of any other to somebody wanted."""
    is_given = any(one.agent_id is not None for one in corrections if one.holds)
    return None if wanted.agents is None or is_given else sorted(wanted.agents)


def _until_now(block: Block, now_utc_ms: int) -> Block:
    """Running rows end at the moment of asking."""
    starts, ends = block.number("start_utc_ms"), block.number("end_utc_ms")
    running = ends == NOTHING
    ends = np.where(running, np.maximum(now_utc_ms, starts), ends)
    durations = block.number("duration_ms")
    return block.with_numbers(
        end_utc_ms=ends,
        duration_ms=np.where(durations == NOTHING, ends - starts, durations),
        running=running.astype(np.int64),
    )


def _cut(block: Block, query: Query, corrections: Sequence[Correction]) -> Block:
    block = corrected(block, corrections) if corrections else block
    if query.split is not None:
        starts, ends = block.number("start_utc_ms"), block.number("end_utc_ms")
        block = cut_at_marks(block, marks(query, int(starts.min()), int(ends.max())))
    return numbered(block)


def _clipped(block: Block, query: Query) -> Block:
    starts, ends = block.number("start_utc_ms"), block.number("end_utc_ms")
    first = starts if query.from_utc_ms is None else np.maximum(starts, query.from_utc_ms)
    last = ends if query.to_utc_ms is None else np.minimum(ends, query.to_utc_ms)
    # as a cut is: what comes before it is long in UTC, the last piece has the rest of the unit's clock
    rest = np.maximum(block.number("duration_ms") - (first - starts), 0)
    running = np.where(ends > last, 0, block.number("running"))
    kept = block.with_numbers(
        start_utc_ms=first,
        end_utc_ms=last,
        duration_ms=np.where(ends > last, last - first, rest),
        running=running,
        clipped_start=(first > starts).astype(np.int64),
        clipped_end=((ends > last) | (running == 1)).astype(np.int64),
    )
    return kept.where(_inside(starts, ends, query))


def _inside(starts: Numbers, ends: Numbers, query: Query) -> Mask:
    """Which touch [from, to); one without length belongs to where it begins."""
    is_inside = np.ones(len(starts), np.bool_)
    if query.from_utc_ms is not None:
        is_inside &= (ends > query.from_utc_ms) | (starts >= query.from_utc_ms)
    if query.to_utc_ms is not None:
        is_inside &= starts < query.to_utc_ms
    return is_inside
