"""Callbacks in the running logger: what units are told, what people write, forgetting, the alarm.

The recorder calls it in the writer's thread. It knows no unit's end; what is to be told comes back as uids.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deskunit.alarms import Alarms
from deskunit.calendar import Calendar, Site
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.due import Rules
from deskunit.callbacks.folding import Callback
from deskunit.callbacks.rows import Row
from deskunit.callbacks.site import rules
from deskunit.callbacks.total import Total, total
from deskunit.context import Due
from deskunit.errors import DeskunitError
from deskunit.logger.notices import CallbacksChanged, Taken
from deskunit.logger.reminders import Counted, Reminders
from deskunit.settings import Settings
from deskunit.store import Store

log = logging.getLogger("deskunit")
DAY_MS = 86_400_000
LOOK_MS = 60_000
OVERDUE_ROWS = 200  # beyond that many, one more is told with the next countdown
ALARM = "callbacks"


class Promises:
    """`on_changes` hears after each commit which callbacks are not what they were."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        alarms: Alarms,
        on_changes: Callable[[CallbacksChanged], None],
    ) -> None:
        self._settings = settings
        self._alarms = alarms
        self._on_changes = on_changes
        self._store = store
        self.total = Total()
        self._stale = True  # the total
        self._now_utc_ms = 0  # of the write that is being done
        self._rules = self._made({})
        self.desk = CallbackDesk(store, self._made({}), lambda: self._now_utc_ms)
        self._reminders = Reminders(self._count)
        self._moved = False  # the calendar is another one, or a boot was placed better
        self._looked_utc_ms: int | None = None
        self._forgot_utc_ms: int | None = None

    def set_holidays(self, site: Site) -> None:
        """Due times follow the site's own days as they are now; told with the next look at the clock."""
        self._rules, self.desk.rules = self._made(site), self._made(site)
        self.move()

    def move(self) -> None:
        """Any may be due at another time; told with the next look at the clock."""
        self._moved = self._stale = True

    def due(self, uid: str) -> Due | None:
        """What the unit should know now."""
        return self._reminders.find(uid)

    def seat(self, agents: Mapping[str, str], uids: Iterable[str], now_utc_ms: int) -> set[str]:
        """uid → who is signed in there; the units that are to be told something else."""
        return self._reminders.seat(agents, uids, now_utc_ms)

    def follow(self, numbers: Iterable[int], now_utc_ms: int) -> set[str]:
        """Units told of these callbacks; those units that are to be told something else."""
        found = [one for one in map(self._store.find_callback, numbers) if one is not None]
        if not found:
            return set()
        self._tell(
            CallbacksChanged(
                tuple(one.number for one in found),
                tuple(_taken(one) for one in found if one.seen == 0),
            )
        )
        return self._reminders.changed({one.owner for one in found}, now_utc_ms)

    def write(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None,
        values: Mapping[str, Any],
        now_utc_ms: int,
    ) -> tuple[Row, set[str]]:
        """Somebody's write; the row as it is then, and the units that are to be told something else."""
        self._now_utc_ms = now_utc_ms
        before = self._store.find_callback(number) if number is not None else None
        row = self.desk.write(action, number, by, seen, **values)
        owners = {row.owner} if before is None else {row.owner, before.owner}
        self._tell(CallbacksChanged((row.number,)))
        return row, self._reminders.changed(owners, now_utc_ms)

    def pass_time(self, now_utc_ms: int) -> set[str]:
        """About once a second; the units that are to be told something else."""
        self._forget(now_utc_ms)
        self._look(now_utc_ms)
        if self._moved:
            self._moved = False
            self._tell(CallbacksChanged(()))
            return self._reminders.all_changed(now_utc_ms)
        return self._reminders.pass_time(now_utc_ms)

    def _made(self, site: Site) -> Rules:
        """Each with a calendar of its own: the desk answers other threads too."""
        return rules(self._settings, Calendar(self._settings.site.country, site))

    def _tell(self, changed: CallbacksChanged) -> None:
        self._stale = True
        self._on_changes(changed)

    def _count(self, agent_id: str, now_utc_ms: int) -> Counted:
        found = self.desk.summary(agent_id, now_utc_ms)
        if not found.open:
            return Counted(Due())
        due = Due(
            found.open,
            found.overdue,
            found.next_number,
            found.next_kind,
            found.next_due_utc_ms or 0,
        )
        return Counted(due, self._next_change_utc_ms(agent_id, due, now_utc_ms))

    def _next_change_utc_ms(self, agent_id: str, due: Due, now_utc_ms: int) -> int | None:
        """When one more is overdue: after its time, not at it. None: not, or nobody looks so far."""
        if due.overdue == due.open or due.overdue > OVERDUE_ROWS:
            return None
        if due.overdue == 0:
            return due.due_utc_ms + 1
        rows = self.desk.due_list(agent_id, now_utc_ms, due.overdue + 1)
        return rows[-1].due_utc_ms + 1

    def _look(self, now_utc_ms: int) -> None:
        """Everybody's, for health and the alarm, if the site wants one."""
        if not self._stale and not _is_time(self._looked_utc_ms, LOOK_MS, now_utc_ms):
            return
        self.total = total(self._store, self._rules, now_utc_ms)
        self._looked_utc_ms, self._stale = now_utc_ms, False
        limit = self._settings.callbacks.overdue_alarm
        if limit and self.total.overdue >= limit:
            cause = DeskunitError("alarm_callbacks", number=self.total.overdue)
            self._alarms.begin(ALARM, "", cause)
        else:
            self._alarms.end("", ALARM)

    def _forget(self, now_utc_ms: int) -> None:
        """Once a day, and at the start, what is older than the site keeps."""
        days = self._settings.callbacks.retention_days
        if not days or not _is_time(self._forgot_utc_ms, DAY_MS, now_utc_ms):
            return
        self._now_utc_ms = now_utc_ms
        numbers = self.desk.forget_older(days, now_utc_ms)
        self._forgot_utc_ms = now_utc_ms
        if numbers:
            log.info("personal fields of %d callbacks forgotten by age", len(numbers))
            self._tell(CallbacksChanged(tuple(numbers)))


def _taken(one: Callback) -> Taken:
    return Taken(one.number, one.uid or "", one.owner, one.kind)


def _is_time(last_utc_ms: int | None, every_ms: int, now_utc_ms: int) -> bool:
    return last_utc_ms is None or abs(now_utc_ms - last_utc_ms) >= every_ms
