"""What of a period one might talk about, found in the log: no score, no ranking. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from deskunit import measures, reasons
from deskunit.correction import Correction
from deskunit.measures import Hold
from deskunit.reports.laying import is_overdue
from deskunit.reports.material import Read
from deskunit.reports.model import (
    HOLD_OVER,
    LATE,
    OVERDUE,
    OVERLAP,
    REASON_OVER,
    UNKNOWN_TIME,
    Corrected,
    Period,
    Point,
    Told,
)
from deskunit.state_log.piece import Piece
from deskunit.states import NOT_READY


def points(
    read: Read, pieces: Sequence[Piece], holds: Iterable[Hold], period: Period, now_utc_ms: int
) -> tuple[Point, ...]:
    """Of the pieces and holds of the period, in the order of their time within each kind."""
    limits = measures.limits_of(read.site)
    return (
        *_holds(read, holds, limits.hold_max_s),
        *_states(read, pieces),
        *_late(read, period, now_utc_ms),
        *_overlaps(read, period),
        *_overdue(read, period, now_utc_ms),
    )


def name_of(read: Read, agent_id: str | None) -> str:
    """The agent's name, or the id where nobody has one."""
    agent = read.agents.get(agent_id or "")
    return agent.name if agent is not None else agent_id or ""


def _holds(read: Read, holds: Iterable[Hold], limit_s: int) -> Iterator[Point]:
    for hold in holds:
        if hold.is_episode and hold.is_over_limit:
            yield Point(
                HOLD_OVER, hold.agent_id, name_of(read, hold.agent_id), hold.start_utc_ms,
                hold.length_ms, limit_s, read.seats.get(hold.uid, hold.uid),
            )  # fmt: skip


def _states(read: Read, pieces: Sequence[Piece]) -> Iterator[Point]:
    """Not ready beyond its reason's longest time, and time of which nobody knows."""
    for piece in pieces:
        limit_s = _longest_s(piece)
        is_over = limit_s is not None and piece.duration_ms > 1000 * limit_s
        if not piece.is_unknown and not is_over:
            continue
        yield Point(
            UNKNOWN_TIME if piece.is_unknown else REASON_OVER, piece.agent_id or "",
            name_of(read, piece.agent_id), piece.start_utc_ms, piece.duration_ms, limit_s,
            read.seats.get(piece.uid, piece.uid), piece.reason_code,
        )  # fmt: skip


def _longest_s(piece: Piece) -> int | None:
    reason = reasons.REASONS.get(piece.reason_code) if piece.reason_code is not None else None
    if piece.state != NOT_READY or reason is None or not reason.max_s:
        return None
    return reason.max_s


def _late(read: Read, period: Period, now_utc_ms: int) -> Iterator[Point]:
    """Shifts of the period without a sign-in when they were due."""
    limits = measures.limits_of(read.site)
    span = measures.Period(period.from_utc_ms, period.to_utc_ms)
    for one in measures.shift_results(read.pieces, read.shifts, limits, span, now_utc_ms):
        if one.status == "on_time":
            continue
        yield Point(
            LATE, one.agent_id, name_of(read, one.agent_id), one.due_utc_ms,
            one.late_ms if one.status == "late" else 0, text="absent" if one.status != "late" else "",
        )  # fmt: skip


def _overlaps(read: Read, period: Period) -> Iterator[Point]:
    for one in measures.sign_ins(read.pieces):
        if one.overlap_ms and one.end_utc_ms > period.from_utc_ms:
            yield Point(
                OVERLAP, one.agent_id, name_of(read, one.agent_id),
                max(one.start_utc_ms, period.from_utc_ms), one.overlap_ms,
                seat=read.seats.get(one.uid, one.uid),
            )  # fmt: skip


def _overdue(read: Read, period: Period, now_utc_ms: int) -> Iterator[Point]:
    """Callbacks that are open still and were due before the period was over."""
    for one in sorted(read.promised, key=lambda one: one.kept.due_utc_ms):
        if is_overdue(one, now_utc_ms) and one.kept.due_utc_ms < period.to_utc_ms:
            owner = one.callback.owner
            yield Point(
                OVERDUE, owner, name_of(read, owner), one.kept.due_utc_ms,
                now_utc_ms - one.kept.due_utc_ms, number=one.callback.number, text=one.callback.kind,
            )  # fmt: skip


def corrections(read: Read, pieces: Sequence[Piece]) -> tuple[Corrected, ...]:
    """Each with what the log had said of its stretch."""
    return tuple(_corrected(one, read, pieces) for one in read.corrections)


def _beneath(one: Correction) -> str | None:
    return next((said.agent_id for said in one.beneath if said.agent_id), None)


def _told(one: Correction) -> tuple[Told, ...]:
    """What the log had said there; of whom only where that was corrected."""
    said = ((of.state, of.reason_code, of.agent_id if one.agent_id else None) for of in one.beneath)
    return tuple(dict.fromkeys(said))


def _corrected(one: Correction, read: Read, pieces: Sequence[Piece]) -> Corrected:
    covered = [piece for piece in pieces if piece.correction == one.number]
    whom = covered[0].agent_id if covered else one.agent_id or _beneath(one)
    return Corrected(
        number=one.number,
        agent_id=whom or "",
        name=name_of(read, whom),
        seat=read.seats.get(one.uid, one.uid),
        start_utc_ms=one.start_utc_ms,
        end_utc_ms=one.end_utc_ms,
        was=_told(one),
        now=(one.state, one.reason_code, one.agent_id),
        author=one.author,
        why=one.why,
        at_utc_ms=one.at_utc_ms,
        withdrawn_by=one.withdrawn_by,
        withdrawn_utc_ms=one.withdrawn_utc_ms,
        withdrawn_why=one.withdrawn_why,
    )
