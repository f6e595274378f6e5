"""The state log as an Asterisk queue_log, for the programs that read one. Pure: pieces in, lines out.

A line is written for each change within what was asked for; nothing is made up at its edges, so that the
logs of two days put together are the log of both. Line by line: docs/queue_log.md.
"""

import heapq
from collections.abc import Iterable, Iterator
from itertools import count

from deskunit.queue_log.order import by_start
from deskunit.queue_log.row import Row, written
from deskunit.queue_log.seat import Options, Seat
from deskunit.state_log.piece import Piece

SLACK_MS = 10_000  # pieces of one unit may stand so far apart where its clock was set right
PLAIN = Options()


def lines(pieces: Iterable[Piece], options: Options = PLAIN) -> Iterator[str]:
    """The log, without line ends, ordered by time. `pieces`: of all states, as the state log gives them."""
    return map(written, _in_order(_timed(pieces, options)))


def _timed(pieces: Iterable[Piece], options: Options) -> Iterator[tuple[int, list[Row]]]:
    """(the instant from which on everything that follows will be, what is known by now)."""
    seats: dict[str, Seat] = {}
    for piece in by_start(pieces):
        until_ms = piece.start_utc_ms - SLACK_MS
        left = [uid for uid, seat in seats.items() if seat.end_ms < until_ms]
        rows = [row for uid in left for row in seats.pop(uid).ended()]
        rows += seats.setdefault(piece.uid, Seat(options)).moved(piece)
        yield until_ms, rows
    yield 0, [row for seat in seats.values() for row in seat.ended()]


def _in_order(timed: Iterable[tuple[int, list[Row]]]) -> Iterator[Row]:
    due: list[tuple[int, int, Row]] = []
    number = count()  # rows of one millisecond stay as they came
    for until_ms, rows in timed:
        for row in rows:
            heapq.heappush(due, (row.utc_ms, next(number), row))
        while due and due[0][0] < until_ms:
            yield heapq.heappop(due)[2]
    while due:
        yield heapq.heappop(due)[2]
