"""One unit on its way through the state log, as a queue_log tells it: sign-in, pauses, calls, holds. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from deskunit import reasons
from deskunit.agents import UNLISTED
from deskunit.queue_log.row import Row
from deskunit.state_log.piece import Piece
from deskunit.states import HOLD, NOT_READY, READY, TALKING, UNKNOWN, WRAP_UP


@dataclass(frozen=True, slots=True)
class Options:
    """`acw`: after-call work is a pause with the reason wrap_up; else nothing is said of it."""

    queue: str = "NONE"
    acw: bool = False


@dataclass(slots=True)
class _Call:
    key: str
    no: int | None
    since_ms: int
    held_since_ms: int | None = None


class Seat:
    """`moved` takes the pieces of one unit in order, `ended` says that no more follow."""

    def __init__(self, options: Options) -> None:
        self.end_ms = 0
        self._options = options
        self._last: Piece | None = None
        self._since_ms = 0  # the sign-in
        self._call: _Call | None = None
        self._key = (
            "",
            "",
        )  # (call of the log, how it is called here): no word in between, still one call

    def moved(self, piece: Piece) -> Iterator[Row]:
        """The rows that the step from the piece before to this one makes."""
        last, at_ms = self._last, piece.start_utc_ms
        is_silent = last is None and piece.clipped_start  # it began before what was asked for
        rows = [*self._left(piece), *self._entered(piece), *self._begun(piece)]
        if last is None or _sitting(last) != _sitting(piece):
            self._since_ms = at_ms
        self._last, self.end_ms = piece, piece.end_utc_ms
        return iter(() if is_silent else rows)

    def ended(self) -> Iterator[Row]:
        """What ran has ended with the last piece, unless that one goes on beyond what was asked for."""
        last = self._last
        if last is not None and not last.clipped_end and not last.is_running:
            yield from self._off(last, last.end_utc_ms)

    def _left(self, piece: Piece) -> Iterator[Row]:
        last = self._last
        if last is None:
            return
        at_ms = min(last.end_utc_ms, piece.start_utc_ms)
        if _sitting(last) != _sitting(piece):
            yield from self._off(last, at_ms)
        elif self._call is not None and not _is_of(self._call, piece):
            yield from self._hung_up(last, at_ms)
        elif piece.state != HOLD:
            yield from self._taken_back(last, at_ms)

    def _entered(self, piece: Piece) -> Iterator[Row]:
        if piece.is_signed_in and (self._last is None or _sitting(self._last) != _sitting(piece)):
            yield self._row(piece, piece.start_utc_ms, "AGENTLOGIN", piece.uid)

    def _begun(self, piece: Piece) -> Iterator[Row]:
        at_ms = piece.start_utc_ms
        if not piece.is_signed_in or (self._last is not None and _is_same(self._last, piece)):
            return
        if piece.state == READY:
            yield self._row(piece, at_ms, "UNPAUSEALL")
        elif piece.state in (TALKING, HOLD):
            yield from self._talking(piece, at_ms)
        elif piece.state in (NOT_READY, UNKNOWN) or self._options.acw:
            yield self._row(piece, at_ms, "PAUSEALL", _reason(piece))

    def _talking(self, piece: Piece, at_ms: int) -> Iterator[Row]:
        if self._call is None:
            if self._key[0] != piece.call_key:
                self._key = (piece.call_key or "", _key(piece))
            self._call = _Call(self._key[1], piece.call_no, at_ms)
            yield self._row(piece, at_ms, "CONNECT", "0", self._call.key, "0")
        if piece.state == HOLD and not piece.not_taken and self._call.held_since_ms is None:
            self._call.held_since_ms = at_ms
            yield self._row(piece, at_ms, "CALLERONHOLD")

    def _off(self, last: Piece, at_ms: int) -> Iterator[Row]:
        yield from self._hung_up(last, at_ms)
        if last.is_signed_in:
            signed_in_s = at_ms // 1000 - self._since_ms // 1000
            yield self._row(last, at_ms, "AGENTLOGOFF", last.uid, str(signed_in_s))

    def _hung_up(self, last: Piece, at_ms: int) -> Iterator[Row]:
        if self._call is None:
            return
        yield from self._taken_back(last, at_ms)
        talked_s = at_ms // 1000 - self._call.since_ms // 1000
        yield self._row(last, at_ms, "COMPLETEAGENT", "0", str(talked_s), "0")
        self._call = None

    def _taken_back(self, last: Piece, at_ms: int) -> Iterator[Row]:
        if self._call is not None and self._call.held_since_ms is not None:
            held_s = at_ms // 1000 - self._call.held_since_ms // 1000
            yield self._row(last, at_ms, "CALLEROFFHOLD", str(held_s))
            self._call.held_since_ms = None

    def _row(self, piece: Piece, at_ms: int, verb: str, *params: str) -> Row:
        is_login = verb.startswith("AGENTLOG")
        call = self._call.key if self._call is not None and not verb.endswith("PAUSEALL") else ""
        queue = "" if is_login or verb.endswith("PAUSEALL") else self._options.queue
        return Row(at_ms, call, queue, f"Agent/{piece.agent_id or UNLISTED}", verb, params)


def _sitting(piece: Piece) -> tuple[str | None, str | None]:
    """Who sits there, since which sign-in; a correction may put another agent into a part of one."""
    return (piece.sign_in, piece.agent_id) if piece.is_signed_in else (None, None)


def _is_of(call: _Call, piece: Piece) -> bool:
    """A piece without a number, told by a correction alone, belongs to the call that it touches."""
    is_one = piece.call_no == call.no or None in (piece.call_no, call.no)
    return piece.state in (TALKING, HOLD) and is_one


def _key(piece: Piece) -> str:
    """Of the call that it begins: as measures and exports call it (measures/calls.py)."""
    is_part = piece.call_no is None and piece.part > 1
    return f"{piece.row_id}/{piece.part}" if is_part else piece.row_id


def _is_same(last: Piece, piece: Piece) -> bool:
    return (last.state, last.reason_code, last.call_no, last.hold_no, _sitting(last)) == (
        *(piece.state, piece.reason_code, piece.call_no, piece.hold_no),
        _sitting(piece),
    )


def _reason(piece: Piece) -> str:
    """The stable word, never one that depends on the language: programs read this."""
    if piece.state in (UNKNOWN, WRAP_UP):
        return piece.state
    return reasons.word(piece.reason_code or reasons.UNSPECIFIED)
