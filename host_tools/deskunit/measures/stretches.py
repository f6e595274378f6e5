"""Stretches of time [start, end) in UTC ms as sets: joined, common, without. Pure.

A *joined* list is in order and no two of it touch.
"""

from collections.abc import Iterable, Sequence

Stretch = tuple[int, int]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time, each moment once."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def common(stretches: Sequence[Stretch], start: int, end: int) -> list[Stretch]:
    """What of joined stretches lies in [start, end)."""
    return [
        (max(first, start), min(last, end))
        for first, last in stretches
        if first < end and start < last
    ]


def without(start: int, end: int, taken: Sequence[Stretch]) -> list[Stretch]:
    """What joined stretches leave of [start, end)."""
    found: list[Stretch] = []
    for first, last in common(taken, start, end):
        if start < first:
            found.append((start, first))
        start = last
    if start < end:
        found.append((start, end))
    return found


def length_ms(stretches: Iterable[Stretch]) -> int:
    return sum(end - start for start, end in stretches)
