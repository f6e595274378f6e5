"""The state log: facts in, intervals out. The logger holds the one writing Store of a data folder.

A group of events, the gaps it declares and the intervals it changes are one durable transaction;
only after it may the unit be told. Nothing here reads a clock: the caller gives the time.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import BaseFileLock
from sqlalchemy import Connection, Engine, func, insert, select, update

from deskunit.agents import Agent
from deskunit.clock import ClockReading
from deskunit.epochs import Epoch
from deskunit.errors import DeskunitError
from deskunit.events import BootKey, Event, Record
from deskunit.intervals import BootClock, Fold, Moment
from deskunit.store import folding, promising, rebuilding, schema, speaking, times
from deskunit.store.callback_writing import CallbackWriter
from deskunit.store.correction_reading import CorrectionReading
from deskunit.store.correction_writing import CorrectionWriter
from deskunit.store.intake import Intake
from deskunit.store.rebuilding import Progress, Rebuilt
from deskunit.store.rows import Changes, Commit
from deskunit.store.sqlite import attached, check_room, empty_wal, readable_errors


class Store(CorrectionReading):
    """Reads always; writes when it was opened with write=True. Safe to share between threads."""

    def __init__(
        self, file: Path, reader: Engine, writer: Engine | None, lock: BaseFileLock | None
    ) -> None:
        super().__init__(file, reader)
        self._writer = writer
        self._lock = lock
        self._one_at_a_time = threading.RLock()
        self._folds: dict[str, Fold] = {}
        self._clocks: dict[BootKey, BootClock] = {}
        self._tops: dict[BootKey, int] = {}
        self._lost: dict[BootKey, int] = {}  # the last seq of a boot that is in a gap

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database and of the folder's lock."""
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()
        if self._lock is not None:
            self._lock.release()

    def remember_unit(self, uid: str, *, virtual: bool, now_utc_ms: int) -> None:
        """Note a unit that was met. A virtual one is confirmed by that; a known one stays as it is."""
        with self._writing() as connection:
            _remember(connection, uid, virtual, now_utc_ms)

    def name_unit(self, uid: str, seat: str) -> None:
        """Say which seat a unit stands at. DeskunitError for an unknown unit."""
        self._update_unit(uid, seat=seat)

    def confirm_unit(self, uid: str) -> None:
        """Let the unit's events count in exports, also those stored before."""
        self._update_unit(uid, is_confirmed=1)

    def set_agents(self, agents: Sequence[Agent]) -> None:
        """Take the list of agents as it is now; those no longer in it keep their names."""
        agent = schema.agent
        rows = [
            {"id": a.id, "name": a.name, "team": a.team, "level": a.level, "seat": a.seat}
            for a in agents
        ]
        with self._writing() as connection:
            connection.execute(update(agent).values(is_listed=0))
            for row in rows:
                known = connection.execute(update(agent).where(agent.c.id == row["id"]).values(row))
                if known.rowcount == 0:
                    connection.execute(insert(agent).values(**row, is_listed=1))
            ids = [row["id"] for row in rows]
            connection.execute(update(agent).where(agent.c.id.in_(ids)).values(is_listed=1))

    def begin_boot(
        self,
        uid: str,
        boot: str,
        *,
        fw: str,
        reset_cause: str,
        now_utc_ms: int,
        offset_ms: int | None = None,
        error_ms: int = 0,
    ) -> None:
        """Note a boot before its first event; older boots of a unit first. Once noted, it stays.

        Its clock is what `read_clock` was told; without a reading utc_ms = unit ms + offset_ms, right
        to within error_ms. LookupError: neither is there.
        """
        with self._writing() as connection:
            _remember(connection, uid, False, now_utc_ms)
            if times.find_clock(connection, uid, boot) is not None:
                return
            if not times.find_epochs(connection, uid, boot):
                if offset_ms is None:
                    raise LookupError(f"no reading of the clock of {uid} {boot}")
                given = Epoch(0, offset_ms, error_ms=error_ms)
                times.replace(connection, uid, boot, [given], now_utc_ms)
            moved = times.place(connection, uid, boot, None, now_utc_ms)
            times.begin(connection, uid, boot, fw, reset_cause, now_utc_ms)
            self._moved(connection, uid, moved, now_utc_ms)

    def begin_older_boot(self, record: Record, current: str, now_utc_ms: int) -> Changes:
        """A record came of a boot that is over, while its unit runs `current`. Before its commit, once.

        A boot of which no reading exists is put between its neighbours.
        """
        with self._writing() as connection:
            moved = times.begin_older(connection, record, current, now_utc_ms)
            self._clocks.pop((record.uid, record.boot), None)
            return self._moved(connection, record.uid, moved, now_utc_ms)

    def read_clock(self, uid: str, boot: str, reading: ClockReading, now_utc_ms: int) -> Changes:
        """A reading of the clock of the boot that the unit runs, before the events that came after it.

        Mostly it only confirms; says which intervals have another time now.
        """
        with self._writing() as connection:
            clock = self._clocks.get((uid, boot)) or times.find_clock(connection, uid, boot)
            moved = times.read(connection, uid, boot, clock, reading, now_utc_ms)
            if clock is not None:
                rows = tuple(times.find_epochs(connection, uid, boot))
                synced_ms = reading.at_ms if reading.measured else clock.synced_ms
                self._clocks[uid, boot] = replace(clock, epochs=rows, synced_ms=synced_ms)
            return self._moved(connection, uid, moved, now_utc_ms)

    def moment(self, uid: str, boot: str, ms: int) -> Moment:
        clock = self._clocks.get((uid, boot))
        return clock.moment(ms) if clock is not None else super().moment(uid, boot, ms)

    def commit(self, records: Sequence[Record], received_utc_ms: int) -> Commit:
        """Store a group durably: what follows the stored prefix of each boot, once.

        Sent again with the same line: ignored. With another line: put in quarantine. Beyond the
        prefix: not stored, unless the record is the oldest its unit holds; then what lies between
        becomes a gap. LookupError: begin_boot was not called for a boot.
        """
        with self._one_at_a_time:
            commit = self._commit(records, received_utc_ms)
            self._tops.update({(one.uid, one.boot): one.seq for one in commit.fresh})
            self._lost.update({(one.uid, one.boot): one.last for one in commit.gaps})
        return commit

    def _commit(self, records: Sequence[Record], received_utc_ms: int) -> Commit:
        with self._writing() as connection:
            prefix = {key: self._prefix(connection, *key) for key in _boots(records)}
            intake = Intake(prefix, lambda key: folding.find_line(connection, key))
            for record in records:
                intake.take(record)
            for key in {(gap.uid, gap.boot) for gap in intake.gaps}:
                self._clock(connection, *key)  # LookupError: a boot that nobody began
            fresh = list(intake.fresh.values())
            for event in fresh:
                self._fold(connection, event.uid)  # as it stood before them
            folding.store_facts(connection, intake, received_utc_ms)
            changes = self._fold_in(connection, fresh)
            self._note_words(connection, fresh, received_utc_ms)
            speaking.note_packs(connection, fresh)
            touched = promising.note_events(
                connection,
                fresh,
                lambda one: self._clock(connection, one.uid, one.boot).moment(one.ms),
                received_utc_ms,
            )
        return Commit(
            changes.changed,
            changes.dropped,
            prefix,
            fresh,
            intake.quarantined,
            intake.waiting,
            intake.gaps,
            intake.repeated,
            touched,
        )

    def has_boot(self, uid: str, boot: str) -> bool:
        """Whether begin_boot was called for it, in this run or before."""
        with self._writing() as connection:
            return times.find_clock(connection, uid, boot) is not None

    def prefix(self, uid: str, boot: str) -> int:
        """Up to which seq all of a boot is stored or declared lost; 0: nothing."""
        with self._writing() as connection:
            return self._prefix(connection, uid, boot)

    def heard(
        self, uid: str, boot: str, ms: int, top_seq: int, state: str, now_utc_ms: int
    ) -> Changes:
        """A heartbeat: the unit lives, and silence that was unknown turns out to be its state.

        If it names events that are not stored yet, its state waits for them. LookupError: no begin_boot.
        """
        with self._writing() as connection:
            clock = self._clock(connection, uid, boot)
            fold = self._fold(connection, uid)
            stored = self._top(connection, uid, boot)
            if stored > 0 and top_seq <= stored:
                clock = replace(clock, known_ms=max(clock.known_ms, ms), silent=False)
                self._clocks[uid, boot] = clock
                fold.heard(clock, ms)
            folding.update_boot(
                connection,
                uid,
                clock,
                last_ms=ms,
                heard_utc_ms=now_utc_ms,
                heard_seq=top_seq,
                heard_state=state,
            )
            # nothing but the last word moved: the boot's row has it, no need to write more
            return folding.write_changes(connection, [fold]) if fold.changes else Changes()

    def silent(self, uid: str, now_utc_ms: int) -> Changes:
        """No word from the unit any more: its state is unknown from its last one."""
        with self._writing() as connection:
            fold = self._fold(connection, uid)
            if not fold.boot:
                return Changes()
            fold.silent()
            silent = replace(self._clock(connection, uid, fold.boot), silent=True)
            self._clocks[uid, fold.boot] = silent
            folding.update_boot(connection, uid, silent, silent_utc_ms=now_utc_ms)
            return folding.write_changes(connection, [fold])

    def try_write(self) -> None:
        """Room for more and a durable write that changes nothing. DeskunitError: what is in the way."""
        check_room(self.file)
        migration = schema.migration
        with self._writing() as connection:
            connection.execute(update(migration).values(title=migration.c.title))

    @contextmanager
    def writing_callbacks(self) -> Iterator[CallbackWriter]:
        """One durable transaction about callbacks: whoever comes second sees what the first one wrote.

        What was erased in it is gone from every file of the database when it is over.
        """
        with self._one_at_a_time:
            with self._writing() as connection:
                writer = CallbackWriter(connection)
                yield writer
            if writer.has_erased and self._writer is not None:
                with readable_errors(self.file):
                    empty_wal(self._writer)

    @contextmanager
    def writing_corrections(self) -> Iterator[CorrectionWriter]:
        """One durable transaction about corrections: the rows beneath stand still meanwhile."""
        with self._writing() as connection:
            yield CorrectionWriter(connection)

    def rebuild(self, uid: str) -> Changes:
        """Derive a unit's intervals and its pack anew from its events; says which intervals differ."""
        with self._writing() as connection:
            speaking.derive_pack(connection, uid)
            return self._again(connection, uid, 0)

    def rebuild_all(self, progress: Progress | None = None) -> Rebuilt:
        """Derive all intervals, reducers and packs anew from the events; says how many rows were wrong.

        Takes room for the rows once more beside the database, until it is done. All or nothing.
        """
        if self._writer is None:
            raise RuntimeError("this Store was opened for reading")
        with (
            self._one_at_a_time,
            readable_errors(self.file),
            rebuilding.room(self.file) as folder,
        ):
            found = rebuilding.derive_all(self.file, folder, progress)
            with attached(self._writer, found.parts) as names, self._writing() as connection:
                changed, dropped = rebuilding.take_over(connection, names, found.units)
            self._folds.clear()
        return found.rebuilt(changed, dropped)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._writer is None:
            raise RuntimeError("this Store was opened for reading")
        with self._one_at_a_time, readable_errors(self.file):
            try:
                with self._writer.begin() as connection:
                    yield connection
            except BaseException:
                # Rolled back: what is remembered here may be ahead of the database.
                self._folds.clear()
                self._clocks.clear()
                self._tops.clear()
                self._lost.clear()
                raise

    def _update_unit(self, uid: str, **values: object) -> None:
        unit = schema.unit
        with self._writing() as connection:
            done = connection.execute(update(unit).where(unit.c.uid == uid).values(**values))
            if done.rowcount == 0:
                raise DeskunitError("unknown_unit", uid=uid)

    def _top(self, connection: Connection, uid: str, boot: str) -> int:
        """The last stored event of a boot; 0: none."""
        if (uid, boot) not in self._tops:
            event = schema.event
            last = select(func.max(event.c.seq)).where(event.c.uid == uid, event.c.boot == boot)
            self._tops[uid, boot] = connection.scalar(last) or 0
        return self._tops[uid, boot]

    def _prefix(self, connection: Connection, uid: str, boot: str) -> int:
        if (uid, boot) not in self._lost:
            gap = schema.gap
            lost = select(func.max(gap.c.last)).where(gap.c.uid == uid, gap.c.boot == boot)
            self._lost[uid, boot] = connection.scalar(lost) or 0
        return max(self._top(connection, uid, boot), self._lost[uid, boot])

    def _clock(self, connection: Connection, uid: str, boot: str) -> BootClock:
        if (uid, boot) not in self._clocks:
            clock = times.find_clock(connection, uid, boot)
            if clock is None:
                raise LookupError(f"begin_boot was not called for {uid} {boot}")
            self._clocks[uid, boot] = clock
        return self._clocks[uid, boot]

    def _fold(self, connection: Connection, uid: str) -> Fold:
        if uid not in self._folds:
            self._folds[uid] = folding.load_fold(connection, uid)
        return self._folds[uid]

    def _fold_in(self, connection: Connection, fresh: Sequence[Event]) -> Changes:
        late: dict[str, int] = {}
        folds: dict[str, Fold] = {}
        for event in fresh:
            clock = self._clock(connection, event.uid, event.boot)
            fold = folds[event.uid] = self._fold(connection, event.uid)
            if clock.boot_no < fold.boot_no:
                late[event.uid] = min(clock.boot_no, late.get(event.uid, clock.boot_no))
                continue
            if event.boot != fold.boot:
                folding.keep_fold(connection, event.uid, event.boot, fold)
            fold.take(clock, event)
        in_order = [fold for uid, fold in folds.items() if uid not in late]
        changes = folding.write_changes(connection, in_order)
        for uid, boot_no in late.items():  # words of an older boot after a newer one: all anew
            more = self._again(connection, uid, boot_no)
            changes = Changes(changes.changed + more.changed, changes.dropped + more.dropped)
        return changes

    def _moved(
        self, connection: Connection, uid: str, boot_no: int | None, now_utc_ms: int
    ) -> Changes:
        """Stored words have another time now from that boot on; None: none has."""
        changes = self._again(connection, uid, boot_no)
        if boot_no is not None:
            clocks = {clock.boot: clock for clock in times.clocks(connection, uid)}
            promising.retime(connection, uid, clocks, now_utc_ms)
        return changes

    def _again(self, connection: Connection, uid: str, boot_no: int | None) -> Changes:
        """Derive the intervals anew from that boot on; None: nothing to do."""
        if boot_no is None:
            return Changes()
        self._clocks = {key: clock for key, clock in self._clocks.items() if key[0] != uid}
        self._folds[uid], changes = folding.rebuild_unit(connection, uid, boot_no)
        return changes

    def _note_words(
        self, connection: Connection, fresh: Sequence[Event], received_utc_ms: int
    ) -> None:
        last = {(event.uid, event.boot): event.ms for event in fresh}
        known: dict[BootKey, BootClock] = {}
        for key, ms in last.items():
            clock = self._clock(connection, *key)
            known[key] = replace(clock, known_ms=max(clock.known_ms, ms), silent=False)
        self._clocks.update(known)
        folding.note_words(connection, known, received_utc_ms)


def _remember(connection: Connection, uid: str, virtual: bool, now_utc_ms: int) -> None:
    unit = schema.unit
    if connection.execute(select(unit.c.uid).where(unit.c.uid == uid)).first() is None:
        connection.execute(
            insert(unit).values(
                uid=uid,
                seat="",
                is_virtual=int(virtual),
                is_confirmed=int(virtual),
                first_seen_utc_ms=now_utc_ms,
            )
        )


def _boots(records: Sequence[Record]) -> list[BootKey]:
    return list(dict.fromkeys((one.uid, one.boot) for one in records))
