"""Counts over time: how many agents are in each state, and the half-hours of the interval table. Pure."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from deskunit import measures
from deskunit.measures import Group, Measures
from deskunit.reports.model import SHOWN_STATES, Band, Curve, Period, Times
from deskunit.reports.wall import Wall
from deskunit.state_log.days import Day, find_day
from deskunit.state_log.piece import Piece

Key = TypeVar("Key", bound=Hashable)
FINE_MS, COARSE_MS = 300_000, 1_800_000  # a point each; of one day, of several


class Cells:
    """Measures of each agent's half-hours, added up every way that a report wants them."""

    def __init__(self, found: Mapping[Group, Measures]) -> None:
        self._found = found

    def by_agent(self) -> dict[str, Measures]:
        return self._added(lambda group: group.who)

    def by_half_hour(self) -> dict[tuple[int, int], Measures]:
        """By start and end."""
        added = self._added(lambda group: (group.start_utc_ms, group.end_utc_ms))
        return dict(sorted(added.items()))

    def by_day(self, days: Sequence[Day]) -> list[tuple[Day, Measures]]:
        """Every one of the days, also those without anybody."""
        added = self._added(lambda group: find_day(days, group.start_utc_ms))
        return [(day, added.get(day, Measures())) for day in days]

    def _added(self, key: Callable[[Group], Key]) -> dict[Key, Measures]:
        parts: dict[Key, list[Measures]] = {}
        for group, of in self._found.items():
            parts.setdefault(key(group), []).append(of)
        return {name: measures.total(of) for name, of in parts.items()}


def curve(pieces: Iterable[Piece], period: Period) -> Curve:
    """Agents by state, averaged over steps, from the first step with anybody to the last."""
    step = FINE_MS if len(period.days) == 1 else COARSE_MS
    base, count = period.from_utc_ms, -(-(period.to_utc_ms - period.from_utc_ms) // step)
    sums = {state: [0] * count for state in SHOWN_STATES}
    for piece in pieces:
        if piece.is_signed_in:
            start = max(piece.start_utc_ms, base) - base
            _spread(sums[piece.state], start, min(piece.end_utc_ms - base, count * step), step)
    seen = [place for place in range(count) if any(of[place] for of in sums.values())]
    if not seen:
        return Curve(step, (), {})
    kept = range(seen[0], seen[-1] + 1)
    return Curve(
        step,
        tuple(base + place * step for place in kept),
        {state: tuple(round(of[place] / step, 2) for place in kept) for state, of in sums.items()},
    )


def _spread(sums: list[int], start: int, end: int, step: int) -> None:
    while start < end:
        place = start // step
        until = min(end, (place + 1) * step)
        sums[place] += until - start
        start = until


def times(of: Measures) -> Times:
    """Time in each state, against the time signed in."""
    return Times(dict(of.state_ms), of.signed_in_ms)


def bands(found: Mapping[tuple[int, int], Measures], wall: Wall) -> tuple[Band, ...]:
    """A line a half-hour of the clock on the wall; those of several days are added up."""
    by_clock: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for start, end in found:
        by_clock.setdefault((wall.since_first_day(start), wall.is_repeated(start)), []).append(
            (start, end)
        )
    return tuple(
        band(*parts[0], measures.total(found[part] for part in parts))
        for _, parts in sorted(by_clock.items())
    )


def band(start: int, end: int, of: Measures) -> Band:
    """A line of what was measured in one stretch."""
    return Band(
        start,
        end,
        times(of),
        of.figure("calls_handled"),
        of.figure("average_handle_time"),
        of.figure("occupancy"),
    )
