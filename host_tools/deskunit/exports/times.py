"""Instants and durations as texts, one at a time: for manifests, pages and terminals. Pure.

The columns of exports are made by rendering.py and say the same.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hms(duration_ms: int) -> str:
    """A duration as [h]:mm:ss, whole seconds that have passed, hours beyond 24 as they are."""
    seconds = duration_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


# The end of one interval is the start of another, soon after.
@lru_cache(maxsize=10_000)
def utc_text(utc_ms: int) -> str:
    """An instant as 2026-11-22T01:00:00.123Z."""
    moment = _EPOCH + timedelta(milliseconds=utc_ms)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def local_clock(zone: ZoneInfo) -> Callable[[int], tuple[str, str]]:
    """Local time to the second and the offset, e.g. UTC+08:00."""

    @lru_cache(maxsize=10_000)
    def local(utc_ms: int) -> tuple[str, str]:
        here = (_EPOCH + timedelta(milliseconds=utc_ms)).astimezone(zone)
        text = here.isoformat(" ", "seconds")
        return text[:19], "UTC" + text[19:25]

    return local
