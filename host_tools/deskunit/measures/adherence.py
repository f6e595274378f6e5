"""Adherence to the roster: whether the state fitted what was planned (standard term of workforce
management: time in adherence ÷ time scheduled). Pure.

Work fits ready, talking, hold, wrap_up and not_ready for a reason that does not count as away. A planned
reason fits that reason, and one that is away and not productive (break, meal) being signed out too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from deskunit import reasons
from deskunit.measures.limits import Limits
from deskunit.measures.stretches import Stretch, common, joined, without
from deskunit.reasons import UNSPECIFIED, is_away
from deskunit.roster import Shift
from deskunit.state_log.piece import Piece
from deskunit.states import NOT_READY, UNKNOWN

Fit = Literal["in", "out", "overtime", "unknown"]
Part = tuple[Fit, int, int]


@dataclass(slots=True)
class _Presence:
    """When an agent did what, at any unit."""

    work: list[Stretch] = field(default_factory=list)
    reasons: dict[int, list[Stretch]] = field(default_factory=dict)
    unknown: list[Stretch] = field(default_factory=list)
    signed_in: list[Stretch] = field(default_factory=list)

    def add(self, piece: Piece) -> None:
        """The next piece of a unit; what touches becomes one stretch at once."""
        start, end = piece.start_utc_ms, piece.end_utc_ms
        _append(self.signed_in, start, end)
        if piece.state == UNKNOWN:
            _append(self.unknown, start, end)
        elif piece.state != NOT_READY:
            _append(self.work, start, end)
        else:
            code = piece.reason_code or UNSPECIFIED
            _append(self.reasons.setdefault(code, []), start, end)
            if not is_away(code):
                _append(self.work, start, end)

    def join(self) -> None:
        self.work, self.unknown = joined(self.work), joined(self.unknown)
        self.signed_in = joined(self.signed_in)
        self.reasons = {code: joined(found) for code, found in self.reasons.items()}


def _append(found: list[Stretch], start: int, end: int) -> None:
    if found and found[-1][1] == start:
        found[-1] = (found[-1][0], end)
    else:
        found.append((start, end))


def adherence(
    pieces: Iterable[Piece], shifts: Sequence[Shift], limits: Limits, until_utc_ms: int
) -> Iterator[tuple[str, Part]]:
    """(agent, (fit, start, end)) for every rostered agent up to `until`; nothing of it overlaps.

    What is unknown is neither in nor out of adherence: nobody knows. Overtime is work outside of every
    line. Grace: a deviation at the start or end of a line that is not longer counts for the agent.
    """
    lines: dict[str, list[Shift]] = {}
    for shift in shifts:
        lines.setdefault(shift.agent_id, []).append(shift)
    found = {agent: _Presence() for agent in lines}
    for piece in pieces:
        presence = found.get(piece.agent_id or "")
        if presence is not None and piece.is_signed_in:
            presence.add(piece)
    for agent, presence in found.items():
        presence.join()
        for part in _parts(presence, lines[agent], 1000 * limits.adherence_grace_s, until_utc_ms):
            yield agent, part


def _parts(
    presence: _Presence, lines: Sequence[Shift], grace_ms: int, until: int
) -> Iterator[Part]:
    for line in lines:
        if line.start_utc_ms < until:
            yield from _of_line(presence, line, grace_ms, until)
    planned = joined((line.start_utc_ms, line.end_utc_ms) for line in lines)
    bounds = {at for stretch in planned for at in stretch}
    for start, end in presence.work:
        for first, last in without(start, end, planned):
            touches = first in bounds or last in bounds
            if not (touches and last - first <= grace_ms):
                yield "overtime", first, last


def _of_line(presence: _Presence, line: Shift, grace_ms: int, until: int) -> Iterator[Part]:
    start, end = line.start_utc_ms, min(line.end_utc_ms, until)
    fits = common(_fitting(presence, line), start, end)
    for stretch in fits:
        yield "in", *stretch
    unknown = [hole for one in common(presence.unknown, start, end) for hole in without(*one, fits)]
    for stretch in unknown:
        yield "unknown", *stretch
    for first, last in without(start, end, joined([*fits, *unknown])):
        touches = first == line.start_utc_ms or last == line.end_utc_ms
        is_graced = touches and last - first <= grace_ms
        yield "in" if is_graced else "out", first, last


def _fitting(presence: _Presence, line: Shift) -> Sequence[Stretch]:
    if line.activity is None:
        return presence.work
    own = presence.reasons.get(line.activity, [])
    reason = reasons.REASONS.get(line.activity)
    if reason is None or not reason.away or reason.productive:
        return own
    absent = without(line.start_utc_ms, line.end_utc_ms, presence.signed_in)
    return joined([*own, *absent])
