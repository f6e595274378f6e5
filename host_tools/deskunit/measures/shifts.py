"""Punctuality (HANDBOOK S1): who was signed in when a shift was about to begin. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from deskunit.measures.limits import Limits
from deskunit.measures.period import Period
from deskunit.measures.sign_ins import SignIn, sign_ins
from deskunit.roster import Shift
from deskunit.state_log.piece import Piece

Status = Literal["on_time", "late", "absent"]


@dataclass(frozen=True, slots=True)
class ShiftResult:
    """One shift: lines of the roster that follow each other without a pause are one."""

    agent_id: str
    start_utc_ms: int
    end_utc_ms: int
    due_utc_ms: int  # start − sign_in_early_s
    status: Status
    sign_in_utc_ms: int | None  # of the sign-in that counts
    first_ready_utc_ms: int | None
    late_ms: int  # after due


def shift_results(
    pieces: Iterable[Piece],
    shifts: Sequence[Shift],
    limits: Limits | None = None,
    period: Period | None = None,
    now_utc_ms: int | None = None,
) -> list[ShiftResult]:
    """The shifts that begin in the period, of those that are due by `now`; None: of all."""
    later = max((one.end_utc_ms for one in shifts), default=0)
    found = results(
        sign_ins(pieces), shifts, limits or Limits(), later if now_utc_ms is None else now_utc_ms
    )
    return [one for one in found if period is None or period.holds(one.start_utc_ms)]


def results(
    runs: Iterable[SignIn], shifts: Sequence[Shift], limits: Limits, now_utc_ms: int
) -> list[ShiftResult]:
    """Each shift that is due by `now`, by agent and start.

    On time: a sign-in that lasts at due, begun at it or before. Late: the first one between due and the
    end of the shift. Absent: none.
    """
    of_agent: dict[str, list[SignIn]] = {}
    for one in runs:
        of_agent.setdefault(one.agent_id, []).append(one)
    return [
        _result(agent, start, end, of_agent.get(agent, []), limits)
        for agent, start, end in whole_shifts(shifts)
        if due_utc_ms(start, limits) < now_utc_ms
    ]


def due_utc_ms(start_utc_ms: int, limits: Limits) -> int:
    return start_utc_ms - 1000 * limits.sign_in_early_s


def whole_shifts(shifts: Iterable[Shift]) -> Iterator[tuple[str, int, int]]:
    """(agent, start, end): what follows without a pause joined; `shifts` by agent and start."""
    agent, start, end = "", 0, 0
    for one in shifts:
        if agent == one.agent_id and one.start_utc_ms <= end:
            end = max(end, one.end_utc_ms)
            continue
        if agent:
            yield agent, start, end
        agent, start, end = one.agent_id, one.start_utc_ms, one.end_utc_ms
    if agent:
        yield agent, start, end


def _result(
    agent: str, start: int, end: int, runs: Sequence[SignIn], limits: Limits
) -> ShiftResult:
    due = due_utc_ms(start, limits)
    # the end of a sign-in is its last moment if the log breaks off there
    there = [one for one in runs if one.start_utc_ms < end and one.end_utc_ms > due]
    first = min(there, key=lambda one: one.start_utc_ms, default=None)
    if first is None:
        return ShiftResult(agent, start, end, due, "absent", None, None, 0)
    late_ms = max(0, first.start_utc_ms - due)
    ready = min((r for one in there if (r := one.first_ready_utc_ms) is not None), default=None)
    status: Status = "late" if late_ms else "on_time"
    return ShiftResult(agent, start, end, due, status, first.start_utc_ms, ready, late_ms)


def without_shift(runs: Iterable[SignIn], shifts: Iterable[Shift], limits: Limits) -> list[SignIn]:
    """Sign-ins that touch no shift of their agent."""
    of_agent: dict[str, list[tuple[int, int]]] = {}
    for agent, start, end in whole_shifts(shifts):
        of_agent.setdefault(agent, []).append((due_utc_ms(start, limits), end))
    return [
        one
        for one in runs
        if not any(
            one.start_utc_ms < end and one.end_utc_ms > due
            for due, end in of_agent.get(one.agent_id, [])
        )
    ]
