"""Columns as text, a batch at a time: instants, durations, numbers. Vectorised: no Python per row.

The writers put these texts side by side. Nulls stay nulls; what an empty cell looks like is theirs to say.
"""

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deskunit.exports.table import Kind

DAY_MS = 86_400_000
DAY_S = 86_400


def plain(array: Any) -> Any:
    """A text column as strings, whether it came as a dictionary or not."""
    return array.cast(pa.string())


def text(array: Any, kind: Kind) -> Any:
    """What stands in a cell of a text format, as an Arrow string array."""
    if kind in ("text", "offset"):
        return plain(array)
    return _RENDER[kind](array)


def utc(array: Any) -> Any:
    """2026-11-22T01:00:00.123Z"""
    day, within_ms = np.divmod(_numbers(array), DAY_MS)
    second, ms = np.divmod(within_ms, 1000)
    out = np.empty(len(day), [("day", "S10"), ("t", "S1"), ("clock", "S8"), ("ms", "S5")])
    out["day"], out["t"], out["clock"] = _days(day), b"T", _clock_texts()[second]
    out["ms"] = _ms_texts()[ms]
    return _fixed(out, array)


def local(array: Any) -> Any:
    """2026-11-22 09:00:00, the second that has begun."""
    day, within_ms = np.divmod(_numbers(array), DAY_MS)
    out = np.empty(len(day), [("day", "S10"), ("space", "S1"), ("clock", "S8")])
    out["day"], out["space"], out["clock"] = _days(day), b" ", _clock_texts()[within_ms // 1000]
    return _fixed(out, array)


def seconds(array: Any) -> Any:
    """Milliseconds as seconds with three decimals: 15.000"""
    # the 128 bits of a decimal, low half first: no arithmetic, no rounding
    halves = np.empty((len(array), 2), np.int64)
    halves[:, 0] = ms = _numbers(array)
    halves[:, 1] = ms >> 63
    bits = [_validity(array), pa.py_buffer(halves)]
    return pa.Array.from_buffers(pa.decimal128(18, 3), len(array), bits).cast(pa.string())


def span_hms(array: Any) -> Any:
    """Milliseconds as [h]:mm:ss, whole seconds that have passed, hours beyond 24 as they are."""
    ms = _numbers(array)
    whole_s = np.abs(ms) // 1000
    hours = pa.array(whole_s // 3600).cast(pa.string())
    rest = _hms_texts().take(pa.array(whole_s % 3600))
    sign = pc.if_else(pa.array(ms <= -1000), "-", "")
    found = pc.binary_join_element_wise(sign, hours, rest, "")
    return pc.if_else(array.is_valid(), found, None) if array.null_count else found


def number(array: Any) -> Any:
    """As short as it can be without loss; what is no finite number is an empty cell."""
    return pc.if_else(pc.is_finite(array), array, None).cast(pa.string())


def whole(array: Any) -> Any:
    return array.cast(pa.string())


def flag(array: Any) -> Any:
    """1 or 0."""
    return array.cast(pa.int8()).cast(pa.string())


_RENDER = {
    "utc": utc,
    "local": local,
    "seconds": seconds,
    "span_hms": span_hms,
    "number": number,
    "whole": whole,
    "flag": flag,
}


def _numbers(array: Any) -> Any:
    """The int64 behind an array of instants or milliseconds; 0 where there is none."""
    found = array.cast(pa.int64())
    return (found.fill_null(0) if found.null_count else found).to_numpy()


def _validity(array: Any) -> Any:
    """Which are no null, as Arrow's bits from the first on; None: all."""
    if not array.null_count:
        return None
    is_valid = array.is_valid().to_numpy(zero_copy_only=False)
    return pa.py_buffer(np.packbits(is_valid, bitorder="little"))


def _fixed(out: Any, array: Any) -> Any:
    """Texts of one length, one after the other, as an Arrow string array."""
    width = out.dtype.itemsize
    starts = np.arange(0, (len(out) + 1) * width, width, dtype=np.int32)
    buffers = [_validity(array), pa.py_buffer(starts), pa.py_buffer(out)]
    return pa.Array.from_buffers(pa.string(), len(out), buffers)


def _days(day: Any) -> Any:
    """Days since 1970 as dates: each date is written once, for a batch seldom spans many."""
    known, place = np.unique(day, return_inverse=True)
    return np.datetime_as_string(known.astype("datetime64[D]")).astype("S10")[place]


@cache
def _clock_texts() -> Any:
    return np.array(
        [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(DAY_S)], dtype="S8"
    )


@cache
def _ms_texts() -> Any:
    return np.array([f".{ms:03}Z" for ms in range(1000)], dtype="S5")


@cache
def _hms_texts() -> Any:
    return pa.array([f":{s // 60:02}:{s % 60:02}" for s in range(3600)])
