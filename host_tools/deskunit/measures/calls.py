"""Calls, made of the pieces that share a call key: what exports and measures count. Pure.

A call goes from its first talking to the end of its handling: of wrap_up, or of talking or hold where
there was none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from deskunit.events import Happening
from deskunit.state_log.piece import Piece
from deskunit.states import CALL_STATES, HOLD, NOT_READY, READY, TALKING, UNKNOWN, WRAP_UP

Ending = Literal["over", "cut", "running"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Durations in ms by the unit's clock, as far as they are known."""

    key: str  # uid-boot-seq of the event that began it, as far as the log tells
    agent_id: str
    uid: str
    sign_in: str
    call_no: int | None  # None: only a correction tells of it
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


def calls(pieces: Iterable[Piece], happenings: Iterable[Happening] = ()) -> list[Call]:
    """The calls in the pieces, by start; pieces cut by a split or a correction are joined again."""
    return finished(traced(pieces), happenings)


def finished(found: Iterable["Growing"], happenings: Iterable[Happening] = ()) -> list[Call]:
    """The calls as they stand at the end of the pieces."""
    numbers = _callbacks(happenings)
    return [call.finished(numbers.get(call.first.row_id)) for call in found]


@dataclass(slots=True, eq=False)
class Growing:
    """A call of which more pieces may come. `holds`: its hold pieces by number, else by row."""

    first: Piece
    last: Piece
    began_from: str | None
    is_whole: bool
    number: int | None
    ms: dict[str, int] = field(default_factory=lambda: {TALKING: 0, HOLD: 0, WRAP_UP: 0})
    holds: dict[object, list[Piece]] = field(default_factory=dict)

    def go_on(self, piece: Piece) -> None:
        self.last = piece
        self.ms[piece.state] += piece.duration_ms
        if piece.state == HOLD:
            key = piece.row_id if piece.hold_no is None else piece.hold_no
            self.holds.setdefault(key, []).append(piece)

    @property
    def key(self) -> str:
        """What only a correction tells of may be a later part of a row."""
        first = self.first
        is_part = self.number is None and first.part > 1
        return f"{first.row_id}/{first.part}" if is_part else first.row_id

    def _episodes(self) -> list[int]:
        """Lengths of the holds that the caller agreed to."""
        return [
            found[0].duration_ms if len(found) == 1 else sum(piece.duration_ms for piece in found)
            for found in self.holds.values()
            if not found[-1].not_taken
        ]

    def finished(self, callback: int | None) -> Call:
        first, ending = self.first, ending_of(self.last)
        episodes = self._episodes() if self.holds else []
        return Call(
            key=self.key,
            agent_id=first.agent_id or "",
            uid=first.uid,
            sign_in=first.sign_in or "",
            call_no=self.number,
            start_utc_ms=first.start_utc_ms,
            end_utc_ms=self.last.end_utc_ms,
            talk_ms=self.ms[TALKING],
            hold_ms=self.ms[HOLD],
            wrap_up_ms=self.ms[WRAP_UP],
            holds=len(episodes),
            longest_hold_ms=max(episodes) if episodes else 0,
            ending=ending,
            is_complete=self.is_whole and ending == "over",
            began_from=self.began_from,
            callback=callback,
        )


def traced(pieces: Iterable[Piece]) -> list[Growing]:
    """The calls in the pieces while they can still be asked for their pieces, by start."""
    tracer = _Tracer()
    for piece in pieces:
        if piece.sign_in is not None:
            tracer.take(piece, piece.sign_in)
    return tracer.found


class _Tracer:
    """Where each sign-in stands: its last piece and the call that this belongs to."""

    def __init__(self) -> None:
        self.found: list[Growing] = []
        self._of_number: dict[tuple[str, int, str | None], Growing] = {}
        self._places: dict[str, tuple[Piece | None, Growing | None]] = {}

    def take(self, piece: Piece, sign_in: str) -> None:
        before, running = self._places.get(sign_in, (None, None))
        if running is not None and _breaks_off(running.last, piece):
            running.is_whole = False
        call = None
        if piece.state in CALL_STATES:
            if running is None or not _is_of(running, piece):
                call = self._find(piece, sign_in, before, running)
            else:
                call = running
            call.go_on(piece)
        self._places[sign_in] = piece, call

    def _find(
        self, piece: Piece, sign_in: str, before: Piece | None, running: Growing | None
    ) -> Growing:
        if piece.call_no is None:
            return _going_on(running, piece) or self._begun(piece, before, running)
        id_ = sign_in, piece.call_no, piece.agent_id
        call = self._of_number.get(id_)
        if call is None:
            call = _going_on(running, piece) or self._begun(piece, before, running)
            self._of_number[id_], call.number = call, piece.call_no
        return call

    def _begun(self, piece: Piece, before: Piece | None, running: Growing | None) -> Growing:
        """A sign-in begins in not_ready: without a piece before it, the beginning is not known."""
        is_known = before is not None and before.state != UNKNOWN
        is_known = is_known and piece.state == TALKING and not piece.clipped_start
        if running is not None and running.number == piece.call_no and piece.call_no is not None:
            running.is_whole = is_known = False  # a correction gave a part to somebody else
        began_from = before.state if is_known and before is not None else None
        call = Growing(piece, piece, began_from, is_known, piece.call_no)
        self.found.append(call)
        return call


def _is_of(call: Growing, piece: Piece) -> bool:
    """Whether the piece says that it is of this call."""
    is_numbered = piece.call_no is not None and piece.call_no == call.number
    return is_numbered and piece.agent_id == call.first.agent_id


def _breaks_off(last: Piece, piece: Piece) -> bool:
    """Whether something is missing between the two; a correction may have said what it was."""
    if piece.state == UNKNOWN:
        return True
    return last.end_inferred and last.row_id != piece.row_id and piece.correction is None


def _going_on(running: Growing | None, piece: Piece) -> Growing | None:
    """The call that a piece without a number, or after one without, belongs to: the one that it touches.

    talking after wrap_up is another call.
    """
    if running is None or running.last.end_utc_ms != piece.start_utc_ms:
        return None
    if running.number is not None and piece.call_no is not None:
        return None
    if running.last.state == WRAP_UP and piece.state == TALKING:
        return None
    return running if running.first.agent_id == piece.agent_id else None


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
