"""What may be said over the log, and what of it no longer fits. Pure: the desk brings what lies around.

A correction lies within one sign-in of one unit and changes labels, never times: so the states of the
sign-in still add up to it. `signed_out` takes its end away from both sides.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from deskunit.correction import Correction, Said
from deskunit.errors import DeskunitError
from deskunit.intervals import Interval
from deskunit.local_time import shown
from deskunit.reasons import REASONS, SITE_CODES
from deskunit.states import HOLD, NOT_READY, SIGNED_OUT, TALKING, UNIT_STATES, WRAP_UP

# Of a call's later states: what may stand right before them.
_AFTER = {HOLD: (TALKING, HOLD), WRAP_UP: (TALKING, HOLD, WRAP_UP)}
_IN_CALL = (TALKING, HOLD, WRAP_UP)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to say: a state, a reason for not_ready, or an agent."""

    uid: str
    start_utc_ms: int
    end_utc_ms: int
    state: str | None = None
    reason_code: int | None = None
    agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What the rules look at. `active`: corrections that hold, in the span and up to it, of any unit."""

    beneath: Sequence[Interval]  # rows of the unit that touch the span
    sign_in: Sequence[Interval]  # all rows of the sign-in in which the span begins
    active: Sequence[Correction]
    elsewhere: Sequence[Interval]  # rows of the wished agent that touch the span, of any unit
    agents: frozenset[str]
    is_confirmed: bool
    now_utc_ms: int
    zone: ZoneInfo


Check = Callable[[Wish, Around], None]


def check(wish: Wish, around: Around) -> None:
    """DeskunitError: the first thing that speaks against it."""
    for one in _CHECKS:
        one(wish, around)


def touching(rows: Iterable[Interval], start_utc_ms: int, end_utc_ms: int) -> list[Interval]:
    """Those that have time in common with [start, end), or lie in it without any."""
    return [
        row
        for row in rows
        if row.start_utc_ms < end_utc_ms
        and (row.end_utc_ms is None or row.end_utc_ms > start_utc_ms)
    ]


def said(row: Interval) -> Said:
    """What the log says with a row."""
    return Said(row.state, row.reason_code, row.agent_id, row.sign_in)


def said_in_turn(rows: Iterable[Interval]) -> tuple[Said, ...]:
    """What the log says from row to row, each different from the one before."""
    found: list[Said] = []
    for one in map(said, rows):
        if not found or found[-1] != one:
            found.append(one)
    return tuple(found)


def ends(sign_in: Sequence[Interval], now_utc_ms: int) -> int:
    """When a sign-in is over; the running one: now."""
    last = sign_in[-1].end_utc_ms
    return now_utc_ms if last is None else last


def is_stale(
    correction: Correction, beneath: Sequence[Interval], sign_in: Sequence[Interval]
) -> bool:
    """Whether the log beneath says something else than when it was made: somebody should look again."""
    if said_in_turn(beneath) != correction.beneath:
        return True
    if not is_of_whole(correction):
        return False
    if not sign_in:
        return True
    is_to_end = sign_in[-1].end_utc_ms == correction.end_utc_ms
    is_from_start = sign_in[0].start_utc_ms == correction.start_utc_ms
    return not is_to_end or (correction.agent_id is not None and not is_from_start)


def is_of_whole(one: Correction | Wish) -> bool:
    """Whether it depends on where its sign-in begins or ends, not only on its span."""
    return one.state == SIGNED_OUT or one.agent_id is not None


# --- the rules, in the order in which they are told ----------------------------------------------


def _confirmed(wish: Wish, around: Around) -> None:
    if not around.is_confirmed:
        raise DeskunitError("correction_unconfirmed", exit_code=2, uid=wish.uid)


def _something(wish: Wish, around: Around) -> None:
    if wish.state is None and wish.reason_code is None and wish.agent_id is None:
        raise DeskunitError("correction_nothing", exit_code=2)
    if wish.agent_id is not None and (wish.state is not None or wish.reason_code is not None):
        raise DeskunitError("correction_who_or_what", exit_code=2)


def _known(wish: Wish, around: Around) -> None:
    if wish.state is not None and wish.state not in UNIT_STATES:
        among = ", ".join(UNIT_STATES)
        raise DeskunitError("correction_state", exit_code=2, found=wish.state, among=among)
    code = wish.reason_code
    if code is not None and code not in REASONS and code not in SITE_CODES:
        raise DeskunitError("correction_reason", exit_code=2, found=code)
    if code is not None and wish.state not in (None, NOT_READY):
        raise DeskunitError("correction_reason_of", exit_code=2, state=wish.state)
    if wish.agent_id is not None and wish.agent_id not in around.agents:
        raise DeskunitError("correction_agent", exit_code=2, agent=wish.agent_id)


def _span(wish: Wish, around: Around) -> None:
    if wish.start_utc_ms >= wish.end_utc_ms:
        raise DeskunitError("correction_empty", exit_code=2)
    if wish.end_utc_ms > around.now_utc_ms:
        raise DeskunitError("correction_future", exit_code=2)


def _one_sign_in(wish: Wish, around: Around) -> None:
    if not around.sign_in:
        when = shown(wish.start_utc_ms, around.zone)
        raise DeskunitError("correction_outside", exit_code=2, when=when)
    first, end_utc_ms = around.sign_in[0], ends(around.sign_in, around.now_utc_ms)
    if wish.end_utc_ms > end_utc_ms or {row.sign_in for row in around.beneath} != {first.sign_in}:
        start, end = shown(first.start_utc_ms, around.zone), shown(end_utc_ms, around.zone)
        raise DeskunitError("correction_beyond", exit_code=2, start=start, end=end)


def _no_overlap(wish: Wish, around: Around) -> None:
    for one in around.active:
        if one.uid == wish.uid and _overlap_ms(one, wish.start_utc_ms, wish.end_utc_ms) > 0:
            start, end = shown(one.start_utc_ms, around.zone), shown(one.end_utc_ms, around.zone)
            raise DeskunitError(
                "correction_overlaps", exit_code=2, number=one.number, start=start, end=end
            )


def _whole(wish: Wish, around: Around) -> None:
    """What takes the end of a sign-in away, or its agent, needs that end."""
    if not is_of_whole(wish):
        return
    if around.sign_in[-1].end_utc_ms is None:
        raise DeskunitError("correction_running", exit_code=2, uid=wish.uid)
    is_to_end = wish.end_utc_ms == around.sign_in[-1].end_utc_ms
    is_from_start = wish.start_utc_ms == around.sign_in[0].start_utc_ms
    if not is_to_end:
        end = shown(ends(around.sign_in, around.now_utc_ms), around.zone)
        key = "correction_not_to_end" if wish.agent_id is None else "correction_not_whole"
        raise DeskunitError(key, exit_code=2, end=end)
    if wish.agent_id is not None and not is_from_start:
        raise DeskunitError("correction_not_whole", exit_code=2)


def _reason_of_not_ready(wish: Wish, around: Around) -> None:
    if wish.reason_code is None or wish.state is not None:
        return
    for row in around.beneath:
        if row.state != NOT_READY:
            when = shown(max(row.start_utc_ms, wish.start_utc_ms), around.zone)
            raise DeskunitError("correction_not_not_ready", exit_code=2, when=when, state=row.state)


def _in_a_call(wish: Wish, around: Around) -> None:
    """hold and wrap_up belong to a call: beneath there is one, or it stands right before."""
    if wish.state not in _AFTER or around.beneath[0].state in _IN_CALL:
        return
    if _state_before(wish, around) not in _AFTER[wish.state]:
        when = shown(wish.start_utc_ms, around.zone)
        raise DeskunitError("correction_no_call", exit_code=2, state=wish.state, when=when)


def _state_before(wish: Wish, around: Around) -> str | None:
    """The state in which the sign-in was right before the span, as corrected; None: there is none."""
    earlier = [row for row in around.sign_in if row.start_utc_ms < wish.start_utc_ms]
    if not earlier:
        return None
    for one in around.active:
        if one.uid == wish.uid and one.start_utc_ms < wish.start_utc_ms <= one.end_utc_ms:
            return one.instead(said(earlier[-1])).state
    return earlier[-1].state


def _once_at_a_time(wish: Wish, around: Around) -> None:
    """The agent must not then be signed in at two places at once, as far as the clocks can tell."""
    if wish.agent_id is None:
        return
    for row in around.elsewhere:
        if row.sign_in != around.sign_in[0].sign_in:
            slack_ms = row.time_error_ms + max(one.time_error_ms for one in around.sign_in)
            for start, end in _left(row, wish, around):
                if end - start > slack_ms:
                    _say_twice(wish, row.uid, start, around.zone)
    for one in around.active:
        overlap_ms = _overlap_ms(one, wish.start_utc_ms, wish.end_utc_ms)
        if one.agent_id == wish.agent_id and one.uid != wish.uid and overlap_ms > 0:
            _say_twice(wish, one.uid, max(one.start_utc_ms, wish.start_utc_ms), around.zone)


def _left(row: Interval, wish: Wish, around: Around) -> Iterator[tuple[int, int]]:
    """The parts of a row within the span that are the agent's still, as corrected."""
    start = max(row.start_utc_ms, wish.start_utc_ms)
    end = wish.end_utc_ms if row.end_utc_ms is None else min(row.end_utc_ms, wish.end_utc_ms)
    for one in sorted(around.active, key=lambda one: one.start_utc_ms):
        if one.uid == row.uid and one.instead(said(row)).agent_id != row.agent_id:
            yield start, min(end, one.start_utc_ms)
            start = max(start, one.end_utc_ms)
    yield start, end


