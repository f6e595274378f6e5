"""The calls that the units tell of, from BUSY to the end of the talk, for the reconciliation. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from deskunit.queue_log.order import by_start
from deskunit.state_log.piece import Piece
from deskunit.states import HOLD, NOT_READY, TALKING


@dataclass(frozen=True, slots=True)
class Press:
    """Talking and hold of one call at a unit; after-call work is not part of it.

    `key`: uid-boot-seq of the event that began it. `is_cut`: its start or its end is not known (no word
    from the unit, it still runs, or it goes beyond what was asked for). `from_not_ready`: the agent was
    not ready, so it was probably a call that they made themselves.
    """

    key: str
    agent_id: str
    start_utc_ms: int
    end_utc_ms: int
    is_cut: bool = False
    from_not_ready: bool = False


def presses(pieces: Iterable[Piece]) -> list[Press]:
    """By start. `pieces`: of all states, as the state log gives them."""
    found: dict[tuple[str, str], Press] = {}
    before: dict[str, Piece] = {}
    for piece in by_start(pieces):
        if piece.state in (TALKING, HOLD) and piece.agent_id is not None:
            place = (piece.call_key or piece.row_id, piece.agent_id)
            known = found.get(place)
            found[place] = (
                _begun(piece, before.get(piece.uid)) if known is None else _on(known, piece)
            )
        before[piece.uid] = piece
    return list(found.values())


def _begun(piece: Piece, before: Piece | None) -> Press:
    is_cut = piece.clipped_start or piece.clipped_end or piece.is_running or piece.end_inferred
    is_cut |= piece.state == HOLD  # its talking was before what was asked for, or without a word
    own_call = before is not None and before.uid == piece.uid and before.state == NOT_READY
    return Press(
        *(piece.row_id, piece.agent_id or "", piece.start_utc_ms, piece.end_utc_ms),
        is_cut=is_cut,
        from_not_ready=own_call,
    )


def _on(known: Press, piece: Piece) -> Press:
    is_cut = known.is_cut or piece.clipped_end or piece.is_running or piece.end_inferred
    return Press(
        *(known.key, known.agent_id, known.start_utc_ms, max(known.end_utc_ms, piece.end_utc_ms)),
        is_cut=is_cut,
        from_not_ready=known.from_not_ready,
    )
