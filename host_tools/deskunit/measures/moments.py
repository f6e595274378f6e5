"""Which agent an event belongs to: the row of the log in which it came. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from deskunit.events import Happening
from deskunit.measures.holds import SLACK_MS
from deskunit.state_log.piece import Piece

COUNTED = ("idle", "overrun", "refused")


def placed(
    pieces: Iterable[Piece], happenings: Iterable[Happening]
) -> Iterator[tuple[Happening, Piece]]:
    """Each event of the kinds in COUNTED with the piece in which it came, those of nobody left out.

    By boot and seq, not by the clock: the row's opening event came before it, the next row's after it.
    """
    wanted = [one for one in happenings if one.event.kind in COUNTED]
    if not wanted:
        return
    rows = _rows(pieces, {(one.event.uid, one.event.boot) for one in wanted})
    for one in wanted:
        piece = _find(rows.get((one.event.uid, one.event.boot), ([], [])), one)
        if piece is not None and piece.is_signed_in:
            yield one, piece


_Rows = tuple[list[int], list[Piece]]


def _rows(pieces: Iterable[Piece], boots: set[tuple[str, str]]) -> dict[tuple[str, str], _Rows]:
    rows: dict[tuple[str, str], _Rows] = {boot: ([], []) for boot in boots}
    for piece in pieces:
        found = rows.get((piece.uid, piece.boot))
        if found is not None and piece.row_id[-1] != "u":  # no event opens an unknown row
            found[0].append(piece.seq)
            found[1].append(piece)
    return rows


def _find(rows: _Rows, happening: Happening) -> Piece | None:
    seqs, found = rows
    place = bisect_right(seqs, happening.event.seq) - 1
    while (
        place > 0
        and seqs[place - 1] == seqs[place]
        and found[place].start_utc_ms > happening.utc_ms
    ):
        place -= 1  # a row in several pieces
    if place < 0 or happening.utc_ms > found[place].end_utc_ms + SLACK_MS:
        return None
    return found[place]
