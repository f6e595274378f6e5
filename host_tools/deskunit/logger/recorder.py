"""Acts on what the sessions learned: stores it, lets them acknowledge, tells the units their context.

The logger's writer thread calls it, and so does a test in virtual time: a `Session` is a UnitEnd, and
time is an argument. It knows no port and no thread.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from deskunit.agents import Agent
from deskunit.alarms import Alarms
from deskunit.calendar import Site
from deskunit.callbacks.rows import Row
from deskunit.callers import IN_CALL, checked_caller
from deskunit.context import Context
from deskunit.effects import Arrived, Begun, Effect, Heard, Met, Missing, Repeated, Synced
from deskunit.errors import DeskunitError
from deskunit.events import Acks, BootKey, Event, Record
from deskunit.leave import AwayDesk
from deskunit.logger.boots import Boots
from deskunit.logger.notices import CallbacksChanged
from deskunit.logger.promises import Promises
from deskunit.logger.surroundings import Surroundings
from deskunit.presence import Presence
from deskunit.session import SILENT_MS
from deskunit.settings import Settings, UnitLanguage
from deskunit.store import Changes, Commit, Store

log = logging.getLogger("deskunit")


class UnitEnd(Protocol):
    """Where the answers for one unit go."""

    @property
    def last_frame_ms(self) -> int | None: ...

    def committed(self, acks: Acks, holes: Collection[BootKey]) -> None: ...

    def tell(self, context: Context) -> None: ...


class Recorder:
    """The facts of all units into one store, in the order in which they came."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        language: UnitLanguage = "zh",
        virtual_seats: Mapping[str, str] | None = None,
        on_changes: Callable[[Changes], None] = lambda changes: None,
        on_unit: Callable[[str], None] = lambda uid: None,
        on_callbacks: Callable[[CallbacksChanged], None] = lambda changed: None,
        alarms: Alarms | None = None,
    ) -> None:
        """`virtual_seats`: uid → seat of the units that were started as virtual ones."""
        self._store = store
        self._virtual_seats = dict(virtual_seats or {})
        self._on_changes = on_changes
        self._on_unit = on_unit
        self._alarms = alarms or Alarms()
        self._around = Surroundings(settings, language, store.agents(listed_only=True))
        self.promises = Promises(store, settings, self._alarms, on_callbacks)
        self._ends: dict[str, UnitEnd] = {}
        self._boots = Boots(store, self._placed)
        self._current = self._boots.current
        self.repeated: Counter[str] = Counter()  # uid → records that came again
        self._to_meet: set[str] = set()
        self._to_tell: set[str] = set()
        self._away = AwayDesk(settings.away_limit)
        self._presence = Presence()
        self._started_ms: int | None = None
        self._silent: set[str] = set()
        self._seats: dict[str, str] = {}
        for leave in store.open_leaves():
            self._away.take(leave)
        for unit in store.units():
            self._seats[unit.uid] = unit.seat
            if unit.agent_id:
                self._presence.seed(unit.uid, unit.agent_id)

    def set_agents(self, listed: Sequence[Agent]) -> None:
        """The site's list as it is now; every unit gets its roster of it."""
        self._store.set_agents(listed)
        self._around.agents = listed
        for uid in list(self._ends):
            self._tell(uid)

    def set_holidays(self, site: Site) -> None:
        """The site's own working days and holidays as they are now."""
        self._around.set_holidays(site)
        self.promises.set_holidays(site)

    @property
    def has_agents(self) -> bool:
        """Whether a list of agents is known, from now or from before."""
        return len(self._around.agents) > 0

    def set_language(self, uid: str, language: UnitLanguage) -> None:
        """Which prompt pack this unit's screen uses, until the end of this run."""
        self._around.set_language(uid, language)
        self._tell(uid)
        self._on_unit(uid)

    def language(self, uid: str) -> UnitLanguage:
        return self._around.language(uid)

    def set_caller(self, uid: str, text: str) -> None:
        """Title or name of who is on the line; "" takes it back. DeskunitError: bad_caller, no_call."""
        newest = self._store.intervals(unit=uid, limit=1, newest_first=True, unconfirmed=True)
        now = next(newest, None)
        if now is None or now.state not in IN_CALL or now.call_no is None:
            raise DeskunitError("no_call")
        self._around.callers.set(uid, now.call_no, checked_caller(text))
        self._tell(uid)
        self._on_unit(uid)

    def caller(self, uid: str) -> str:
        return self._around.callers.find(uid) or ""

    def agent(self, uid: str) -> str:
        """Who is signed in there; "" nobody."""
        return self._presence.agents().get(uid, "")

    def name_unit(self, uid: str, seat: str) -> None:
        """The unit stands at `seat`; it shows that itself. DeskunitError for an unknown unit."""
        self._store.name_unit(uid, seat)
        self._seats[uid] = seat
        self._tell(uid)
        self._on_unit(uid)

    def write_callback(
        self,
        action: str,
        number: int | None,
        by: str,
        seen: int | None,
        values: Mapping[str, Any],
        now_utc_ms: int,
    ) -> Row:
        """What somebody writes on the PC; the units of its agents hear of it. DeskunitError: why not."""
        row, uids = self.promises.write(action, number, by, seen, values, now_utc_ms)
        self._to_tell |= uids
        self._settle(now_utc_ms)
        return row

    def confirm_unit(self, uid: str) -> None:
        """Take a unit that introduced itself into the reports."""
        self._store.confirm_unit(uid)
        self._on_unit(uid)

    def apply(self, batch: Sequence[tuple[UnitEnd, Effect]], now_utc_ms: int) -> None:
        """Act on `batch` in its order; events that stand together are one durable commit.

        A store that fails (disk full) raises DeskunitError: nothing of that group is acknowledged,
        the units keep it and send it again; what was met and begun is done with the next call.
        """
        # First what needs no disk, so that a full one costs nothing but a repetition.
        for end, effect in batch:
            if isinstance(effect, Met | Begun | Synced):
                self._note(end, effect)
            elif isinstance(effect, Repeated):
                self.repeated[effect.uid] += 1
        self._settle(now_utc_ms)
        arrived: list[tuple[UnitEnd, Record]] = []
        for end, effect in batch:
            if isinstance(effect, Arrived):
                arrived.append((end, effect.event))
            elif isinstance(effect, Missing):
                arrived.append((end, effect.lost))
            elif isinstance(effect, Heard):
                self._commit(arrived, now_utc_ms)
                arrived = []
                self._heard(effect, now_utc_ms)
        self._commit(arrived, now_utc_ms)

    def tick(self, now_utc_ms: int, now_ms: int) -> None:
        """About once a second: silent units become unknown, what the units say follows the clock."""
        if self._started_ms is None:
            self._started_ms = now_ms
        for uid in self._seats:
            end = self._ends.get(uid)
            last_ms = end.last_frame_ms if end is not None else None
            since_ms = self._started_ms if last_ms is None else last_ms
            if now_ms - since_ms < SILENT_MS:
                self._back(uid)
            elif uid not in self._silent:
                self._changed(self._store.silent(uid, now_utc_ms))
                self._silent.add(uid)
                self._on_unit(uid)
        if self._around.pass_time(now_utc_ms):
            self._to_tell.update(self._ends)
        self._to_tell |= self.promises.pass_time(now_utc_ms)
        self._settle(now_utc_ms)

    @property
    def met(self) -> set[str]:
        """The units that said H in this run."""
        return set(self._ends)

    # --- what came -----------------------------------------------------------------------------

    def _note(self, end: UnitEnd, effect: Met | Begun | Synced) -> None:
        if isinstance(effect, Met):
            self._ends[effect.uid] = end
            self._to_meet.add(effect.uid)
            for uid in [uid for uid, one in self._ends.items() if one is end]:
                if uid != effect.uid:  # another unit is at this port now
                    del self._ends[uid]
            current = self._current.get(effect.uid)
            if current is not None and current.boot != effect.boot:
                del self._current[effect.uid]
                self._boots.forget(effect.uid)
                self._alarms.end(effect.uid, "quarantine")  # it counts its records anew
        else:
            self._boots.hear(effect)
            if isinstance(effect, Begun):
                self._to_tell.add(effect.uid)

    def _settle(self, now_utc_ms: int) -> None:
        """What being met and begun asks for; where the store fails, it stays for the next call."""
        for uid in sorted(self._to_meet):
            self._remember(uid, now_utc_ms)
            self._back(uid)
            self._on_unit(uid)
            self._to_meet.discard(uid)
        for uid in self._boots.unwritten:
            self._remember(uid, now_utc_ms)
            self._boots.write(uid, now_utc_ms)
        agents = self._presence.agents()
        self._to_tell |= self.promises.seat(agents, self._seats, now_utc_ms)
        for uid in sorted(self._to_tell):
            self._boots.measure_off(uid)
            self._tell(uid)
            self._to_tell.discard(uid)

    def _remember(self, uid: str, now_utc_ms: int) -> None:
        if uid in self._seats:
            return
        seat = self._virtual_seats.get(uid)
        self._store.remember_unit(uid, virtual=seat is not None, now_utc_ms=now_utc_ms)
        if seat:
            self._store.name_unit(uid, seat)
        self._seats[uid] = seat or ""

    def _heard(self, heard: Heard, now_utc_ms: int) -> None:
        self._back(heard.uid)
        if not self._boots.is_stored(heard.uid, heard.boot):
            return
        self._changed(
            self._store.heard(
                heard.uid, heard.boot, heard.ms, heard.top_seq, heard.state, now_utc_ms
            )
        )

    def _commit(self, arrived: Sequence[tuple[UnitEnd, Record]], now_utc_ms: int) -> None:
        group: list[tuple[UnitEnd, Record]] = []
        for end, record in arrived:
            if group and not self._boots.is_begun(record):
                self._store_group(group, now_utc_ms)  # a boot begins when those before it are told
                group = []
            if self._boots.begin(record, now_utc_ms):
                group.append((end, record))
        if group:
            self._store_group(group, now_utc_ms)

    def _store_group(self, arrived: Sequence[tuple[UnitEnd, Record]], now_utc_ms: int) -> None:
        done = self._store.commit([record for _, record in arrived], now_utc_ms)
        self._acknowledge(arrived, done)
        self.repeated += done.repeated
        for event in done.quarantined:
            log.error("unit %s: %s-%s came with other content", event.uid, event.boot, event.seq)
            cause = DeskunitError("alarm_quarantine", uid=event.uid)
            self._alarms.begin("quarantine", event.uid, cause)
        for gap in done.gaps:
            log.error("unit %s: %s %s..%s lost", gap.uid, gap.boot, gap.first, gap.last)
        self._changed(done)
        self._follow(done.fresh)
        self._to_tell |= self.promises.follow(done.callbacks, now_utc_ms)
        self._to_tell |= self._boots.later(done.fresh)  # how long it was away is known better now
        self._settle(now_utc_ms)

    def _acknowledge(self, arrived: Sequence[tuple[UnitEnd, Record]], done: Commit) -> None:
        """Each port gets the acknowledgement of what came from it."""
        for end in {id(end): end for end, _ in arrived}.values():
            records = [record for source, record in arrived if source is end]
            acks = done.acks(records)
            end.committed(acks, {(one.uid, one.boot) for one in done.waiting})

    # --- what follows from it ------------------------------------------------------------------

    def _follow(self, fresh: Sequence[Event]) -> None:
        before = self._matters()
        for event in fresh:
            self._away.take(event)
            at = self._store.moment(event.uid, event.boot, event.ms)
            self._presence.take(event, at.utc_ms)
            self._around.callers.take(event)
            self._back(event.uid)
        after = self._matters()
        self._to_tell.update(uid for uid in after if after[uid] != before[uid])
        for uid in {event.uid for event in fresh}:
            self._on_unit(uid)

    def _matters(self) -> dict[str, tuple[object, ...]]:
        """Of each unit what its agent should learn when it changes: leave, signed in elsewhere …"""
        leave, signout = self._away.answers(), self._presence.to_sign_out()
        last, caller = self._presence.last_agent, self._around.callers.find
        return {
            uid: (leave.get(uid), signout.get(uid), last.get(uid), caller(uid))
            for uid in self._seats
        }

    def _back(self, uid: str) -> None:
        if uid in self._silent:
            self._silent.discard(uid)
            self._on_unit(uid)

    def _placed(self, changes: Changes) -> None:
        """A boot's time is known better: what began in it did so at another moment."""
        self._changed(changes)
        if changes.changed:
            self.promises.move()

    def _changed(self, changes: Changes) -> None:
        if changes.changed or changes.dropped:
            self._on_changes(changes)

    # --- what the units are told ---------------------------------------------------------------

    def _tell(self, uid: str) -> None:
        end = self._ends.get(uid)
        if end is not None:
            end.tell(self._context(uid))

    def _context(self, uid: str) -> Context:
        around = self._around.context(uid, self._seats.get(uid, ""), self._store.recent_agents(uid))
        return replace(
            around,
            off_s=self._boots.off_s.get(uid),
            held_s=self._boots.held_s.get(uid),
            leave=self._away.answers().get(uid),
            due=self.promises.due(uid),
            signout=self._presence.to_sign_out().get(uid),
        )
