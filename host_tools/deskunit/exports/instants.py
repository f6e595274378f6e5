"""Instants as a clock on the wall shows them: the columns _utc, _local and _offset of a table.

Every offset of a zone is found once for a quarter of an hour, in which it never changes: the offsets of all
zones since 1970 change on quarters of an hour. So a million instants cost what a few thousand would.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from deskunit.local_time import local

QUARTER_MS = 900_000
Instant = tuple[int | None, int | None, str | None]


def clock(zone: ZoneInfo) -> Callable[[int | None], Instant]:
    """For rows of tuples: UTC ms → the values of _utc, _local and _offset; None: three empty ones."""
    offset_of = _offsets(zone)

    def instant(utc_ms: int | None) -> Instant:
        if utc_ms is None:
            return None, None, None
        offset_ms, text = offset_of(utc_ms // QUARTER_MS)
        return utc_ms, utc_ms + offset_ms, text

    return instant


def span(duration_ms: int | None) -> tuple[int | None, int | None]:
    """For rows of tuples: the values of _s and _hms."""
    return duration_ms, duration_ms


class Wall:
    """For columns: the three arrays of an Arrow array of UTC ms (int64, may have nulls)."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._offset_of = _offsets(zone)

    def arrays(self, utc_ms: Any) -> list[Any]:
        """utc as timestamp[ms, UTC], local as timestamp[ms], offset as a dictionary of texts."""
        import numpy as np
        import pyarrow as pa

        known = utc_ms.fill_null(0).to_numpy()
        quarters, place = np.unique(known // QUARTER_MS, return_inverse=True)
        found = [self._offset_of(int(quarter)) for quarter in quarters]
        texts = sorted({text for _, text in found})
        wall = known + np.array([offset_ms for offset_ms, _ in found], np.int64)[place]
        index = np.array([texts.index(text) for _, text in found], np.int32)[place]
        missing = None if not utc_ms.null_count else utc_ms.is_null().to_numpy(False)
        return [
            utc_ms.cast(pa.int64()).view(pa.timestamp("ms", "UTC")),
            pa.array(wall, mask=missing).view(pa.timestamp("ms")),
            pa.DictionaryArray.from_arrays(pa.array(index, mask=missing), pa.array(texts)),
        ]


def _offsets(zone: ZoneInfo) -> Callable[[int], tuple[int, str]]:
    """Number of a quarter of an hour since 1970 → offset in ms, and as text.

    A bare +08:00 is the time 8:00 to a spreadsheet, and begins like a formula: hence UTC+08:00.
    """

    @lru_cache(maxsize=100_000)
    def offset(quarter: int) -> tuple[int, str]:
        here = local(quarter * QUARTER_MS, zone)
        offset_ms = (here.utcoffset() or timedelta()) // timedelta(milliseconds=1)
        return offset_ms, "UTC" + here.isoformat(timespec="seconds")[19:25]

    return offset
