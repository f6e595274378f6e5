"""What is added up of a group: milliseconds and counts. Groups that share nothing add up to their total.

Figures are made of it by deskunit.measures.catalogue. Pure data; only measuring.py writes to it.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from deskunit.events import Event
from deskunit.measures import catalogue
from deskunit.measures.adherence import Fit
from deskunit.measures.calls import Call
from deskunit.measures.figures import Figure
from deskunit.measures.holds import Hold
from deskunit.measures.limits import Limits
from deskunit.measures.shifts import ShiftResult
from deskunit.reasons import UNSPECIFIED, is_away
from deskunit.state_log.piece import Piece
from deskunit.states import NOT_READY, STATES, UNKNOWN

HOLD_BINS_S = (0, 15, 30, 45, 60, 90, 120, 180, 300)  # lower bounds; the last has no upper one
_BIN_MS = [1000 * one for one in HOLD_BINS_S]


@dataclass(slots=True)
class Measures:
    """All of a group in a period. `*_ms` by the unit's clock; of calls: those handled in the period."""

    # times
    state_ms: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES[1:], 0))
    reason_ms: dict[int, int] = field(default_factory=dict)
    away_rows_ms: dict[str, int] = field(
        default_factory=dict
    )  # row of a reason that is away → length
    signed_in_ms: int = 0  # by the bounds of the sign-ins: what the states are held against
    overlap_ms: int = 0  # signed in at two units, counted once
    # calls
    calls_handled: int = 0
    calls_cut: int = 0
    calls_outbound: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
    calls_held: int = 0
    held_ms: int = 0  # hold of the calls held
    wrapped_calls: int = 0
    wrap_ups_over_limit: int = 0
    # holds
    hold_episodes: int = 0
    holds_declined: int = 0
    whole_holds: int = 0  # episodes whose length is known
    whole_holds_ms: int = 0
    longest_hold_ms: int = 0
    holds_over_limit: int = 0
    reminders: int = 0
    reminders_kept: int = 0
    reminders_missed: int = 0
    hold_bins: list[int] = field(default_factory=lambda: [0] * len(HOLD_BINS_S))
    # the roster
    has_roster: int = 0  # 1: there is one
    shifts_due: int = 0
    on_time: int = 0
    late: int = 0
    late_ms: int = 0
    absent: int = 0
    sign_ins_without_shift: int = 0
    scheduled_ms: int = 0  # unknown left out
    adherent_ms: int = 0
    overtime_ms: int = 0
    scheduled_unknown_ms: int = 0
    # moments
    idle_alerts: int = 0
    overruns: dict[int, int] = field(default_factory=dict)
    refused_presses: int = 0

    def figure(self, key: str) -> Figure:
        """One of MEASURES."""
        return catalogue.MEASURES[key].of(self)

    def family(self, key: str) -> dict[str | int, Figure]:
        """One of FAMILIES: a figure a state or reason code."""
        return catalogue.FAMILIES[key].of(self)

    @property
    def states_ms(self) -> int:
        """All states together, unknown too."""
        return sum(self.state_ms.values())

    @property
    def difference_ms(self) -> int:
        """states − signed-in time: 0, or the log has a hole, an overlap or a clock that was set."""
        return self.states_ms - self.signed_in_ms

    @property
    def unknown_ms(self) -> int:
        return self.state_ms[UNKNOWN]

    @property
    def away_ms(self) -> int:
        return sum(ms for code, ms in self.reason_ms.items() if is_away(code))

    @property
    def longest_away_ms(self) -> int:
        return max(self.away_rows_ms.values(), default=0)

    @property
    def handle_ms(self) -> int:
        return self.talk_ms + self.hold_ms + self.wrap_up_ms

    def add_state(self, piece: Piece, ms: int, clock_ms: int) -> None:
        """A part of a piece: `ms` by the unit's clock, which says `clock_ms` more than UTC."""
        self.state_ms[piece.state] += ms
        self.signed_in_ms += clock_ms
        if piece.state == NOT_READY:
            code = piece.reason_code or UNSPECIFIED
            self.reason_ms[code] = self.reason_ms.get(code, 0) + ms
            if is_away(code):
                row = self.away_rows_ms
                row[piece.row_id] = row.get(piece.row_id, 0) + ms

    def add_call(self, call: Call, limits: Limits) -> None:
        """A call whose handling ended in the period."""
        if not call.is_complete:
            self.calls_cut += 1
            return
        self.calls_handled += 1
        self.calls_outbound += call.began_from == NOT_READY
        self.talk_ms += call.talk_ms
        self.hold_ms += call.hold_ms
        self.wrap_up_ms += call.wrap_up_ms
        if call.holds:
            self.calls_held += 1
            self.held_ms += call.hold_ms
        self.wrapped_calls += call.wrap_up_ms > 0
        self.wrap_ups_over_limit += call.wrap_up_ms > 1000 * limits.wrap_up_s

    def add_hold(self, hold: Hold) -> None:
        """A hold of a call whose handling ended in the period."""
        if hold.is_declined:
            self.holds_declined += 1
            return
        self.hold_episodes += 1
        self.holds_over_limit += hold.is_over_limit
        self.reminders += hold.reminders
        self.reminders_kept += hold.reminders_kept
        self.reminders_missed += hold.reminders_missed
        if hold.is_complete:
            self.whole_holds += 1
            self.whole_holds_ms += hold.length_ms
            self.longest_hold_ms = max(self.longest_hold_ms, hold.length_ms)
            self.hold_bins[bisect_right(_BIN_MS, hold.length_ms) - 1] += 1

    def add_shift(self, result: ShiftResult) -> None:
        """A shift that begins in the period."""
        self.shifts_due += 1
        self.on_time += result.status == "on_time"
        self.late += result.status == "late"
        self.absent += result.status == "absent"
        self.late_ms += result.late_ms

    def add_fit(self, fit: Fit, ms: int) -> None:
        """A part of what was planned, or of overtime."""
        if fit == "unknown":
            self.scheduled_unknown_ms += ms
        elif fit == "overtime":
            self.overtime_ms += ms
        else:
            self.scheduled_ms += ms
            self.adherent_ms += ms if fit == "in" else 0

    def add_moment(self, event: Event) -> None:
        """An event of one of the kinds in moments.COUNTED."""
        if event.kind == "idle":
            self.idle_alerts += 1
        elif event.kind == "refused":
            self.refused_presses += 1
        else:
            code = event.body.get("rc", UNSPECIFIED)
            self.overruns[code] = self.overruns.get(code, 0) + 1


_GREATEST = {"longest_hold_ms", "has_roster"}


def total(several: Iterable[Measures]) -> Measures:
    """Groups that share nothing, together. Most of what is added is 0, so that is asked first."""
    whole = Measures()
    for one in several:
        for name in _NUMBERS:
            if number := getattr(one, name):
                have = getattr(whole, name)
                setattr(whole, name, max(have, number) if name in _GREATEST else have + number)
        for name in _TABLES:
            _add(getattr(whole, name), getattr(one, name))
        whole.hold_bins = [a + b for a, b in zip(whole.hold_bins, one.hold_bins, strict=True)]
    return whole


def _add(have: dict[object, int], more: dict[object, int]) -> None:
    for key, number in more.items():
        if number:
            have[key] = have.get(key, 0) + number


_NUMBERS = tuple(one.name for one in fields(Measures) if one.default == 0)
_TABLES = tuple(one.name for one in fields(Measures) if one.name not in (*_NUMBERS, "hold_bins"))
