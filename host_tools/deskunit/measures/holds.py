"""Holds and the reminders within them. Pure.

An episode is a hold that the caller agreed to; a declined one (`not_taken`) is none, its time is
hold time all the same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deskunit.events import Happening
from deskunit.measures.calls import Call, CallId, call_id, calls, ending_of
from deskunit.measures.limits import Limits
from deskunit.state_log.piece import Piece
from deskunit.states import HOLD

KINDS = ("remind", "spoke", "limit")


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold, declined ones too. `length_ms` by the unit's clock, as far as it is known."""

    key: str  # row id of its first piece
    call_key: str | None  # Call.key
    agent_id: str
    uid: str
    call_no: int | None
    hold_no: int | None
    start_utc_ms: int
    end_utc_ms: int
    length_ms: int
    counted_utc_ms: int | None  # end of its call's handling; None: the call goes on
    is_declined: bool
    is_complete: bool  # its beginning and its end are known
    is_over_limit: bool  # longer than hold_max_s, or the unit logged `limit`
    reminders: int  # shown by the unit
    reminders_kept: int
    reminders_missed: int  # of the rest nobody knows: the log breaks off within the grace

    @property
    def is_episode(self) -> bool:
        return not self.is_declined


def holds(
    pieces: Sequence[Piece],
    happenings: Iterable[Happening] = (),
    limits: Limits | None = None,
    of_calls: Sequence[Call] | None = None,
) -> list[Hold]:
    """The holds in the pieces, by start; one that a power cut interrupted is one.

    `of_calls`: calls(pieces), where they are known already.
    """
    limits = limits or Limits()
    known = {one.id: one for one in (calls(pieces) if of_calls is None else of_calls)}
    growing = _growing(pieces)
    _place(growing.values(), happenings)
    return [
        hold.finished(known.get(hold.call) if hold.call else None, limits)
        for hold in growing.values()
    ]


@dataclass(slots=True)
class _Growing:
    """A hold of which more pieces and events may come."""

    first: Piece
    last: Piece
    call: CallId | None
    length_ms: int = 0
    is_whole: bool = True
    events: dict[str, list[Happening]] = field(default_factory=lambda: {one: [] for one in KINDS})

    def go_on(self, piece: Piece) -> None:
        self.last = piece
        self.length_ms += piece.duration_ms
        self.is_whole = self.is_whole and not (piece.end_inferred or piece.clipped_start)

    def finished(self, call: Call | None, limits: Limits) -> Hold:
        first, last = self.first, self.last
        is_complete = self.is_whole and ending_of(last) == "over"
        kept, missed = self._reminders(ending_of(last) == "over", 1000 * limits.remind_grace_s)
        is_long = self.length_ms > 1000 * limits.hold_max_s
        return Hold(
            key=first.row_id,
            call_key=call.key if call else None,
            agent_id=first.agent_id or "",
            uid=first.uid,
            call_no=first.call_no,
            hold_no=first.hold_no,
            start_utc_ms=first.start_utc_ms,
            end_utc_ms=last.end_utc_ms,
            length_ms=self.length_ms,
            counted_utc_ms=_counted(call, last),
            is_declined=last.not_taken,
            is_complete=is_complete,
            is_over_limit=is_long or bool(self.events["limit"]),
            reminders=len(self.events["remind"]),
            reminders_kept=kept,
            reminders_missed=missed,
        )

    def _reminders(self, has_end: bool, grace_ms: int) -> tuple[int, int]:
        """HANDBOOK §4: kept when the tap or the end of the hold follows within remind_grace_s."""
        kept = missed = 0
        for reminder in self.events["remind"]:
            until = reminder.utc_ms + grace_ms
            spoke = any(_follows(tap, reminder, grace_ms) for tap in self.events["spoke"])
            ends_within = self.last.end_utc_ms <= until
            if spoke or (has_end and ends_within):
                kept += 1
            elif not ends_within:
                missed += 1
        return kept, missed


def _counted(call: Call | None, last: Piece) -> int | None:
    if call is not None:
        return None if call.ending == "running" else call.end_utc_ms
    return None if last.is_running else last.end_utc_ms


def _follows(tap: Happening, reminder: Happening, grace_ms: int) -> bool:
    if tap.event.boot != reminder.event.boot:
        return False
    return 0 <= tap.event.ms - reminder.event.ms <= grace_ms


def _growing(pieces: Iterable[Piece]) -> dict[object, _Growing]:
    found: dict[object, _Growing] = {}
    for piece in pieces:
        if piece.state != HOLD:
            continue
        call = call_id(piece)
        key = (call, piece.hold_no) if call and piece.hold_no is not None else piece.row_id
        hold = found.get(key)
        if hold is None:
            hold = found[key] = _Growing(piece, piece, call)
        hold.go_on(piece)
    return found


def _place(growing: Iterable[_Growing], happenings: Iterable[Happening]) -> None:
    """Give each hold its events: of the same boot, after the event that opened it, with its number."""
    rows: dict[tuple[str, str, int | None], list[tuple[int, _Growing]]] = {}
    for hold in growing:
        for row in {(one.uid, one.boot, one.seq) for one in (hold.first, hold.last)}:
            uid, boot, seq = row
            rows.setdefault((uid, boot, hold.first.hold_no), []).append((seq, hold))
    for of_number in rows.values():
        of_number.sort(key=lambda row: row[0])
    for one in happenings:
        event = one.event
        if event.kind not in KINDS:
            continue
        of_number = rows.get((event.uid, event.boot, event.body.get("hold")), [])
        place = bisect_right(of_number, event.seq, key=lambda row: row[0]) - 1
        if place >= 0 and one.utc_ms <= of_number[place][1].last.end_utc_ms + SLACK_MS:
            of_number[place][1].events[event.kind].append(one)


SLACK_MS = 1000  # an event and the end of its row may be apart by what the clocks are wrong
