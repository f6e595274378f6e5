"""The calls that the units tell of, from BUSY to the end of the talk, for the reconciliation. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from deskunit.measures.calls import Call, calls
from deskunit.state_log.piece import Piece
from deskunit.states import NOT_READY


@dataclass(frozen=True, slots=True)
class Press:
    """Talking and hold of one call at a unit; after-call work is not part of it.

    `key`: the call's. `is_cut`: a part of it is not recorded, or it still runs. `from_not_ready`: the agent
    was not ready, so it was probably a call that they made themselves.
    """

    key: str
    agent_id: str
    start_utc_ms: int
    end_utc_ms: int
    is_cut: bool = False
    from_not_ready: bool = False


def presses(pieces: Iterable[Piece]) -> list[Press]:
    """By start. `pieces`: of all states, as the state log gives them."""
    return [_press(call) for call in calls(pieces) if call.talk_ms + call.hold_ms]


def _press(call: Call) -> Press:
    return Press(
        call.key,
        call.agent_id,
        call.start_utc_ms,
        call.start_utc_ms + call.talk_ms + call.hold_ms,
        is_cut=not call.is_complete,
        from_not_ready=call.began_from == NOT_READY,
    )
