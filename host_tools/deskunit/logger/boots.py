"""Which boot each unit runs, and the readings of its clock on their way into the store.

The recorder calls it before it commits records. A reading that the store could not take (disk full)
waits here and goes first the next time.
"""

import logging
from collections.abc import Callable, Iterable

from deskunit.clock import ClockReading
from deskunit.effects import Begun, Synced
from deskunit.events import BootKey, Event, Record
from deskunit.store import Changes, Store

log = logging.getLogger("deskunit")


class Boots:
    """Notes a boot in the store with its first record, never earlier: that makes the boots' order."""

    def __init__(self, store: Store, on_changes: Callable[[Changes], None]) -> None:
        self._store = store
        self._on_changes = on_changes
        self.current: dict[str, Begun] = {}  # uid → the boot that it lives in now
        self.off_s: dict[str, int] = {}  # uid → between the last word before and that boot
        self.held_s: dict[
            str, int
        ] = {}  # uid → from the beginning of its state before to that boot
        self._unwritten: dict[BootKey, list[ClockReading]] = {}
        self._begun: set[BootKey] = set()
        self._stored: set[BootKey] = set()

    def hear(self, effect: Begun | Synced) -> None:
        """Keep what a session said of a unit's time; no disk is needed for it."""
        uid, boot = effect.uid, effect.boot
        if isinstance(effect, Begun):
            self.current[uid] = effect
            # what comes of other boots from now on comes without a reading
            self._begun = {key for key in self._begun if key[0] != uid or key[1] == boot}
        self._unwritten.setdefault((uid, boot), []).append(effect.reading)

    @property
    def unwritten(self) -> list[str]:
        """The units of which readings wait."""
        return sorted({uid for uid, _ in self._unwritten})

    def write(self, uid: str, now_utc_ms: int) -> None:
        """Give the store the readings of a unit that wait."""
        for key in [key for key in self._unwritten if key[0] == uid]:
            waiting = self._unwritten[key]
            while waiting:
                self._on_changes(self._store.read_clock(*key, waiting[0], now_utc_ms))
                del waiting[0]
            del self._unwritten[key]

    def is_stored(self, uid: str, boot: str) -> bool:
        """Whether a record of the boot is in the store."""
        if (uid, boot) not in self._stored and self._store.has_boot(uid, boot):
            self._stored.add((uid, boot))
        return (uid, boot) in self._stored

    def is_begun(self, record: Record) -> bool:
        """Whether the store is ready for records of this boot in this session."""
        return (record.uid, record.boot) in self._begun

    def begin(self, record: Record, now_utc_ms: int) -> bool:
        """Make the store ready for them. False: the unit said no hello in this run."""
        if self.is_begun(record):
            return True
        key = (record.uid, record.boot)
        current = self.current.get(record.uid)
        if current is None:
            log.warning("unit %s sent events of boot %s before its hello", *key)
            return False
        if record.boot == current.boot:
            self._store.begin_boot(
                *key, fw=current.fw, reset_cause=current.reset_cause, now_utc_ms=now_utc_ms
            )
        else:
            self._on_changes(self._store.begin_older_boot(record, current.boot, now_utc_ms))
        self._begun.add(key)
        self._stored.add(key)
        return True

    def forget(self, uid: str) -> None:
        """The unit runs another boot: what was measured for the one before is over."""
        self.off_s.pop(uid, None)
        self.held_s.pop(uid, None)

    def measure_off(self, uid: str) -> None:
        """How long the unit was away before its current boot, and in its state, by what is stored."""
        current = self.current.get(uid)
        if current is None:
            return
        before_utc_ms = self._store.previous_boot_heard(uid, current.boot)
        began_utc_ms = self._store.state_began_before(uid, current.boot)
        for since_ms, found in ((before_utc_ms, self.off_s), (began_utc_ms, self.held_s)):
            found.pop(uid, None)
            if since_ms is not None:
                found[uid] = max(0, current.start_utc_ms - since_ms) // 1000

    def later(self, events: Iterable[Event]) -> set[str]:
        """The units of which events of an older boot are among these."""
        current = {uid: begun.boot for uid, begun in self.current.items()}
        return {one.uid for one in events if current.get(one.uid, one.boot) != one.boot}
