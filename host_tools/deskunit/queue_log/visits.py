"""What became of each call in each queue: rows of a queue_log in, visits out. Pure.

A visit is one stay of a call in one queue, with the talk that ended it, if an agent took it. A call has
several where it overflows or is transferred into another queue.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from deskunit.queue_log.row import Row

WAITING, ANSWERED, ABANDONED = "waiting", "answered", "abandoned"  # waiting: the log ends first
TIMED_OUT, EMPTIED, KEY, FAILED, CUT = "timed_out", "emptied", "key", "failed", "cut"
TURNED_AWAY, NO_QUEUE = (
    "turned_away",
    "no_queue",
)  # never in the queue: refused, or dialled and no more
OUTCOMES = (
    *(ANSWERED, ABANDONED, TIMED_OUT, EMPTIED, FAILED, KEY, TURNED_AWAY, NO_QUEUE, WAITING, CUT),
)
COMPLETED = frozenset(("COMPLETEAGENT", "COMPLETECALLER"))
TRANSFERRED = frozenset(("TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"))
LEFT: Mapping[str, tuple[str, int]] = {  # verb: (outcome, place of the seconds waited)
    "ABANDON": (ABANDONED, 2),
    "EXITWITHTIMEOUT": (TIMED_OUT, 2),
    "EXITEMPTY": (EMPTIED, 2),
    "EXITWITHKEY": (KEY, 3),
    "SYSCOMPAT": (FAILED, 0),
}
REFUSED = frozenset(
    ("JOINEMPTY", "JOINUNAVAIL", "FULL", "CLOSED")
)  # some systems' own: never in the queue
DIALLED = "DID"
HELD, TAKEN_BACK = "CALLERONHOLD", "CALLEROFFHOLD"
RESTART = "QUEUESTART"


@dataclass(frozen=True, slots=True)
class Visit:
    """`wait_ms`: in the queue, what the log calls holdtime in CONNECT. `hold_ms`: with an agent, on HOLD.

    `entered_utc_ms` None and `is_partial`: it began before the log. `ended_by`: agent, caller, transfer;
    None: the log does not tell.
    """

    call: str
    queue: str
    seen_utc_ms: int  # its first row
    outcome: str = WAITING
    entered_utc_ms: int | None = None
    wait_ms: int | None = None
    agent: str = ""  # as the log names them
    connected_utc_ms: int | None = None
    ended_utc_ms: int | None = None
    talk_ms: int | None = None
    ended_by: str | None = None
    held_since_utc_ms: int | None = None
    hold_ms: int = 0
    holds: int = 0
    is_partial: bool = False

    @property
    def asked_utc_ms(self) -> int:
        """When it came to the queue, as far as the log tells: the period that it counts in."""
        return self.seen_utc_ms if self.entered_utc_ms is None else self.entered_utc_ms


def visits(rows: Iterable[Row]) -> Iterator[Visit]:
    """Every visit of a log, when it ends; those that still run come last, as they stand."""
    running: dict[str, Visit] = {}
    for row in rows:
        if row.verb == RESTART:  # the telephone system was started: whatever ran is gone
            yield from (_cut(one) for one in running.values())
            running.clear()
        step = STEPS.get(row.verb) if row.call else None
        if step is None:
            continue
        ended, goes_on = step(running.pop(row.call, None), row)
        if goes_on is not None:
            running[row.call] = goes_on
        yield from ended
    yield from running.values()


Step = tuple[tuple[Visit, ...], Visit | None]  # what has ended, what runs now


def _entered(visit: Visit | None, row: Row) -> Step:
    """The old visit first: the system lost sight of it, or an agent's transfer brought the call here."""
    before = () if visit is None or visit.outcome == NO_QUEUE else (_cut(visit),)
    return before, Visit(row.call, row.queue, row.utc_ms, entered_utc_ms=row.utc_ms)


def _dialled(visit: Visit | None, row: Row) -> Step:
    return (), visit or Visit(row.call, row.queue, row.utc_ms, NO_QUEUE)


