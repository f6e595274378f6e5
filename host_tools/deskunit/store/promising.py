"""What units tell about callbacks becomes facts; the store calls it in the transaction of the events."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from deskunit.callbacks.folding import Taken
from deskunit.callbacks.kinds import OUTCOMES, SATISFACTIONS
from deskunit.events import Event, Key, from_line
from deskunit.intervals import BootClock, Moment
from deskunit.states import TALKING
from deskunit.store import callbacks, schema

BACK_ROWS = 200  # states of one call, at most, on the way back to its beginning
MomentOf = Callable[[Event], Moment]


def note_events(
    connection: Connection, fresh: Iterable[Event], moment_of: MomentOf, received_utc_ms: int
) -> list[int]:
    """Events were committed for the first time: the numbers of the callbacks that they touch."""
    touched: list[int | None] = []
    for event in fresh:
        if event.kind == "callback":
            touched.append(note_taken(connection, event, moment_of(event), received_utc_ms))
        elif event.kind == "st" and event.body.get("to") == TALKING and "cb" in event.body:
            touched.append(note_call(connection, event, moment_of(event)))
        elif event.kind == "outcome":
            touched.append(note_outcome(connection, event, moment_of(event)))
    return list(dict.fromkeys(one for one in touched if one is not None))


def note_taken(connection: Connection, event: Event, at: Moment, received_utc_ms: int) -> int:
    """A promise was made at the unit. The same event gives the same callback, however often it comes."""
    known = callbacks.number_of(connection, event.key)
    if known is not None:
        return known
    call_no = _number(event.body.get("call"))
    agent_id, call_key = _about_call(connection, event, call_no)
    taken = Taken(
        callbacks.next_number(connection),
        str(event.body.get("k", "")),
        at.utc_ms,
        at.error_ms,
        agent_id,
        received_utc_ms,
        agent_id,
        *event.key,
        call_no,
        call_key,
    )
    return callbacks.add(connection, taken).number


def note_call(connection: Connection, event: Event, at: Moment) -> int | None:
    """A return call begins; None: there is no such callback here."""
    body = {"event": key_text(event.key)}
    return _note(connection, event, at, "attempt", body, str(event.body.get("ag", "?")))


def note_outcome(connection: Connection, event: Event, at: Moment) -> int | None:
    """The agent says how a return call ended. Words of a newer firmware count as not given."""
    outcome, satisfaction = event.body.get("r"), event.body.get("sat")
    body: dict[str, Any] = {"event": key_text(event.key)}
    if outcome in OUTCOMES:
        body["outcome"] = outcome
        body["satisfaction"] = satisfaction if satisfaction in SATISFACTIONS else "not_asked"
    return _note(connection, event, at, "outcome", body, _about_call(connection, event, None)[0])


def _note(
    connection: Connection, event: Event, at: Moment, what: str, body: dict[str, Any], by: str
) -> int | None:
    number = _number(event.body.get("cb"))
    if number is None or callbacks.find(connection, number) is None:
        return None
    callbacks.append(connection, number, at.utc_ms, by, what, body)
    return number


def _about_call(
    connection: Connection, event: Event, call_no: int | None
) -> tuple[str, str | None]:
    """Who is signed in when an event happens ("?": not told), and the key of the call it is about."""
    table = schema.event.c
    query = (
        select(table.line)
        .where(table.uid == event.uid, table.boot == event.boot, table.seq < event.seq)
        .where(table.kind.in_(("st", "boot")))
        .order_by(table.seq.desc())
        .limit(BACK_ROWS)
    )
    agent_id, call_key = None, None
    for line in connection.scalars(query):
        state = from_line(event.uid, line)
        if agent_id is None:
            agent_id = str(state.body.get("ag", "?"))
        if call_no is None or state.kind != "st" or state.body.get("call") != call_no:
            break
        if state.body.get("to") == TALKING:
            call_key = key_text(state.key)
    return agent_id or "?", call_key


def retime(
    connection: Connection, uid: str, clocks: Mapping[str, BootClock], now_utc_ms: int
) -> None:
    """A unit's boots are placed better now: the callbacks taken in them get the better instant."""
    taken, event = schema.callback.c, schema.event.c
    query = (
        select(taken.number, taken.boot, event.ms)
        .join(
            schema.event,
            (event.uid == taken.uid) & (event.boot == taken.boot) & (event.seq == taken.seq),
        )
        .where(taken.uid == uid)
    )
    for number, boot, ms in connection.execute(query).all():
        at, now = clocks[boot].moment(ms), callbacks.get(connection, number)
        if (at.utc_ms, at.error_ms) != (now.taken_utc_ms, now.taken_error_ms):
            body = {"taken_utc_ms": at.utc_ms, "taken_error_ms": at.error_ms}
            callbacks.append(connection, number, now_utc_ms, "", "taken", body)


def key_text(key: Key) -> str:
    uid, boot, seq = key
    return f"{uid}-{boot}-{seq}"


def _number(value: object) -> int | None:
    return value if type(value) is int else None
