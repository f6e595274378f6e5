"""Pieces by their own start: the state log gives them row by row, a row that is cut part after part. Pure."""

import heapq
from collections.abc import Iterable, Iterator
from itertools import count

from deskunit.state_log.piece import Piece


def by_start(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """In order, holding back only the later parts of rows: no row begins before the one that came last."""
    waiting: list[tuple[int, int, Piece]] = []
    number = count()
    for piece in pieces:
        heapq.heappush(waiting, (piece.start_utc_ms, next(number), piece))
        while piece.part == 1 and waiting[0][0] < piece.start_utc_ms:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
