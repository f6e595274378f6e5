"""Holds and the reminders within them. Pure.

An episode is a hold that the caller agreed to; a declined one (`not_taken`) is none, its time is
hold time all the same.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from deskunit.events import Happening
from deskunit.measures.calls import Growing, ending_of, traced
from deskunit.measures.limits import Limits
from deskunit.state_log.piece import Piece

KINDS = ("remind", "spoke", "limit")
SLACK_MS = 1000  # an event and the end of its row may be apart by what the clocks are wrong


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold, declined ones too. `length_ms` by the unit's clock, as far as it is known."""

    key: str  # row id of its first piece
    call_key: str  # Call.key
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
    pieces: Iterable[Piece],
    happenings: Iterable[Happening] = (),
    limits: Limits | None = None,
) -> list[Hold]:
    """The holds in the pieces, call by call; one that a power cut interrupted is one."""
    return of_calls(traced(pieces), happenings, limits or Limits())


def of_calls(
    found: Iterable[Growing], happenings: Iterable[Happening], limits: Limits
) -> list[Hold]:
    """The holds of these calls."""
    growing = [_Held(call, own) for call in found for own in call.holds.values()]
    _place(growing, happenings)
    return [hold.finished(limits) for hold in growing]


@dataclass(slots=True)
class _Held:
    """A hold and what happened in it."""

    call: Growing
    pieces: list[Piece]
    events: list[Happening] = field(default_factory=list)

    @property
    def last(self) -> Piece:
        return self.pieces[-1]

    def finished(self, limits: Limits) -> Hold:
        first, last = self.pieces[0], self.last
        length_ms, is_known = 0, True
        for piece in self.pieces:
            length_ms += piece.duration_ms
            is_known = is_known and not (piece.end_inferred or piece.clipped_start)
        is_over = ending_of(last) == "over"
        shown, kept, missed = self._reminders(is_over, 1000 * limits.remind_grace_s)
        is_long = length_ms > 1000 * limits.hold_max_s
        return Hold(
            key=first.row_id,
            call_key=self.call.key,
            agent_id=first.agent_id or "",
            uid=first.uid,
            call_no=self.call.number,
            hold_no=first.hold_no,
            start_utc_ms=first.start_utc_ms,
            end_utc_ms=last.end_utc_ms,
            length_ms=length_ms,
            counted_utc_ms=_counted(self.call.last),
            is_declined=last.not_taken,
            is_complete=is_known and is_over,
            is_over_limit=is_long or bool(self._told("limit")),
            reminders=shown,
            reminders_kept=kept,
            reminders_missed=missed,
        )

    def _told(self, kind: str) -> list[Happening]:
        return [one for one in self.events if one.event.kind == kind]

    def _reminders(self, has_end: bool, grace_ms: int) -> tuple[int, int, int]:
        """(shown, kept, missed). HANDBOOK §4: kept when the tap or the end of the hold follows within
        remind_grace_s.
        """
        if not self.events:
            return 0, 0, 0
        reminders, taps = self._told("remind"), self._told("spoke")
        kept = missed = 0
        for reminder in reminders:
            until = reminder.utc_ms + grace_ms
            spoke = any(_follows(tap, reminder, grace_ms) for tap in taps)
            ends_within = self.last.end_utc_ms <= until
            if spoke or (has_end and ends_within):
                kept += 1
            elif not ends_within:
                missed += 1
        return len(reminders), kept, missed


def _counted(last: Piece) -> int | None:
    return None if last.is_running else last.end_utc_ms


def _follows(tap: Happening, reminder: Happening, grace_ms: int) -> bool:
    if tap.event.boot != reminder.event.boot:
        return False
    return 0 <= tap.event.ms - reminder.event.ms <= grace_ms


def _place(growing: Iterable[_Held], happenings: Iterable[Happening]) -> None:
    """Give each hold its events: of the same boot, after the event that opened it, with its number."""
    wanted = [one for one in happenings if one.event.kind in KINDS]
    rows = _rows(growing) if wanted else {}
    for one in wanted:
        event = one.event
        row = rows.get((event.uid, event.boot, event.body.get("hold")))
        place = -1 if row is None else bisect_right(row.seqs, event.seq) - 1
        if row is not None and place >= 0:
            hold = row.holds[place]
            if one.utc_ms <= hold.last.end_utc_ms + SLACK_MS:
                hold.events.append(one)


@dataclass(slots=True)
class _Row:
    """The holds of one unit's boot that have one number, by the event that opened them."""

    seqs: list[int] = field(default_factory=list)
    holds: list[_Held] = field(default_factory=list)


def _rows(growing: Iterable[_Held]) -> dict[tuple[str, str, int | None], _Row]:
    """In the order of their seq, as calls come one after the other at a unit."""
    rows: dict[tuple[str, str, int | None], _Row] = {}
    for hold in growing:
        hold_no = hold.pieces[0].hold_no
        for piece in hold.pieces:
            key = piece.uid, piece.boot, hold_no
            row = rows.get(key)
            if row is None:
                row = rows[key] = _Row()
            row.seqs.append(piece.seq)
            row.holds.append(hold)
    return rows
