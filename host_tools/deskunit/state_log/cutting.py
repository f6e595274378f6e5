"""Cuts rows at instants: at the bounds of days or quarters of an hour, or of corrections. Pure.

The pieces of a row add up to it: each but the last has its length in UTC, the last what is left of the
duration by the unit's clock.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from deskunit.state_log.block import Block, Mask, Numbers


def cut_at_marks(block: Block, marks: Numbers) -> Block:
    """Every row cut at those of the marks (UTC ms, rising) that lie inside it."""
    starts, ends = block.number("start_utc_ms"), block.number("end_utc_ms")
    first = np.searchsorted(marks, starts, "right")
    last = np.searchsorted(marks, ends, "left")
    counts = np.maximum(last - first, 0) + 1
    if (counts == 1).all():
        return block
    rows = np.repeat(np.arange(len(block)), counts)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    is_first, is_last = place == 0, place == counts[rows] - 1
    at = first[rows] + place  # the mark that ends a piece, and one less the one that begins it
    begin = np.where(is_first, starts[rows], marks[np.maximum(at - 1, 0)])
    end = np.where(is_last, ends[rows], marks[np.minimum(at, len(marks) - 1)])
    return _pieces(block, rows, begin, end, is_last)


def cut_rows(block: Block, points: Mapping[int, Sequence[int]]) -> Block:
    """Single rows cut, each at its own instants (row → UTC ms inside it, rising)."""
    if not points:
        return block
    counts = np.ones(len(block), np.int64)
    for row, instants in points.items():
        counts[row] += len(instants)
    rows = np.repeat(np.arange(len(block)), counts)
    first = np.cumsum(counts) - counts
    begin, end = block.number("start_utc_ms")[rows], block.number("end_utc_ms")[rows]
    is_last = np.ones(len(rows), np.bool_)
    for row, instants in points.items():
        for place, instant in enumerate(instants, start=int(first[row])):
            end[place] = begin[place + 1] = instant
            is_last[place] = False
    return _pieces(block, rows, begin, end, is_last)


def numbered(block: Block) -> Block:
    """With `part` 1, 2 … within each row, whose pieces stand together."""
    origin = block.number("origin")
    at = np.arange(len(block))
    is_first = np.r_[True, origin[1:] != origin[:-1]][: len(block)]
    return block.with_numbers(part=at - np.maximum.accumulate(np.where(is_first, at, 0)) + 1)


def _pieces(block: Block, rows: Numbers, begin: Numbers, end: Numbers, is_last: Mask) -> Block:
    lengths = end - begin
    cut_off = np.bincount(rows, np.where(is_last, 0, lengths), len(block)).astype(np.int64)
    rest = np.maximum(block.number("duration_ms") - cut_off, 0)[rows]
    pieces = block.take(rows)
    return pieces.with_numbers(
        start_utc_ms=begin,
        end_utc_ms=end,
        duration_ms=np.where(is_last, rest, lengths),
        running=np.where(is_last, pieces.number("running"), 0),
    )
