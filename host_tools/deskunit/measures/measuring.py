"""Measures a period: gives every piece, call, hold, shift and event to the groups it belongs to. Pure.

The caller reads the log with Period.reading, so that calls are seen from their beginning; states are cut
to the period here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from deskunit.agents import Agent
from deskunit.events import Happening
from deskunit.measures import adherence, moments
from deskunit.measures.calls import finished, traced
from deskunit.measures.holds import KINDS, of_calls
from deskunit.measures.limits import Limits
from deskunit.measures.period import Buckets, Every, Period, buckets
from deskunit.measures.portions import counted_elsewhere, portions
from deskunit.measures.shifts import results, without_shift
from deskunit.measures.sign_ins import SignIn, sign_ins, signed_in_time
from deskunit.measures.tally import Measures
from deskunit.roster import Shift
from deskunit.state_log.piece import Piece

HAPPENINGS = (*KINDS, *moments.COUNTED)  # the kinds of event that measures need
Who = Literal["agent", "team", "level"]


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Whose figures, and of when. `who` "": everybody, or those without a team or level."""

    who: str
    start_utc_ms: int
    end_utc_ms: int


def measured(
    pieces: Sequence[Piece],
    happenings: Sequence[Happening] = (),
    *,
    limits: Limits | None = None,
    period: Period | None = None,
    shifts: Sequence[Shift] = (),
    now_utc_ms: int | None = None,
) -> Measures:
    """All of it as one group. `period` None: as far as the pieces go."""
    groups = by(
        pieces, happenings, limits=limits, period=period, shifts=shifts, now_utc_ms=now_utc_ms
    )
    return next(iter(groups.values()), Measures())


def by(
    pieces: Sequence[Piece],
    happenings: Sequence[Happening] = (),
    *,
    limits: Limits | None = None,
    period: Period | None = None,
    shifts: Sequence[Shift] = (),
    now_utc_ms: int | None = None,
    who: Who | None = None,
    every: Every | None = None,
    agents: Sequence[Agent] = (),
    zone: ZoneInfo | None = None,
    day_start_min: int = 0,
) -> dict[Group, Measures]:
    """Measures of each group in which anything happened, by name and start.

    `every` cuts the period at local boundaries of `zone`; a call and its holds belong to the interval in
    which its handling ended. `shifts`: the roster, by agent and start, empty: there is none.
    `now_utc_ms`: what is planned for later is left out; None: the period is over.
    """
    whole = period or _whole(pieces)
    cells = _Cells(
        buckets(whole, every, zone, day_start_min), _label(who, agents), limits or Limits()
    )
    until = whole.to_utc_ms if now_utc_ms is None else min(whole.to_utc_ms, now_utc_ms)
    signed_in = [one for one in pieces if one.is_signed_in]
    runs = sign_ins(signed_in)
    cells.add_times(signed_in, runs)
    cells.add_calls(signed_in, happenings)
    cells.add_moments(pieces, happenings)
    if shifts:
        cells.add_punctuality(runs, shifts, until)
        cells.add_adherence(signed_in, shifts, until)
    return cells.groups()


def check_invariant(measures: Measures) -> int:
    """All states − signed-in time in ms (DESIGN §5): 0.

    The states are added up piece by piece, the signed-in time is the union of the sign-ins' bounds. They
    differ where the log has a hole or an overlap: where the host's clock was set.
    """
    return measures.difference_ms


def _whole(pieces: Sequence[Piece]) -> Period:
    start = min((one.start_utc_ms for one in pieces), default=0)
    return Period(start, max((one.end_utc_ms for one in pieces), default=start) + 1)


def _label(who: Who | None, agents: Sequence[Agent]) -> Callable[[str], str]:
    if who is None:
        return lambda _: ""
    if who == "agent":
        return lambda agent: agent
    names = {one.id: one.team if who == "team" else one.level for one in agents}
    return lambda agent: names.get(agent, "")


