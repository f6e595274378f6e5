"""The page's view of promised return calls: web/promises.py's contract over the logger and its store.

Reading happens in the caller's thread, within the viewer's role, writing in the logger's. Lists are masked;
one alone is not.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deskunit import clock, roles, settings
from deskunit.callbacks import orders
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.folding import Attempt as StoredAttempt
from deskunit.callbacks.kinds import OPEN
from deskunit.callbacks.rows import Entry, Row
from deskunit.errors import DeskunitError
from deskunit.intervals import Interval
from deskunit.logger import CallbacksChanged, Logger
from deskunit.states import HOLD, TALKING, WRAP_UP
from deskunit.web.promises import AgentName, Attempt, Callback, Fact, Summary

CALL_STATES = (TALKING, HOLD, WRAP_UP)
CALL_ROWS = 50  # states of one call, at most, that are looked back
Names = Mapping[str, str]


class CallbackFloor:
    """A part of DeskFloor."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger

    def agents(self) -> list[AgentName]:
        listed, within = self._logger.store.agents(listed_only=True), self._within()
        return [
            AgentName(id=one.id, name=one.name, team=one.team)
            for one in listed
            if within is None or one.id in within
        ]

    def callback_zone(self) -> str:
        return self._desk.rules.zone.key

    def callbacks(self, asked: Mapping[str, str], limit: int) -> list[Callback]:
        status, text = asked.get("status", OPEN), asked.get("text", "")
        kind, owner = asked.get("kind"), asked.get("owner")
        most = limit if self._within() is None else None  # of others' none is shown
        if status == OPEN and not text and kind is None:
            due = self._desk.due_list(owner, clock.now_utc_ms(), most)
            return self._shown(self._mine(due)[:limit])
        wanted = None if status == "all" else status
        found = self._desk.search(text=text, status=wanted, kind=kind, owner=owner, limit=most)
        found = self._mine(found)[:limit]
        if status == OPEN:
            found.sort(key=lambda one: (one.due_utc_ms, one.number))
        return self._shown(found)

    def callback(self, number: int) -> Callback:
        found = self._desk.get(number, personal=True)
        roles.check(self._within(), [found.owner])
        return self._shown([found])[0]

    def callback_repeats(self, number: int) -> list[Callback]:
        return self._shown(self._mine(self._desk.proposed_repeats(number)))

    def callback_summary(self, uid: str) -> Summary:
        agent_id = self._logger.recorder.agent(uid)
        found = self._desk.summary(agent_id, clock.now_utc_ms())
        return Summary(
            agent_id=agent_id,
            open=found.open,
            overdue=found.overdue,
            number=found.next_number,
            kind=found.next_kind,
            due_utc_ms=found.next_due_utc_ms or 0,
        )

    def callback_write(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None,
        values: Mapping[str, Any],
    ) -> Callback:
        order = orders.checked(action, number, by, seen, values)
        within = self._within()
        if order.number is not None and within is not None:
            roles.check(within, [self._desk.get(order.number).owner])
        written = self._logger.write_callback(order).number
        return self._shown([self._desk.get(written, personal=True)])[0]  # also what was given away

    # --- as the page names it ------------------------------------------------------------------

    @property
    def _desk(self) -> CallbackDesk:
        return self._logger.recorder.promises.desk

    def _within(self) -> frozenset[str] | None:
        """Whose log this page may show; while settings.toml has a mistake, as it was at the start."""
        try:
            viewer = settings.load(self._logger.data_dir).viewer
        except DeskunitError:
            viewer = self._logger.settings.viewer
        return roles.scope(viewer, self._logger.store)

    def _mine(self, rows: Iterable[Row]) -> list[Row]:
        within = self._within()
        return [one for one in rows if within is None or one.owner in within]

    def _shown(self, rows: Iterable[Row]) -> list[Callback]:
        store = self._logger.store
        names = {agent.id: agent.name for agent in store.agents()}
        seats = {unit.uid: unit.seat for unit in store.units()}
        now_utc_ms = clock.now_utc_ms()
        return [self._callback(one, names, seats, now_utc_ms) for one in rows]

    def _callback(self, one: Row, names: Names, seats: Names, now_utc_ms: int) -> Callback:
        return Callback(
            number=one.number,
            kind=one.kind,
            promise=one.promise,
            status=one.status,
            owner=one.owner,
            owner_name=names.get(one.owner, ""),
            uid=one.unit or "",
            seat=seats.get(one.unit or "", ""),
            call_no=one.call_no,
            taken_utc_ms=one.taken_utc_ms,
            taken_error_ms=one.taken_error_ms,
            taken_by=one.taken_by,
            due_utc_ms=one.due_utc_ms,
            is_overdue=one.is_overdue(now_utc_ms),
            calendar=one.calendar,
            is_published=one.is_published,
            agreed_utc_ms=one.agreed_utc_ms,
            attempts=[_attempt(attempt, names) for attempt in one.attempts],
            to_complete=self._to_complete(one),
            outcome=one.outcome,
            satisfaction=one.satisfaction,
            ended_utc_ms=one.ended_utc_ms,
            ended_by=one.ended_by,
            reason=one.reason,
            assigned_utc_ms=one.assigned_utc_ms,
            assigned_by=one.assigned_by,
            assigned_why=one.assigned_why,
            subject=one.subject,
            key_account=one.key_account,
            escalated=one.escalated,
            repeat_of=one.repeat_of,
            forgotten_utc_ms=one.forgotten_utc_ms,
            seen=one.seen,
            personal=dict(one.personal),
            is_masked=one.is_masked,
            history=[_fact(entry, names) for entry in one.history],
        )

    def _to_complete(self, one: Row) -> int | None:
        """The attempt without an outcome; not while its call goes on, the unit still asks then."""
        attempt = next((found for found in one.attempts if found.id == one.to_complete), None)
        if attempt is None or attempt.event is None:
            return one.to_complete
        uid = attempt.event.partition("-")[0]
        newest = self._logger.store.intervals(
            unit=uid, limit=CALL_ROWS, newest_first=True, unconfirmed=True
        )
        return None if attempt.event in _call_now(newest) else attempt.id


def _call_now(newest_first: Iterator[Interval]) -> set[str]:
    """The rows of the call that a unit is in, wrap-up included."""
    first = next(newest_first, None)
    if first is None or first.state not in CALL_STATES:
        return set()
    found = {first.row_id}
    for row in newest_first:
        if row.call_no != first.call_no:
            break
        found.add(row.row_id)
    return found


def told(notice: CallbacksChanged) -> dict[str, Any]:
    """What the stream tells of a change."""
    taken = [
        {"number": one.number, "uid": one.uid, "agent_id": one.agent_id, "kind": one.kind}
        for one in notice.taken
    ]
    return {"numbers": list(notice.numbers), "taken": taken}


def _attempt(one: StoredAttempt, names: Names) -> Attempt:
    return Attempt(
        id=one.id,
        at_utc_ms=one.at_utc_ms,
        by=one.by,
        by_name=names.get(one.by, ""),
        outcome=one.outcome,
        satisfaction=one.satisfaction,
    )


def _fact(one: Entry, names: Names) -> Fact:
    return Fact(
        id=one.id,
        at_utc_ms=one.at_utc_ms,
        by=one.by,
        by_name=names.get(one.by, ""),
        what=one.what,
        body=dict(one.body),
        personal=dict(one.personal),
    )
