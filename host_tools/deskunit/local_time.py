"""Instants (UTC ms) by the clock on the wall of a zone, and back; whoever shows a time asks here. Pure."""

from datetime import UTC, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def local(utc_ms: int, zone: tzinfo) -> datetime:
    """The date and time there. OverflowError: beyond the calendar."""
    return (_EPOCH + utc_ms * _MS).astimezone(zone)


def utc_ms(moment: datetime) -> int:
    """The instant of a moment with a zone; of an hour that a clock change skips as if the old offset held."""
    return (moment.astimezone(UTC) - _EPOCH) // _MS


def shown(utc_ms: int, zone: tzinfo) -> str:
    """As sentences and tables show it: 2026-11-22 09:00:00."""
    return local(utc_ms, zone).strftime("%Y-%m-%d %H:%M:%S")
