"""From which ms of a boot on which offset to UTC holds, and how wrong it may be. Pure.

Readings of a unit's clock come in, rows of the epoch table come out; the store keeps them. A row begins
beyond every word that is stored, so that what was told once keeps its time.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from deskunit.clock import RATE_PPB, STEP_MS, WANDER_PPB, ClockReading, grown_ms

SYNCED, BOUNDED = "synced", "bounded"
KEEP_MS = 10  # a prediction that is no more than this off stays: rows are rare
BETWEEN_MS = 4  # how far a clock may go from one round of probes to the next
ROUND_LOST_MS = 90_000  # after so long without a reading the way between is drawn as a line
YEAR_MS = 365 * 86_400_000
_FROM_MS = attrgetter("from_ms")


@dataclass(frozen=True, slots=True)
class Epoch:
    """utc_ms = ms + offset(ms) from `from_ms` on, wrong by at most error(ms)."""

    from_ms: int
    offset_ms: int  # at from_ms
    slope_ppb: int = 0
    error_ms: int = 0  # at at_ms
    at_ms: int = 0
    drift_ppb: int = 0  # how fast the error grows with the distance from at_ms
    quality: str = SYNCED

    def offset(self, ms: int) -> int:
        return self.offset_ms + self.slope_ppb * (ms - self.from_ms) // 1_000_000_000

    def error(self, ms: int) -> int:
        if not self.drift_ppb:
            return self.error_ms
        return self.error_ms + grown_ms(self.drift_ppb, ms - self.at_ms)


def find(epochs: Sequence[Epoch], ms: int) -> Epoch:
    """The epoch that holds at `ms`, of epochs in their order; the first one also before it."""
    if ms >= epochs[-1].from_ms:
        return epochs[-1]
    return epochs[max(0, bisect_right(epochs, ms, key=_FROM_MS) - 1)]


def first(reading: ClockReading) -> list[Epoch]:
    """A boot's first reading holds for what it did before, too, and is less sure the earlier."""
    error_ms = _kept(reading)
    grown = grown_ms(reading.drift_ppb, reading.at_ms)
    if not reading.measured or grown <= KEEP_MS // 2:
        quality = SYNCED if reading.measured else BOUNDED
        return [_row(reading, 0, error_ms + grown, quality=quality)]
    back = _row(reading, 0, error_ms, drift_ppb=reading.drift_ppb)
    return [back, _row(reading, reading.at_ms, error_ms)]


def more(
    epochs: Sequence[Epoch], synced_ms: int, free_ms: int, reading: ClockReading
) -> list[Epoch]:
    """What a later reading adds; mostly nothing.

    `synced_ms`: until when the epochs are known to hold. `free_ms`: the first ms without a stored word.
    """
    last = epochs[-1]
    off_ms = reading.offset_ms - last.offset(reading.at_ms)
    live = _row(reading, max(free_ms, reading.at_ms), _kept(reading))
    if _is_step(last, synced_ms, reading, off_ms):
        since_ms = synced_ms if reading.stepped_ms is None else reading.stepped_ms
        # by the old clock or by the new one: nobody saw when it was set
        either_ms = abs(off_ms) + _slack(last, synced_ms, reading)
        before = _row(
            reading, max(free_ms, since_ms + 1, last.from_ms + 1), either_ms,
            drift_ppb=reading.drift_ppb, quality=BOUNDED,
        )  # fmt: skip
        return _in_order(last, [before, live])
    if _still_holds(last, synced_ms, reading, off_ms):
        return []
    if reading.at_ms - synced_ms > ROUND_LOST_MS:
        return _in_order(last, [_between(last, synced_ms, free_ms, reading), live])
    return _in_order(last, [live])


def unread(epochs: Sequence[Epoch], synced_ms: int, free_ms: int) -> list[Epoch]:
    """Words come of which no reading tells: the last epoch goes on and is less sure the later."""
    last = epochs[-1]
    if last.drift_ppb:
        return []
    from_ms = max(free_ms, synced_ms + 1, last.from_ms + 1)
    return [
        Epoch(from_ms, last.offset(from_ms), last.slope_ppb, last.error_ms, synced_ms, RATE_PPB)
    ]