class _Cells:
    """The groups as they fill up: one cell a name and interval."""

    def __init__(self, cuts: Buckets, label: Callable[[str], str], limits: Limits) -> None:
        self.cuts, self.label, self.limits = cuts, label, limits
        self.found: dict[tuple[str, int], Measures] = {}
        self.of_agent: dict[tuple[str, int], Measures] = {}
        self.has_roster = 0

    def cell(self, agent: str, bucket: int) -> Measures:
        """The cell of an agent's group."""
        found = self.of_agent.get((agent, bucket))
        if found is None:
            key = self.label(agent), bucket
            found = self.of_agent[agent, bucket] = self.found.setdefault(key, Measures())
        return found

    def at(self, agent: str, utc_ms: int | None) -> Measures | None:
        """The cell of an instant; None: it lies outside of the period."""
        bucket = None if utc_ms is None else self.cuts.find(utc_ms)
        return None if bucket is None else self.cell(agent, bucket)

    def groups(self) -> dict[Group, Measures]:
        edges = self.cuts.edges
        for measures in self.found.values():
            measures.has_roster = self.has_roster
        return {
            Group(who, edges[bucket], edges[bucket + 1]): self.found[who, bucket]
            for who, bucket in sorted(self.found)
        }

    def add_times(self, pieces: Iterable[Piece], runs: Sequence[SignIn]) -> None:
        """States piece by piece; signed-in time by the bounds of the sign-ins."""
        masks = counted_elsewhere(runs)
        for piece in pieces:
            agent = piece.agent_id or ""
            mask = masks.get((piece.sign_in or "", agent)) if masks else None
            for bucket, start, end, ms in portions(piece, mask, self.cuts):
                self.cell(agent, bucket).add_state(piece, ms, ms - (end - start))
        for agent, stretches in signed_in_time(runs).items():
            for stretch in stretches:
                for bucket, first, last in self.cuts.cut(*stretch):
                    self.cell(agent, bucket).signed_in_ms += last - first
        for (_, agent), mask in masks.items():
            for stretch in mask:
                for bucket, first, last in self.cuts.cut(*stretch):
                    self.cell(agent, bucket).overlap_ms += last - first

    def add_calls(self, pieces: Sequence[Piece], happenings: Sequence[Happening]) -> None:
        found = traced(pieces)
        for call in finished(found):
            cell = None if call.ending == "running" else self.at(call.agent_id, call.end_utc_ms)
            if cell is not None:
                cell.add_call(call, self.limits)
        for hold in of_calls(found, happenings, self.limits):
            cell = self.at(hold.agent_id, hold.counted_utc_ms)
            if cell is not None:
                cell.add_hold(hold)

    def add_moments(self, pieces: Sequence[Piece], happenings: Sequence[Happening]) -> None:
        for one, piece in moments.placed(pieces, happenings):
            cell = self.at(piece.agent_id or "", one.utc_ms)
            if cell is not None:
                cell.add_moment(one.event)

    def add_punctuality(self, runs: Sequence[SignIn], shifts: Sequence[Shift], until: int) -> None:
        self.has_roster = 1
        for result in results(runs, shifts, self.limits, until):
            cell = self.at(result.agent_id, result.start_utc_ms)
            if cell is not None:
                cell.add_shift(result)
        for one in without_shift(runs, shifts, self.limits):
            cell = None if one.clipped_start else self.at(one.agent_id, one.start_utc_ms)
            if cell is not None:
                cell.sign_ins_without_shift += 1

    def add_adherence(self, pieces: Sequence[Piece], shifts: Sequence[Shift], until: int) -> None:
        planned = [one for one in shifts if self._touches(one)]
        for agent, (fit, start, end) in adherence.adherence(pieces, planned, self.limits, until):
            for bucket, first, last in self.cuts.cut(start, end):
                self.cell(agent, bucket).add_fit(fit, last - first)

    def _touches(self, shift: Shift) -> bool:
        edges = self.cuts.edges
        return shift.start_utc_ms < edges[-1] and edges[0] < shift.end_utc_ms
