"""Where a split cuts: the instants at which a day, an hour or a part of it begins on the wall. Pure.

Every offset to UTC in use is a multiple of 15 minutes, so a grid of 15 minutes in UTC holds all of them,
also in hours that a clock change repeats.
"""

import numpy as np

from deskunit.local_time import local
from deskunit.state_log.block import Numbers
from deskunit.state_log.days import days
from deskunit.state_log.query import DAY, MIDNIGHT, MINUTES, Query

GRID_MS = 900_000


def marks(query: Query, from_utc_ms: int, to_utc_ms: int) -> Numbers:
    """The instants in (from, to) at which the query's split cuts, rising; none without a split."""
    if query.split is None:
        return np.zeros(0, np.int64)
    if query.split in (MIDNIGHT, DAY):
        start_min = query.day_start_min if query.split == DAY else 0
        touched = days(query.zone, from_utc_ms, to_utc_ms, start_min)
        return np.array([one.start_utc_ms for one in touched[1:]], np.int64)
    minutes = MINUTES[query.split]
    first, last = -(-from_utc_ms // GRID_MS), to_utc_ms // GRID_MS
    grid = (at * GRID_MS for at in range(first, last + 1))
    return np.array([at for at in grid if _is_mark(query, at, minutes)], np.int64)


def _is_mark(query: Query, utc_ms: int, minutes: int) -> bool:
    return local(utc_ms, query.zone).minute % minutes == 0
