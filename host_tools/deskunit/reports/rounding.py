"""Whole seconds that add up: what a report prints of times in milliseconds. Pure.

Exports are not rounded: a row's duration stands for itself there.
"""

from collections.abc import Iterable, Sequence

from deskunit.reports.model import Times

_SECOND = 1000


def nearest(ms: int) -> int:
    """The nearest whole second, in ms; half a second up."""
    return (ms + _SECOND // 2) // _SECOND * _SECOND


def spread(parts_ms: Sequence[int], whole_ms: int | None = None) -> list[int]:
    """Each part as whole seconds, in ms, less than a second from the truth; together `whole_ms`.

    Without `whole_ms` they add up to their rounded sum. Largest remainder: the seconds that rounding down
    left over go to the parts that lost most; of equals, to the first.
    """
    whole_ms = nearest(sum(parts_ms)) if whole_ms is None else whole_ms
    down = [ms // _SECOND * _SECOND for ms in parts_ms]
    lost = [place for place, ms in enumerate(parts_ms) if ms % _SECOND]
    lost.sort(key=lambda place: -(parts_ms[place] % _SECOND))
    for place in lost[: max(0, (whole_ms - sum(down)) // _SECOND)]:
        down[place] += _SECOND
    return down


def rounded(times: Times, signed_in_ms: int | None = None) -> Times:
    """In whole seconds; the states add up to the signed-in time if they did before.

    `signed_in_ms`: what a column above has made of it, see `column()`.
    """
    whole = nearest(times.signed_in_ms) if signed_in_ms is None else signed_in_ms
    found = spread(list(times.in_state_ms.values()), None if times.difference_ms else whole)
    return Times(dict(zip(times.in_state_ms, found, strict=True)), whole)


def column(found: Iterable[Times]) -> list[Times]:
    """Lines of one table in whole seconds: the signed-in times add up to their rounded sum as well."""
    found = list(found)
    wholes = spread([one.signed_in_ms for one in found])
    return [rounded(one, whole) for one, whole in zip(found, wholes, strict=True)]
