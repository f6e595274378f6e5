"""What a callback is now, from the facts about it in the order of their commits. Pure; the store calls it.

The first fact that ends a callback counts. What a unit told of it afterwards stays in the history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from deskunit.callbacks import kinds
from deskunit.callbacks.kinds import CLOSED, CLOSING, NOT_GIVEN, OPEN, VOIDED


@dataclass(frozen=True, slots=True)
class Taken:
    """How a callback began. `uid`, `boot`, `seq` of its event; None: typed on the PC.

    `call_key`: uid-boot-seq of the event that began the call, as far as that boot tells.
    """

    number: int
    kind: str
    taken_utc_ms: int
    taken_error_ms: int
    agent_id: str
    created_utc_ms: int
    created_by: str
    uid: str | None = None
    boot: str | None = None
    seq: int | None = None
    call_no: int | None = None
    call_key: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a callback. `by`: an agent, or who else it was (kinds.NOT_AGENTS)."""

    id: int
    number: int
    at_utc_ms: int
    by: str
    what: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """Who did something and when; `fact` is its id."""

    fact: int
    at_utc_ms: int
    by: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One return call. `outcome` not_given until somebody says how it ended; `event`: of the unit."""

    id: int
    at_utc_ms: int
    by: str
    outcome: str = NOT_GIVEN
    satisfaction: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback without its due time (due.py) and without personal fields (in a table of their own).

    `seen`: the last fact about it. `ended`: who closed or voided it. `fields`: field → who wrote it last.
    `taken_error_ms`: the instant is right to so much.
    """

    number: int
    kind: str
    taken_utc_ms: int
    taken_error_ms: int
    taken_by: str
    owner: str
    status: str = OPEN
    uid: str | None = None
    call_no: int | None = None
    call_key: str | None = None
    agreed_utc_ms: int | None = None
    attempts: tuple[Attempt, ...] = ()
    outcome: str | None = None
    satisfaction: str | None = None
    ended: Mark | None = None
    reason: str = ""  # why voided
    assigned: Mark | None = None
    assigned_why: str = ""
    subject: str = ""
    key_account: bool = False
    escalated: bool = False
    repeat_of: int | None = None
    forgotten: Mark | None = None
    seen: int = 0
    fields: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def promise(self) -> str:
        return kinds.promise(self.kind, self.agreed_utc_ms is not None)

    @property
    def sort_utc_ms(self) -> int:
        """Of two callbacks with one promise the one with the smaller is due first, or both at once."""
        is_agreed = self.promise == kinds.AGREED
        return self.agreed_utc_ms if is_agreed and self.agreed_utc_ms else self.taken_utc_ms

    @property
    def closed_utc_ms(self) -> int | None:
        return self.ended.at_utc_ms if self.ended and self.status == CLOSED else None

    @property
    def incomplete(self) -> Attempt | None:
        """The last return call whose outcome nobody has given yet."""
        return next((one for one in reversed(self.attempts) if one.outcome == NOT_GIVEN), None)


def fold(taken: Taken, facts: Iterable[Fact]) -> Callback:
    """The callback as all of its facts leave it."""
    now = begun(taken)
    for fact in facts:
        now = apply(now, fact)
    return now


def begun(taken: Taken) -> Callback:
    """Before the first fact."""
    return Callback(
        taken.number,
        taken.kind,
        taken.taken_utc_ms,
        taken.taken_error_ms,
        taken_by=taken.agent_id,
        owner=taken.agent_id,
        uid=taken.uid,
        call_no=taken.call_no,
        call_key=taken.call_key,
    )


def apply(now: Callback, fact: Fact) -> Callback:
    """One fact more. A word that this version does not know changes nothing."""
    step = _STEPS.get(fact.what)
    return replace(step(now, fact) if step else now, seen=fact.id)


def _mark(fact: Fact) -> Mark:
    return Mark(fact.id, fact.at_utc_ms, fact.by)


def _fields(now: Callback, fact: Fact) -> Callback:
    values = dict(fact.body.get("set", {}))
    names = [*values, *fact.body.get("personal", ())]
    marks = {**now.fields, **dict.fromkeys(names, _mark(fact))}
    return replace(now, subject=values.get("subject", now.subject), fields=marks)


def _flag(now: Callback, fact: Fact) -> Callback:
    marks = {**now.fields, fact.what: _mark(fact)}
    value = bool(fact.body["value"])
    if fact.what == "escalated":
        return replace(now, escalated=value, fields=marks)
    return replace(now, key_account=value, fields=marks)


def _repeat(now: Callback, fact: Fact) -> Callback:
    return replace(now, repeat_of=fact.body["of"], fields={**now.fields, "repeat_of": _mark(fact)})


def _agreed(now: Callback, fact: Fact) -> Callback:
    marks = {**now.fields, "agreed_utc_ms": _mark(fact)}
    return replace(now, agreed_utc_ms=fact.body["agreed_utc_ms"], fields=marks)


def _taken(now: Callback, fact: Fact) -> Callback:
    """The instant of the press is known better now."""
    at, error = fact.body["taken_utc_ms"], fact.body["taken_error_ms"]
    return replace(now, taken_utc_ms=at, taken_error_ms=error)


def _attempt(now: Callback, fact: Fact) -> Callback:
    event = fact.body.get("event")
    attempt = Attempt(fact.id, fact.at_utc_ms, fact.by, event=event)
    return _ended(replace(now, attempts=(*now.attempts, attempt)), fact, attempt)


def _outcome(now: Callback, fact: Fact) -> Callback:
    """Completes the return call that it names, else the last one without an outcome, else adds one."""
    of = fact.body.get("attempt")
    named = next((one for one in now.attempts if one.id == of), None)
    attempt = named if named is not None else now.incomplete
    return _ended(now, fact, attempt) if attempt is not None else _attempt(now, fact)


def _ended(now: Callback, fact: Fact, attempt: Attempt) -> Callback:
    """`attempt` with the outcome that the fact tells, if it does; one that closes, closes."""
    outcome = fact.body.get("outcome", NOT_GIVEN)
    satisfaction = fact.body.get("satisfaction")
    told = replace(attempt, outcome=outcome, satisfaction=satisfaction)
    now = replace(
        now, attempts=tuple(told if one.id == attempt.id else one for one in now.attempts)
    )
    if now.status != OPEN or outcome not in CLOSING:
        return now
    return replace(
        now, status=CLOSED, outcome=outcome, satisfaction=satisfaction, ended=_mark(fact)
    )


def _voided(now: Callback, fact: Fact) -> Callback:
    if now.status != OPEN:
        return now
    return replace(now, status=VOIDED, reason=fact.body["reason"], ended=_mark(fact))


def _assigned(now: Callback, fact: Fact) -> Callback:
    why = fact.body.get("why", "")
    return replace(now, owner=fact.body["to"], assigned=_mark(fact), assigned_why=why)


def _forgotten(now: Callback, fact: Fact) -> Callback:
    return replace(now, forgotten=_mark(fact))


_STEPS = {
    "fields": _fields,
    "escalated": _flag,
    "key_account": _flag,
    "repeat": _repeat,
    "agreed": _agreed,
    "taken": _taken,
    "attempt": _attempt,
    "outcome": _outcome,
    "closed": _outcome,
    "voided": _voided,
    "assigned": _assigned,
    "forgotten": _forgotten,
}