def _say_twice(wish: Wish, uid: str, utc_ms: int, zone: ZoneInfo) -> None:
    when = shown(utc_ms, zone)
    raise DeskunitError("correction_twice", exit_code=2, agent=wish.agent_id, uid=uid, when=when)


def _another(wish: Wish, around: Around) -> None:
    made = proposed(wish)
    if all(made.instead(said(row)) == said(row) for row in around.beneath):
        raise DeskunitError("correction_same", exit_code=2)


def proposed(wish: Wish) -> Correction:
    """The wish as a correction that nobody has made yet."""
    return Correction(
        0,
        wish.uid,
        wish.start_utc_ms,
        wish.end_utc_ms,
        "",
        "",
        0,
        state=wish.state,
        reason_code=wish.reason_code,
        agent_id=wish.agent_id,
    )


def _overlap_ms(one: Correction, start_utc_ms: int, end_utc_ms: int) -> int:
    return min(one.end_utc_ms, end_utc_ms) - max(one.start_utc_ms, start_utc_ms)


_CHECKS: tuple[Check, ...] = (
    _confirmed,
    _something,
    _known,
    _span,
    _one_sign_in,
    _no_overlap,
    _whole,
    _reason_of_not_ready,
    _in_a_call,
    _once_at_a_time,
    _another,
)
