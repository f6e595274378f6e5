"""Facts about callbacks into the tables, and what a callback is now beside them; the store calls it.

Every function works inside the transaction that it is given. What the facts mean is decided in
callbacks/folding.py; callback_now is its outcome, kept so that lists are quick.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from deskunit.callbacks.folding import Callback, Fact, Taken, apply, begun, fold
from deskunit.callbacks.kinds import NUMBERS, OUTCOMES, SATISFACTIONS
from deskunit.events import Event, Key, from_line
from deskunit.intervals import BootClock, Moment
from deskunit.states import TALKING
from deskunit.store import schema

KINDS = ("callback", "st", "outcome")  # of the events that say something about callbacks
BACK_ROWS = 200  # states of one call, at most, on the way back to its beginning
_TAKEN_COLUMNS = [schema.callback.c[one.name] for one in fields(Taken)]
MomentOf = Callable[[Event], Moment]


# --- what a unit tells ---------------------------------------------------------------------------


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
    known = number_of(connection, event.key)
    if known is not None:
        return known
    call_no = _number(event.body.get("call"))
    agent_id, call_key = _about_call(connection, event, call_no)
    taken = Taken(
        next_number(connection),
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
    return add(connection, taken).number


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
    if number is None or find(connection, number) is None:
        return None
    append(connection, number, at.utc_ms, by, what, body)
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
        at, now = clocks[boot].moment(ms), get(connection, number)
        if (at.utc_ms, at.error_ms) != (now.taken_utc_ms, now.taken_error_ms):
            body = {"taken_utc_ms": at.utc_ms, "taken_error_ms": at.error_ms}
            append(connection, number, now_utc_ms, "", "taken", body)


# --- rows ----------------------------------------------------------------------------------------


def next_number(connection: Connection) -> int:
    """1, 2, 3 …; rows are never deleted, so that none comes twice."""
    return int(connection.scalar(select(func.max(schema.callback.c.number))) or 0) + 1


def number_of(connection: Connection, key: Key) -> int | None:
    """The callback that this event is."""
    table = schema.callback.c
    query = select(table.number).where(
        table.uid == key[0], table.boot == key[1], table.seq == key[2]
    )
    return connection.scalar(query)


def add(connection: Connection, taken: Taken) -> Callback:
    """A new callback."""
    row = {one.name: getattr(taken, one.name) for one in fields(Taken)}
    connection.execute(insert(schema.callback).values(row))
    callback = begun(taken)
    connection.execute(insert(schema.callback_now).values(now_values(callback)))
    return callback


def append(
    connection: Connection,
    number: int,
    at_utc_ms: int,
    by: str,
    what: str,
    body: Mapping[str, Any],
    personal: Mapping[str, str] | None = None,
) -> Callback:
    """One fact more about a callback, its personal texts apart; the callback as it is then."""
    before = get(connection, number)
    newest = connection.scalar(select(func.max(schema.callback_fact.c.id))) or 0
    fact = Fact(newest + 1, number, at_utc_ms, by, what, body)
    connection.execute(insert(schema.callback_fact).values(fact_values(fact)))
    rows = [person_values(fact, name, text) for name, text in (personal or {}).items()]
    if rows:
        connection.execute(insert(schema.callback_person), rows)
    callback = apply(before, fact)
    table = schema.callback_now
    connection.execute(update(table).where(table.c.number == number).values(now_values(callback)))
    return callback


def find(connection: Connection, number: int) -> Callback | None:
    """The callback as it is now."""
    table = schema.callback_now.c
    text = connection.scalar(select(table.state).where(table.number == number))
    return None if text is None else callback_from_text(text)


def get(connection: Connection, number: int) -> Callback:
    """The callback as it is now. LookupError: there is none."""
    found = find(connection, number)
    if found is None:
        raise LookupError(f"no callback {number}")
    return found


def rebuild(connection: Connection) -> int:
    """Derive callback_now anew from the facts; how many rows differed."""
    table, differing = schema.callback_now, 0
    for row in connection.execute(select(*_TAKEN_COLUMNS)).all():
        values = now_values(fold(Taken(*row), facts(connection, row.number)))
        old = connection.execute(select(table).where(table.c.number == row.number)).first()
        if old is None:
            connection.execute(insert(table).values(values))
        elif dict(old._mapping) != values:
            connection.execute(update(table).where(table.c.number == row.number).values(values))
        differing += old is None or dict(old._mapping) != values
    return differing


def facts(connection: Connection, number: int) -> list[Fact]:
    """All facts about a callback, in order."""
    table = schema.callback_fact
    query = select(table).where(table.c.number == number).order_by(table.c.id)
    return [fact_from_row(row) for row in connection.execute(query)]


def fact_from_row(row: Row[Any]) -> Fact:
    return Fact(row.id, row.number, row.at_utc_ms, row.by_agent, row.what, json.loads(row.body))


def fact_values(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "number": fact.number,
        "at_utc_ms": fact.at_utc_ms,
        "by_agent": fact.by,
        "what": fact.what,
        "body": json.dumps(fact.body, ensure_ascii=False, separators=(",", ":")),
    }


def person_values(fact: Fact, field: str, text: str) -> dict[str, Any]:
    """The row of a personal text; of a number its digits too, by which it is found again."""
    return {
        "fact_id": fact.id,
        "field": field,
        "number": fact.number,
        "value": text,
        "digits": digits(text) if field in NUMBERS else None,
    }


def now_values(callback: Callback) -> dict[str, Any]:
    """The row of callback_now."""
    return {
        "number": callback.number,
        "kind": callback.kind,
        "status": callback.status,
        "owner": callback.owner,
        "promise": callback.promise,
        "sort_utc_ms": callback.sort_utc_ms,
        "taken_utc_ms": callback.taken_utc_ms,
        "ended_utc_ms": callback.ended.at_utc_ms if callback.ended else None,
        "is_forgotten": int(callback.forgotten is not None),
        "subject": callback.subject,
        "state": msgspec.json.encode(callback).decode(),
    }


def callback_from_text(text: str) -> Callback:
    return msgspec.json.decode(text, type=Callback)


def digits(text: str) -> str | None:
    """The digits of a number as dialled at home: no 0086 or +86 before it; None: there are none."""
    found = "".join(char for char in text if char.isdecimal())
    for lead in ("0086", "86") if text.lstrip().startswith(("00", "+")) else ():
        found = found.removeprefix(lead)
    return found or None


def key_text(key: Key) -> str:
    uid, boot, seq = key
    return f"{uid}-{boot}-{seq}"


def _number(value: object) -> int | None:
    return value if type(value) is int else None
