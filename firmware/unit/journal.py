"""Every event from its making until the host has it: newest in RAM, the rest on flash, in one order.

An event that is not acknowledged within 250 ms is appended to flash; its tick may show then. The desk
adds, the window reads and acknowledges, the app lets it `work` when no button is down.
A place is one of `segments`, or (RAM, seq, "", 0).
"""

from micropython import const

from unit import codec
from unit.ring import Ring
from unit.segments import Segments

PENDING = const(0)  # what the header's mark says of this boot's events
ON_FLASH = const(1)
ACKED = const(2)

_RAM = const(1 << 29)  # beyond any file's number
_FLUSH_MS = const(250)
_FLUSH_BYTES = const(4096)  # a flush of so much takes up to 0.4 s
_RETRY_MS = const(2000)
_RETRY_MAX_MS = const(60000)
_IDLE_MS = const(1000)
_KEPT_BYTES = const(2048)


class Journal:
    """`kept`: the chip's memory that survives a reset (read, write), or None."""

    def __init__(self, storage, boot, kept=None):
        self.boot = boot
        self.ring = Ring(boot)
        self.segments = Segments(storage)
        self._thinning = None
        self.acked = 0  # the host has all of this boot up to here
        self.flushed = 0  # flash has, or had, all of this boot up to here
        self.lost = 0  # events that RAM dropped before flash took them
        self.fault = ""  # why flash refuses, "" while it does not
        self._kept = kept
        self._kept_any = False
        self._lost_from = 0  # first of them, while no gap on flash says so
        self._ms = 0
        self._dirty_ms = None  # since when the oldest event waits for host or flash
        self._urgent = False
        self._retry_ms = 0
        self._wait_ms = _RETRY_MS
        if kept:
            self._take_kept(kept.read())
        if self.segments.has_gaps:
            self._thinner().finish()
        self.segments.scan()

    def _thinner(self):
        """Its code need not be on the heap of a unit whose journal never was full."""
        if self._thinning is None:
            from unit.thinning import Thinning

            self._thinning = Thinning(self.segments)
        return self._thinning

    @property
    def top(self):
        """The newest seq of this boot."""
        return self.ring.top

    @property
    def safe_top(self):
        """All of this boot up to here survive a power cut: on flash or with the host."""
        return max(self.acked, self.flushed)

    @property
    def mark(self):
        """PENDING, ON_FLASH or ACKED."""
        if self.top > self.safe_top:
            return PENDING
        return ACKED if self.acked == self.top and not self.segments.boots else ON_FLASH

    # -- the desk's side

    def add(self, ms, kind, pairs):
        """Keep one event; returns its seq. `ms` never falls: the promise of docs/protocol.md."""
        self._ms = max(self._ms, ms)
        ring = self.ring
        seq = ring.top + 1
        line = codec.event_payload(0, self.boot, seq, self._ms, kind, pairs).encode()
        while not ring.put(line):
            self._drop()
        if self._kept:
            self._keep()
        return seq

    def line(self, seq):
        """The payload (bytes, flags 0) of an event of this boot in RAM. IndexError: not there."""
        return self.ring.line(seq)

    def _drop(self):
        """RAM is full; what flash has not taken yet is lost, and said so."""
        seq = self.ring.first
        if seq > self.safe_top:
            self.lost += 1
            if not self._lost_from:
                self._lost_from = seq
        self.ring.drop()

    # -- over a reset

    def _keep(self):
        """The newest events that are nowhere else, as lines, into memory that survives a reset."""
        lines = []
        room = _KEPT_BYTES
        seq = self.top
        while seq > self.safe_top and seq >= self.ring.first:
            line = codec.sealed(self.ring.line(seq))
            room -= len(line)
            if room < 0:
                break
            lines.insert(0, line)
            seq -= 1
        self._kept.write(b"".join(lines))
        self._kept_any = bool(lines)

    def _take_kept(self, data):
        """What the boot before could not flush any more; lines that flash has are skipped in reading."""
        lines = [line + b"\n" for line in data.split(b"\n") if codec.record(line)]
        if not lines:
            return
        try:
            self.segments.append(b"".join(lines))
            self._kept.write(b"")
        except OSError as error:
            self.fault = str(error)

    # -- the window's side

    @property
    def moves(self):
        """Changes when places noted before are good no more."""
        return self._thinning.done if self._thinning else 0

    def held(self):
        """[[boot, first, last]] of what the host does not have, oldest boot first."""
        found = self.segments.boots[:]
        if self.acked < self.top:
            found.append([self.boot, self.acked + 1, self.top])
        return found

    def start(self):
        """The place of the oldest record that the host does not have."""
        return self.segments.base

    def read(self, place):
        """(boot, first, last, payload, place after it) of the next record, None when all are read."""
        while place[0] < _RAM:
            found = self.segments.read(place)
            if found is None or self._in_ram(found):
                place = (_RAM, place[3] + 1 if place[2] == self.boot else 0, "", 0)
            elif self._is_wanted(found):
                return found
            else:
                place = found[4]
        return self._read_ram(place[1])

    def _in_ram(self, found):
        return found[0] == self.boot and found[2] >= self.ring.first

    def _is_wanted(self, found):
        if found[0] == self.boot:
            return found[2] > self.acked
        for boot, first, _ in self.segments.boots:
            if boot == found[0]:
                return found[2] >= first
        return False

    def _read_ram(self, seq):
        ring = self.ring
        seq = max(seq, self.acked + 1)
        if seq < ring.first:
            if not self._lost_from or seq < self._lost_from:
                return self._read_dropped(seq)
            return self._gap(seq, "ring")
        if seq > ring.top:
            return None
        return self.boot, seq, seq, ring.line(seq), (_RAM, seq + 1, "", 0)

    def _read_dropped(self, seq):
        """A record that was in RAM when its place was noted and is on flash alone now."""
        found = self.segments.read(self.segments.base)
        while found and not (found[0] == self.boot and found[2] >= seq):
            found = self.segments.read(found[4])
        return found or self._gap(seq, "damaged")

    def _gap(self, seq, why):
        """The record of what is missing from `seq` up to the oldest in RAM."""
        last = self.ring.first - 1
        payload = codec.gap_payload(self.boot, seq, last, why)
        return self.boot, seq, last, payload, (_RAM, last + 1, "", 0)

    def ack(self, boot, last, place):
        """The host has all up to `last` of `boot`, whose record ends at `place`."""
        if boot == self.boot:
            self.acked = last
            while self.ring.first <= min(last, self.ring.top):
                self.ring.drop()
            if self._lost_from and last >= self._lost_from:
                self._lost_from = last + 1 if last + 1 < self.ring.first else 0
            self._dirty_ms = None
        if place[0] < _RAM:
            self.segments.trim(boot, last, place)
        if boot == self.boot and last >= self.flushed:
            self.segments.clear()
            if self._kept_any and last == self.top:
                self._keep()

    # -- flash

    def flush_soon(self):
        """Whatever is not safe yet goes to flash as soon as `work` is called."""
        self._urgent = True

    @property
    def is_flushed(self):
        """True when nothing waits for flash, or flash refuses."""
        return self.top <= self.safe_top or bool(self.fault)

    def wait_ms(self, now_ms):
        """How long `work` has nothing to do; 0 or less: now."""
        if self.top <= self.safe_top:
            self._dirty_ms = None
            self._urgent = False
            return 0 if self.segments.doomed and now_ms >= self._retry_ms else _IDLE_MS
        if self._dirty_ms is None:
            self._dirty_ms = now_ms
        due_ms = now_ms if self._urgent else self._dirty_ms + _FLUSH_MS
        return max(due_ms, self._retry_ms) - now_ms

    def work(self, now_ms):
        """One piece of work on flash, up to 0.4 s long. OSError becomes `fault`; it is tried again."""
        try:
            if self.top > self.safe_top:
                self._flush()
            else:
                self.segments.tidy()
            self.fault = ""
            self._wait_ms = _RETRY_MS
        except OSError as error:
            self.fault = str(error) or "OSError"
            self._retry_ms = now_ms + self._wait_ms
            self._wait_ms = min(2 * self._wait_ms, _RETRY_MAX_MS)

    def _flush(self):
        """Append what RAM alone has, as much as one piece of work may take."""
        lines = []
        size = 0
        last = self.safe_top
        while size < _FLUSH_BYTES:
            found = self._read_ram(last + 1)
            if found is None:
                break
            line = codec.sealed(found[3])
            lines.append(line)
            size += len(line)
            last = found[2]
        if self.segments.is_full(size) and not self._thinner().make_room(size):
            return
        self.segments.append(b"".join(lines))
        self.flushed = last
        if self._lost_from and last >= self._lost_from:
            self._lost_from = 0
        if self._kept:
            self._keep()
