"""A piece's duration given to parts of it: by the unit's clock, so that the parts add up to it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from deskunit.measures.period import Buckets
from deskunit.measures.sign_ins import SignIn, later_elsewhere
from deskunit.measures.stretches import Stretch, joined, without
from deskunit.state_log.piece import Piece

Portion = tuple[int, int, int, int]  # interval, start, end, ms by the unit's clock


def portions(piece: Piece, mask: Sequence[Stretch] | None, cuts: Buckets) -> Iterable[Portion]:
    """What of a piece lies in each interval; what lies in `mask` is counted elsewhere."""
    start, end = piece.start_utc_ms, piece.end_utc_ms
    whole = None if mask else cuts.whole(start, end)
    if whole is not None:
        return ((whole, start, end, piece.duration_ms),)
    return _cut(piece, mask or (), cuts)


def _cut(piece: Piece, mask: Sequence[Stretch], cuts: Buckets) -> Iterator[Portion]:
    start, end = piece.start_utc_ms, piece.end_utc_ms
    if start == end:
        bucket = cuts.find(start)
        if bucket is not None and not any(a <= start < b for a, b in mask):
            yield bucket, start, end, piece.duration_ms
        return
    for first, last in without(start, end, mask):
        for bucket, begin, until in cuts.cut(first, last):
            yield bucket, begin, until, _until(piece, until) - _until(piece, begin)


def _until(piece: Piece, utc_ms: int) -> int:
    """ms by the unit's clock from the piece's start to an instant within it."""
    passed = utc_ms - piece.start_utc_ms
    return passed * piece.duration_ms // (piece.end_utc_ms - piece.start_utc_ms)


def counted_elsewhere(runs: Sequence[SignIn]) -> Mapping[tuple[str, str], list[Stretch]]:
    """(sign-in, agent) → when the agent was signed in at another unit, where the time is counted."""
    found: dict[tuple[str, str], list[Stretch]] = {}
    for run, mask in zip(runs, later_elsewhere(runs), strict=True):
        if mask:
            found.setdefault((run.key, run.agent_id), []).extend(mask)
    return {key: joined(mask) for key, mask in found.items()}
