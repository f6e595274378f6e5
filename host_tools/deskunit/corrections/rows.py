"""What readers of corrections get: one with the log beneath it, before and after. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from deskunit.correction import Correction, Said
from deskunit.corrections.rules import said
from deskunit.intervals import Interval


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the log within a correction: what the unit told, and what holds."""

    row_id: str
    start_utc_ms: int
    end_utc_ms: int
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class Draft:
    """What a correction would do, before it is made."""

    uid: str
    seat: str
    start_utc_ms: int
    end_utc_ms: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One correction. `is_stale`: the log beneath says otherwise than when it was made (`then`)."""

    number: int
    uid: str
    seat: str
    start_utc_ms: int
    end_utc_ms: int
    state: str | None
    reason_code: int | None
    agent_id: str | None
    author: str
    why: str
    at_utc_ms: int
    withdrawn_by: str | None
    withdrawn_why: str | None
    withdrawn_utc_ms: int | None
    is_stale: bool
    parts: tuple[Part, ...]
    then: tuple[Said, ...]

    @property
    def agents(self) -> frozenset[str]:
        """Whose time it gives or takes, now or when it was made."""
        said = [one for part in self.parts for one in (part.before, part.after)]
        known = {one.agent_id for one in (*said, *self.then)} | {self.agent_id}
        return frozenset(one for one in known if one is not None)


def parts(correction: Correction, beneath: Iterable[Interval]) -> tuple[Part, ...]:
    """The rows beneath, cut to the correction's span, with what it makes of each."""
    found = []
    for row in beneath:
        end = correction.end_utc_ms if row.end_utc_ms is None else row.end_utc_ms
        start = max(row.start_utc_ms, correction.start_utc_ms)
        before, end = said(row), min(end, correction.end_utc_ms)
        found.append(Part(row.row_id, start, end, before, correction.instead(before)))
    return tuple(found)


def row(one: Correction, seat: str, is_stale: bool, beneath: Iterable[Interval]) -> Row:
    """A correction as readers get it."""
    return Row(
        number=one.number,
        uid=one.uid,
        seat=seat,
        start_utc_ms=one.start_utc_ms,
        end_utc_ms=one.end_utc_ms,
        state=one.state,
        reason_code=one.reason_code,
        agent_id=one.agent_id,
        author=one.author,
        why=one.why,
        at_utc_ms=one.at_utc_ms,
        withdrawn_by=one.withdrawn_by,
        withdrawn_why=one.withdrawn_why,
        withdrawn_utc_ms=one.withdrawn_utc_ms,
        is_stale=is_stale,
        parts=parts(one, beneath),
        then=one.beneath,
    )
