"""Calls, made of the pieces that share a call key: what exports and measures count. Pure.

A call goes from its first talking to the end of its handling: of wrap_up, or of talking or hold where
there was none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from deskunit.events import Happening
from deskunit.state_log.piece import Piece
from deskunit.states import HOLD, NOT_READY, READY, TALKING, UNKNOWN, WRAP_UP

HANDLING = (TALKING, HOLD, WRAP_UP)
Ending = Literal["over", "cut", "running"]
CallId = tuple[str, int, str]  # sign-in, number, agent


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Durations in ms by the unit's clock, as far as they are known."""

    key: str  # uid-boot-seq of the event that began it, as far as the log tells
    agent_id: str
    uid: str
    sign_in: str
    call_no: int
    start_utc_ms: int
    end_utc_ms: int  # of the handling: where its last known piece ends
    talk_ms: int
    hold_ms: int  # declined holds with it: the caller waited
    wrap_up_ms: int
    holds: int  # episodes; a declined one is none
    longest_hold_ms: int
    ending: Ending  # cut: silence, lost records, the range; running: it goes on
    is_complete: bool  # over, begun within what is known, nothing missing in between
    began_from: str | None  # the state before it; None: not known
    callback: int | None = None  # number of the callback that it keeps; needs `st` happenings

    @property
    def id(self) -> CallId:
        return self.sign_in, self.call_no, self.agent_id

    @property
    def handle_ms(self) -> int:
        """talk + hold + wrap-up."""
        return self.talk_ms + self.hold_ms + self.wrap_up_ms

    @property
    def is_outbound(self) -> bool | None:
        """True: begun from not_ready, or it keeps a callback. False: from ready. None: nobody can say.

        DESIGN §2: BUSY in not_ready is an outbound call. From wrap_up it may be either.
        """
        if self.callback is not None or self.began_from == NOT_READY:
            return True
        return False if self.began_from == READY else None


def call_id(piece: Piece) -> CallId | None:
    """The call that a piece belongs to. Time that a correction made talking, hold or wrap_up has no call
    number and belongs to none.
    """
    if piece.call_no is None or piece.sign_in is None or piece.state not in HANDLING:
        return None
    return piece.sign_in, piece.call_no, piece.agent_id or ""


def calls(pieces: Iterable[Piece], happenings: Iterable[Happening] = ()) -> list[Call]:
    """The calls in the pieces, by start; pieces cut by a split or a correction are joined again."""
    growing: dict[CallId, _Growing] = {}
    last: dict[str, Piece] = {}  # of each sign-in
    for piece in pieces:
        if piece.sign_in is None:
            continue
        id_ = call_id(piece)
        if id_ is not None:
            call = growing.get(id_)
            if call is None:
                call = growing[id_] = _begun(piece, last.get(piece.sign_in), growing)
            call.go_on(piece)
        last[piece.sign_in] = piece
    numbers = _callbacks(happenings)
    return [call.finished(numbers.get(call.first.row_id)) for call in growing.values()]


@dataclass(slots=True)
class _Growing:
    """A call of which more pieces may come."""

    first: Piece
    last: Piece
    began_from: str | None
    is_whole: bool
    ms: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HANDLING, 0))
    episodes: dict[object, int] = field(default_factory=dict)  # number or row id → length so far

    def go_on(self, piece: Piece) -> None:
        self.last = piece
        self.ms[piece.state] += piece.duration_ms
        if piece.end_inferred:
            self.is_whole = False
        if piece.state == HOLD and not piece.not_taken:
            key = piece.row_id if piece.hold_no is None else piece.hold_no
            self.episodes[key] = self.episodes.get(key, 0) + piece.duration_ms

    def finished(self, callback: int | None) -> Call:
        first, ending = self.first, ending_of(self.last)
        return Call(
            key=first.row_id,
            agent_id=first.agent_id or "",
            uid=first.uid,
            sign_in=first.sign_in or "",
            call_no=first.call_no or 0,
            start_utc_ms=first.start_utc_ms,
            end_utc_ms=self.last.end_utc_ms,
            talk_ms=self.ms[TALKING],
            hold_ms=self.ms[HOLD],
            wrap_up_ms=self.ms[WRAP_UP],
            holds=len(self.episodes),
            longest_hold_ms=max(self.episodes.values(), default=0),
            ending=ending,
            is_complete=self.is_whole and ending == "over",
            began_from=self.began_from,
            callback=callback,
        )


def _begun(piece: Piece, before: Piece | None, growing: Mapping[CallId, _Growing]) -> _Growing:
    """A sign-in begins in not_ready: without a piece before it, the beginning is not known."""
    is_known = before is not None and before.state != UNKNOWN
    is_known = is_known and piece.state == TALKING and not piece.clipped_start
    other = call_id(before) if before is not None else None
    if other is not None and other[:2] == (piece.sign_in, piece.call_no):
        growing[other].is_whole = is_known = False  # a correction gave part of it to somebody else
    began_from = before.state if is_known and before is not None else None
    return _Growing(piece, piece, began_from, is_known)


def ending_of(piece: Piece) -> Ending:
    """How a call or hold stands whose last piece this is."""
    if piece.is_running:
        return "running"
    return "cut" if piece.end_inferred or piece.clipped_end else "over"


def _callbacks(happenings: Iterable[Happening]) -> Mapping[str, int]:
    """Row id of the event that began a call → number of the callback that it keeps."""
    found: dict[str, int] = {}
    for one in happenings:
        event = one.event
        number = event.body.get("cb") if event.kind == "st" else None
        if isinstance(number, int):
            found[f"{event.uid}-{event.boot}-{event.seq}"] = number
    return found
