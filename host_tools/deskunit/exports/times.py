"""Instants and durations as texts, one at a time: for manifests, pages and terminals. Pure.

The columns of exports are made by rendering.py and say the same.
"""

from datetime import UTC
from functools import lru_cache

from deskunit.local_time import local


def hms(duration_ms: int) -> str:
    """A duration as [h]:mm:ss, whole seconds that have passed, hours beyond 24 as they are."""
    seconds = duration_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


# The end of one interval is the start of another, soon after.
@lru_cache(maxsize=10_000)
def utc_text(utc_ms: int) -> str:
    """An instant as 2026-11-22T01:00:00.123Z."""
    return local(utc_ms, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
