"""The state log on paper: pieces and events of desks, written as one would tell them."""

from dataclasses import dataclass, field, replace
from typing import Any

from deskunit.events import Happening
from deskunit.state_log.piece import Piece
from deskunit.states import CALL_STATES, HOLD, NOT_READY, SIGNED_OUT, UNKNOWN
from paper_unit import event

S = 1000
MIN = 60 * S
NINE = 1_793_001_600_000  # a full hour


@dataclass
class LogPaper:
    """One unit, from `at` on. Calls are numbered as they come; `ppm`: the unit's clock is fast."""

    agent: str = "1001"
    uid: str = "a0"
    at: int = NINE
    ppm: int = 0
    pieces: list[Piece] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    call_no: int = 0
    hold_no: int = 0
    seq: int = 0
    sign_in: str | None = None

    def state(self, state: str, ms: int, **more: Any) -> "LogPaper":
        """`ms` of a state; a reason with not_ready is `reason_code`."""
        self.seq += 1
        start, self.at = self.at, self.at + ms
        row_id = f"{self.uid}-b-{self.seq}" + ("u" if state == UNKNOWN else "")
        if state == SIGNED_OUT:
            self.sign_in = None
        elif self.sign_in is None:
            self.sign_in, self.call_no = row_id, 0
        told = {
            **self._numbers(state),
            "reason_code": 0 if state == NOT_READY else None,
            "agent_id": self.agent if self.sign_in else None,
            "sign_in": self.sign_in,
            "duration_ms": ms + ms * self.ppm // 1_000_000,
            **more,
        }
        told.setdefault("cause", "inferred" if state == UNKNOWN else "button")
        self.pieces.append(Piece(row_id, 1, self.uid, "b", self.seq, state, start, self.at, **told))
        return self

    def _numbers(self, state: str) -> dict[str, Any]:
        last = self.pieces[-1].state if self.pieces else ""
        if state == "talking" and last not in ("talking", "hold"):
            self.call_no, self.hold_no = self.call_no + 1, 0
        if state == HOLD:
            self.hold_no += 1
        return {
            "call_no": self.call_no if state in CALL_STATES else None,
            "hold_no": self.hold_no if state == HOLD else None,
        }

    def call(self, talk: int, *holds: int, wrap_up: int = 0) -> "LogPaper":
        """`talk` before the first hold; talking after each hold takes a second of it."""
        self.state("talking", talk - S * len(holds))
        for length in holds:
            self.state("hold", length).state("talking", S)
        return self.state("wrap_up", wrap_up) if wrap_up else self

    def tells(self, kind: str, utc_ms: int, **body: Any) -> "LogPaper":
        """An event within the last state."""
        self.seq += 1
        told = event(self.uid, "b", self.seq, utc_ms - NINE, kind, body)
        self.happenings.append(Happening(told, utc_ms))
        return self

    def last(self, **more: Any) -> "LogPaper":
        """The last state, told otherwise."""
        self.pieces[-1] = replace(self.pieces[-1], **more)
        return self


def by_start(*papers: LogPaper) -> list[Piece]:
    """The log of several units."""
    every = [piece for paper in papers for piece in paper.pieces]
    return sorted(every, key=lambda piece: (piece.start_utc_ms, piece.uid, piece.seq))
