"""Every stored event as a table of an export, by unit, boot and seq, with what was lost between them.

Lossless: `line` is what the unit wrote, byte for byte. Column by column in docs/exports.md.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from deskunit.errors import DeskunitError
from deskunit.events import Event, Happening
from deskunit.exports.instants import clock
from deskunit.exports.names import Names
from deskunit.exports.rows import Value, table
from deskunit.exports.table import Table, columns
from deskunit.state_log.choosing import chosen
from deskunit.state_log.query import Query
from deskunit.states import SIGNED_OUT
from deskunit.store import Store

SCHEMA = "deskunit.events/1"
COLUMNS = columns(
    "unit seat boot seq:whole last_seq:whole kind at:times tz time_error_s:seconds time_quality "
    "unit_ms:whole agent_id agent_name team body line"
)
KINDS = (  # those of docs/protocol.md
    *(
        "boot",
        "st",
        "rsn",
        "refused",
        "remind",
        "spoke",
        "limit",
        "wrapup",
        "more",
        "idle",
        "overrun",
    ),
    *("leave", "callback", "cb_due", "cb_quiet", "outcome", "scenario", "step", "stuck", "both"),
    *("flash", "display", "pack", "glyph", "error"),
)
GAP, QUARANTINE = "gap", "quarantine"  # kinds of rows that are no events
BEFORE_MS = 12 * 3_600_000  # is read before the range, to know who is signed in when it begins
Row = tuple[Value, ...]


def events_table(store: Store, query: Query, *, kinds: tuple[str, ...] = ()) -> Table:
    """Those in the range, of confirmed units. DeskunitError: an unknown agent, team, unit or kind."""
    _check(store, kinds)
    rows = _Rows(store, query, chosen(store, query).agents, kinds)
    return table("events", SCHEMA, COLUMNS, rows.all())


def _check(store: Store, kinds: tuple[str, ...]) -> None:
    """A kind that we do not know may be one of a newer unit: then it is stored."""
    known = (*KINDS, GAP, QUARANTINE)
    for kind in kinds:
        if kind not in known and next(iter(store.happenings([kind], None, None)), None) is None:
            raise DeskunitError("event_kind", exit_code=2, kind=kind, known=", ".join(known))


@dataclass(frozen=True, slots=True)
class _Missing:
    """A gap or a quarantined line, as a row of its own. `body`: what is known of it."""

    boot: str
    first: int
    last: int | None
    kind: str
    said_utc_ms: int
    body: dict[str, Any]
    line: str | None


class _Rows:
    """What one query finds."""

    def __init__(
        self, store: Store, query: Query, agents: frozenset[str] | None, kinds: tuple[str, ...]
    ) -> None:
        self._store = store
        self._query = query
        self._agents = agents
        self._kinds = kinds
        self._names = Names(store)
        self._instant = clock(query.zone)

    def all(self) -> Iterator[Row]:
        for unit in sorted(self._store.units(), key=lambda one: one.uid):
            if unit.confirmed and (not self._query.units or unit.uid in self._query.units):
                yield from self._of_unit(unit.uid)

    def _of_unit(self, uid: str) -> Iterator[Row]:
        query = self._query
        since = None if query.from_utc_ms is None else query.from_utc_ms - BEFORE_MS
        found = self._store.happenings(None, since, query.to_utc_ms, uid)
        missing = self._missing(uid)
        for boot, of_boot in groupby(found, key=lambda one: one.event.boot):
            yield from self._of_boot(uid, of_boot, missing.pop(boot, []))
        for left in missing.values():
            for one in filter(self._is_said_within, left):
                yield from self._shown(self._lost(uid, one), None)

    def _of_boot(
        self, uid: str, found: Iterable[Happening], missing: list[_Missing]
    ) -> Iterator[Row]:
        """Events, and before each what is missing there. Lost ones have no time but their neighbours'."""
        agent, is_near, last = "", False, 0
        for one in found:
            is_inside = self._is_inside(one)
            while missing and missing[0].first <= one.event.seq:
                lost = missing.pop(0)
                if is_inside or is_near or self._is_said_within(lost):
                    yield from self._shown(self._lost(uid, lost), None)
            agent, after = _agents(one.event, agent)
            if is_inside:
                yield from self._shown(self._row(one, agent), agent, one.event.kind)
            agent, is_near, last = after, is_inside, one.event.seq
        for lost in missing:
            if (is_near and lost.first == last + 1 and lost.kind == GAP) or self._is_said_within(
                lost
            ):
                yield from self._shown(self._lost(uid, lost), None)

    def _shown(self, row: Row, agent: str | None, kind: str | None = None) -> Iterator[Row]:
        """The row, if it may be seen and was asked for. Nobody's is for those who see everybody's."""
        is_kind = not self._kinds or (kind or row[5]) in self._kinds
        if is_kind and (self._agents is None or agent in self._agents):
            yield row

    def _is_inside(self, one: Happening) -> bool:
        return self._query.from_utc_ms is None or one.utc_ms >= self._query.from_utc_ms

    def _is_said_within(self, one: _Missing) -> bool:
        start, end = self._query.from_utc_ms, self._query.to_utc_ms
        is_after = start is None or one.said_utc_ms >= start
        return is_after and (end is None or one.said_utc_ms < end)

    def _missing(self, uid: str) -> dict[str, list[_Missing]]:
        found: dict[str, list[_Missing]] = {}
        for gap in self._store.gaps(uid):
            body = {"why": gap.why, "declared_utc_ms": gap.declared_utc_ms}
            one = _Missing(gap.boot, gap.first, gap.last, GAP, gap.declared_utc_ms, body, None)
            found.setdefault(gap.boot, []).append(one)
        for aside in self._store.quarantine():
            if aside.uid == uid:
                said = aside.received_utc_ms
                body = {"received_utc_ms": said}
                one = _Missing(aside.boot, aside.seq, None, QUARANTINE, said, body, aside.line)
                found.setdefault(aside.boot, []).append(one)
        for in_boot in found.values():
            in_boot.sort(key=lambda one: (one.first, one.kind))
        return found

    def _row(self, one: Happening, agent: str) -> Row:
        event = one.event
        return (
            *self._names.unit(event.uid),
            event.boot,
            event.seq,
            None,
            event.kind,
            *self._instant(one.utc_ms),
            self._query.zone.key,
            one.time_error_ms,
            one.time_quality,
            event.ms,
            *self._names.agent(agent),
            json.dumps(event.body, ensure_ascii=False),
            event.line,
        )

    def _lost(self, uid: str, one: _Missing) -> Row:
        nowhere = self._instant(None)
        return (
            *(*self._names.unit(uid), one.boot, one.first, one.last, one.kind),
            *(*nowhere, self._query.zone.key, None, None, None, *self._names.agent("")),
            *(json.dumps(one.body, ensure_ascii=False), one.line),
        )


def _agents(event: Event, before: str) -> tuple[str, str]:
    """Whose the event is, and who is signed in after it; "": nobody."""
    if event.kind != "st":
        return before, before
    said = event.body.get("ag")
    after = said if isinstance(said, str) and event.body.get("to") != SIGNED_OUT else ""
    return after or before, after
