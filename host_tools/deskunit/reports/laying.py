"""Lays pieces onto lanes: an agent's day each, cut at the day's bounds, with its marks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from deskunit.measures import Hold
from deskunit.reports.material import Promised
from deskunit.reports.model import CALLBACK, HOLD_OVER, OVERDUE, Mark
from deskunit.state_log.days import Day
from deskunit.state_log.piece import Piece


def by_agent(pieces: Iterable[Piece], day: Day) -> dict[str, list[Piece]]:
    """The signed-in pieces of that day, cut to it, by agent."""
    found: dict[str, list[Piece]] = {}
    for piece in pieces:
        if not piece.is_signed_in or piece.agent_id is None:
            continue
        if piece.end_utc_ms <= day.start_utc_ms or piece.start_utc_ms >= day.end_utc_ms:
            continue
        found.setdefault(piece.agent_id, []).append(cut(piece, day.start_utc_ms, day.end_utc_ms))
    return found


def cut(piece: Piece, from_utc_ms: int, to_utc_ms: int) -> Piece:
    """What of it lies within; its duration shrinks by what was cut off."""
    before = max(0, from_utc_ms - piece.start_utc_ms)
    behind = max(0, piece.end_utc_ms - to_utc_ms)
    if not before and not behind:
        return piece
    return replace(
        piece,
        start_utc_ms=piece.start_utc_ms + before,
        end_utc_ms=piece.end_utc_ms - behind,
        duration_ms=max(0, piece.duration_ms - before - behind),
        clipped_start=piece.clipped_start or before > 0,
        clipped_end=piece.clipped_end or behind > 0,
    )


def marks(
    holds: Iterable[Hold],
    promised: Iterable[Promised],
    limit_s: int,
    now_utc_ms: int,
) -> dict[str, list[Mark]]:
    """What stands above and below the bars of each agent: holds past the limit, callbacks."""
    found: dict[str, list[Mark]] = {}
    for hold in holds:
        if hold.is_episode and hold.is_over_limit:
            past = min(hold.end_utc_ms, hold.start_utc_ms + 1000 * limit_s)
            found.setdefault(hold.agent_id, []).append(Mark(HOLD_OVER, past, hold.length_ms))
    for one in promised:
        for mark in _of_callback(one, now_utc_ms):
            found.setdefault(one.callback.owner, []).append(mark)
    return found


def _of_callback(one: Promised, now_utc_ms: int) -> list[Mark]:
    number, kind = one.callback.number, one.callback.kind
    taken = Mark(CALLBACK, one.callback.taken_utc_ms, number=number, text=kind)
    if not is_overdue(one, now_utc_ms):
        return [taken]
    return [taken, Mark(OVERDUE, one.kept.due_utc_ms, number=number, text=kind)]


def is_overdue(one: Promised, now_utc_ms: int) -> bool:
    """Open, and its time has passed."""
    return one.kept.status == "open" and one.kept.kept_until_utc_ms < now_utc_ms


def within(of_agent: Mapping[str, Sequence[Mark]], agent: str, day: Day) -> tuple[Mark, ...]:
    """An agent's marks of one day, in order."""
    found = [
        mark
        for mark in of_agent.get(agent, ())
        if day.start_utc_ms <= mark.at_utc_ms < day.end_utc_ms
    ]
    return tuple(sorted(found, key=lambda mark: mark.at_utc_ms))
