"""The state log row by row, for measures and reports."""

from collections.abc import Iterator

from deskunit.state_log.block import NOTHING, Block
from deskunit.state_log.blocks import blocks
from deskunit.state_log.piece import Piece
from deskunit.state_log.query import Query
from deskunit.store import Store


def pieces(store: Store, query: Query, now_utc_ms: int) -> Iterator[Piece]:
    """What touches [from, to), cut to it, by the start of its row, then part.

    DeskunitError: unknown agent, team, unit, state or reason.
    """
    for block in blocks(store, query, now_utc_ms):
        yield from pieces_of(block)


def pieces_of(block: Block) -> Iterator[Piece]:
    """A block row by row."""

    def whole(name: str) -> list[int]:
        found: list[int] = block.number(name).tolist()
        return found

    def known(name: str) -> list[int | None]:
        return [None if value == NOTHING else value for value in whole(name)]

    def flag(name: str) -> list[bool]:
        return [value == 1 for value in whole(name)]

    def text(name: str) -> list[str | None]:
        return [value or None for value in block.values(name)]

    return map(
        Piece,
        block.values("row_id"),
        whole("part"),
        block.values("uid"),
        block.values("boot"),
        whole("seq"),
        block.values("state"),
        whole("start_utc_ms"),
        whole("end_utc_ms"),
        whole("duration_ms"),
        block.values("cause"),
        known("reason_code"),
        text("agent_id"),
        text("sign_in"),
        known("call_no"),
        known("hold_no"),
        flag("not_taken"),
        flag("resumed"),
        flag("end_inferred"),
        flag("running"),
        flag("clipped_start"),
        flag("clipped_end"),
        whole("time_error_ms"),
        block.values("time_quality"),
        known("correction"),
        text("original_state"),
        known("original_reason_code"),
        text("original_agent_id"),
    )
