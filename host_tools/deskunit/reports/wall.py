"""The clock on the wall for many instants of one stretch: the zone is asked at its changes only. Pure."""

from bisect import bisect_right
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deskunit.local_time import local

_QUARTER_MS = 900_000  # every change of a zone falls on one
_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000


class Wall:
    """Local times between two instants."""

    def __init__(self, zone: ZoneInfo, from_utc_ms: int, to_utc_ms: int) -> None:
        self.zone = zone
        self._said: dict[int, str] = {}  # the end of one bar is the start of the next
        self._since = [from_utc_ms]
        self._offsets = [self._offset(from_utc_ms)]
        for at_utc_ms in range(_next(from_utc_ms), to_utc_ms + _QUARTER_MS, _QUARTER_MS):
            if (offset := self._offset(at_utc_ms)) != self._offsets[-1]:
                self._since.append(at_utc_ms)
                self._offsets.append(offset)

    @property
    def changes(self) -> bool:
        """Whether clocks are set within the stretch."""
        return len(self._offsets) > 1

    def offset_ms(self, utc_ms: int) -> int:
        if len(self._offsets) == 1:
            return self._offsets[0]
        return self._offsets[max(0, bisect_right(self._since, utc_ms) - 1)]

    def hms(self, utc_ms: int) -> str:
        """09:12:03."""
        seconds = (utc_ms + self.offset_ms(utc_ms)) // 1000 % 86400
        found = self._said.get(seconds)
        if found is None:
            found = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            self._said[seconds] = found
        return found

    def hm(self, utc_ms: int) -> str:
        """09:12."""
        return self.hms(utc_ms)[:5]

    def day(self, utc_ms: int) -> str:
        """11-23."""
        return self.local(utc_ms).strftime("%m-%d")

    def is_repeated(self, utc_ms: int) -> bool:
        """Whether the clock shows this time for the second time: it was set back within the day before."""
        for since, before, after in zip(
            self._since[1:], self._offsets, self._offsets[1:], strict=False
        ):
            if before > after and since <= utc_ms < since + before - after:
                return True
        return False

    def since_first_day(self, utc_ms: int) -> int:
        """The time of day by this clock, counted from the time of day at which the stretch begins."""
        first = self._since[0] + self._offsets[0]
        return (utc_ms + self.offset_ms(utc_ms) - first) % _DAY_MS

    def local(self, utc_ms: int) -> datetime:
        return local(utc_ms, self.zone)

    def full_hours(self, from_utc_ms: int, to_utc_ms: int) -> list[int]:
        """The instants in [from, to] at which an hour begins by this clock."""
        found = []
        at = _next(from_utc_ms - 1)
        while at <= to_utc_ms:
            if (at + self.offset_ms(at)) % _HOUR_MS == 0:
                found.append(at)
            at += _QUARTER_MS
        return found

    def _offset(self, utc_ms: int) -> int:
        offset = self.local(utc_ms).utcoffset() or timedelta()
        return offset // timedelta(milliseconds=1)


def _next(utc_ms: int) -> int:
    return (utc_ms // _QUARTER_MS + 1) * _QUARTER_MS