def _connected(visit: Visit | None, row: Row) -> Step:
    before: tuple[Visit, ...] = ()
    if visit is not None and visit.connected_utc_ms is not None:
        before, visit = (_cut(visit),), None
    here = visit or _partial(row)
    wait_ms = row.seconds(0)
    return before, replace(
        here,
        queue=row.queue or here.queue,
        outcome=ANSWERED,
        agent=row.agent,
        connected_utc_ms=row.utc_ms,
        wait_ms=_waited(here, row) if wait_ms is None else wait_ms,
    )


def _completed(visit: Visit | None, row: Row) -> Step:
    """holdtime|calltime|origposition; a log that begins in the middle has this alone."""
    by = "agent" if row.verb == "COMPLETEAGENT" else "caller"
    return (_ended(visit, row, by, row.seconds(0), row.seconds(1)),), None


def _transferred(visit: Visit | None, row: Row) -> Step:
    """…|holdtime|calltime|origposition at the end, whatever the kind; the oldest has no times."""
    is_timed = len(row.params) >= 5
    wait_ms, talk_ms = (row.seconds(-3), row.seconds(-2)) if is_timed else (None, None)
    return (_ended(visit, row, "transfer", wait_ms, talk_ms),), None


def _ended(
    visit: Visit | None, row: Row, by: str, wait_ms: int | None, talk_ms: int | None
) -> Visit:
    here = _taken_back(visit or _partial(row), row.utc_ms)
    connected = here.connected_utc_ms
    if connected is None and talk_ms is not None:
        connected = row.utc_ms - talk_ms
    if talk_ms is None and connected is not None:
        talk_ms = row.utc_ms - connected
    return replace(
        here,
        queue=here.queue or row.queue,
        outcome=ANSWERED,
        agent=here.agent or row.agent,
        wait_ms=wait_ms if here.wait_ms is None else here.wait_ms,
        connected_utc_ms=connected,
        ended_utc_ms=row.utc_ms,
        talk_ms=talk_ms,
        ended_by=by,
    )


def _left(visit: Visit | None, row: Row) -> Step:
    outcome, place = LEFT[row.verb]
    here = visit or _partial(row)
    waited = None if row.verb == "SYSCOMPAT" else row.seconds(place)
    return (
        replace(
            here,
            queue=row.queue or here.queue,
            outcome=outcome,
            wait_ms=_waited(here, row) if waited is None else waited,
            ended_utc_ms=row.utc_ms,
        ),
    ), None


def _refused(visit: Visit | None, row: Row) -> Step:
    here = visit or Visit(row.call, row.queue, row.utc_ms)
    return (replace(here, queue=row.queue, outcome=TURNED_AWAY, ended_utc_ms=row.utc_ms),), None


def _put_on_hold(visit: Visit | None, row: Row) -> Step:
    if visit is None or visit.connected_utc_ms is None or visit.held_since_utc_ms is not None:
        return (), visit
    return (), replace(visit, held_since_utc_ms=row.utc_ms, holds=visit.holds + 1)


def _off_hold(visit: Visit | None, row: Row) -> Step:
    return (), None if visit is None else _taken_back(visit, row.utc_ms)


def _taken_back(visit: Visit, at_ms: int) -> Visit:
    since = visit.held_since_utc_ms
    if since is None:
        return visit
    return replace(visit, held_since_utc_ms=None, hold_ms=visit.hold_ms + max(0, at_ms - since))


def _partial(row: Row) -> Visit:
    return Visit(row.call, row.queue, row.utc_ms, is_partial=True)


def _waited(visit: Visit, row: Row) -> int | None:
    return None if visit.entered_utc_ms is None else max(0, row.utc_ms - visit.entered_utc_ms)


def _cut(visit: Visit) -> Visit:
    """The log says no more of it: what waited has an unknown end, an answered one stays answered."""
    return replace(visit, outcome=CUT) if visit.outcome == WAITING else visit


STEPS: Mapping[str, Callable[[Visit | None, Row], Step]] = {
    "ENTERQUEUE": _entered,
    DIALLED: _dialled,
    "CONNECT": _connected,
    HELD: _put_on_hold,
    TAKEN_BACK: _off_hold,
    **dict.fromkeys(COMPLETED, _completed),
    **dict.fromkeys(TRANSFERRED, _transferred),
    **dict.fromkeys(LEFT, _left),
    **dict.fromkeys(REFUSED, _refused),
}