def placed(
    after: tuple[int, int] | None, before: tuple[int, int], spans_ms: Sequence[int]
) -> list[list[Epoch]]:
    """Boots that nobody ever read, one after the other between two instants (UTC ms, error in ms).

    They lasted as long as known; each begins in the middle of where it may. Without an earlier instant
    it is put right before the later one.
    """
    rows = []
    ended_ms = 0
    for number, span_ms in enumerate(spans_ms):
        latest = before[0] - sum(spans_ms[number:])
        earliest, error_ms = latest, YEAR_MS
        if after is not None:
            earliest = after[0] + ended_ms
            error_ms = abs(latest - earliest) // 2 + 1 + after[1] + before[1]
        middle = (earliest + latest) // 2
        rows.append([Epoch(0, middle, 0, error_ms, 0, RATE_PPB, BOUNDED)])
        ended_ms += span_ms
    return rows


def _kept(reading: ClockReading) -> int:
    """The error of a row that stays while its prediction is no more than KEEP_MS off."""
    return reading.error_ms + KEEP_MS + BETWEEN_MS


def _row(
    reading: ClockReading, from_ms: int, error_ms: int, *, drift_ppb: int = 0, quality: str = SYNCED
) -> Epoch:
    moved_ms = reading.slope_ppb * (from_ms - reading.at_ms) // 1_000_000_000
    offset_ms = reading.offset_ms + moved_ms
    return Epoch(from_ms, offset_ms, reading.slope_ppb, error_ms, reading.at_ms, drift_ppb, quality)


def _is_step(last: Epoch, synced_ms: int, reading: ClockReading, off_ms: int) -> bool:
    """Whether the host's clock was set since: no unit's clock goes so far in that time."""
    if reading.stepped_ms is not None and reading.at_ms - synced_ms <= ROUND_LOST_MS:
        return abs(off_ms) > STEP_MS // 2
    return abs(off_ms) > STEP_MS + _slack(last, synced_ms, reading)


def _slack(last: Epoch, synced_ms: int, reading: ClockReading) -> int:
    """How far a reading may be from the last epoch without a step of the host's clock."""
    silence_ms = max(0, reading.at_ms - synced_ms)
    return last.error(reading.at_ms) + reading.error_ms + grown_ms(RATE_PPB, silence_ms)


def _still_holds(last: Epoch, synced_ms: int, reading: ClockReading, off_ms: int) -> bool:
    is_live = last.quality == SYNCED and not last.drift_ppb
    could_be_half = 2 * _kept(reading) < last.error_ms
    within = abs(off_ms) + reading.error_ms <= last.error_ms - BETWEEN_MS
    wandered_ms = grown_ms(WANDER_PPB, (reading.at_ms - synced_ms) // 2)
    return is_live and within and wandered_ms <= KEEP_MS and not could_be_half


def _between(last: Epoch, synced_ms: int, free_ms: int, reading: ClockReading) -> Epoch:
    """The line from the last known point to the reading; what wanders is furthest in the middle."""
    span_ms = reading.at_ms - synced_ms
    known_ms = last.offset(synced_ms)
    gained_ms = reading.offset_ms - known_ms
    from_ms = max(free_ms, synced_ms + 1, last.from_ms + 1)
    wandered_ms = grown_ms(WANDER_PPB, span_ms // 2)
    return Epoch(
        from_ms,
        known_ms + gained_ms * (from_ms - synced_ms) // span_ms,
        gained_ms * 1_000_000_000 // span_ms,
        max(last.error(synced_ms), _kept(reading)) + wandered_ms,
        synced_ms,
    )


def _in_order(last: Epoch, rows: Sequence[Epoch]) -> list[Epoch]:
    """Those that hold for any ms at all: each begins after the one before, none after the last."""
    kept: list[Epoch] = []
    for number, row in enumerate(rows):
        is_hidden = number + 1 < len(rows) and row.from_ms >= rows[number + 1].from_ms
        if row.from_ms > last.from_ms and not is_hidden:
            kept.append(row)
    return kept
