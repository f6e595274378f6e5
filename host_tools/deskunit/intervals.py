"""Turns one unit's events into its intervals of state: a plain reducer, pure, time comes as data.

The store feeds it with committed events in order and writes what it changes; a full rebuild feeds
it with everything and must give the same rows. It knows no database and no clock.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from deskunit import epochs
from deskunit.clock import RATE_PPB, STEP_MS, grown_ms
from deskunit.epochs import BOUNDED, SYNCED, Epoch
from deskunit.events import Event, Told
from deskunit.reasons import LOGIN, UNSPECIFIED
from deskunit.states import CAUSE_OF_BY, HOLD, NOT_READY, SIGNED_OUT, UNIT_STATES, UNKNOWN

_UNIT_STATES = frozenset(UNIT_STATES)


class Interval(Struct, frozen=True, gc=False):
    """One state of one unit, half-open [start, end); an open one has no end and no duration.

    (boot, seq) is the event that opened it. An `unknown` interval is opened by no event: it carries
    the last event known before it, and its row_id ends in `u`. A struct: a rebuild makes millions.
    """

    uid: str
    boot: str
    seq: int
    state: str
    start_ms: int  # unit's clock, in `boot`
    start_utc_ms: int
    cause: str
    end_utc_ms: int | None = None
    duration_ms: int | None = None  # unit's clock inside one boot, else UTC's
    reason_code: int | None = None  # with not_ready only
    agent_id: str | None = None
    sign_in: str | None = None  # uid-boot-seq of the sign-in that this belongs to
    call_no: int | None = None
    hold_no: int | None = None
    not_taken: bool = False  # a hold that the caller declined
    resumed: bool = False  # confirmed after a power cut
    end_inferred: bool = False  # the end is the last word heard, not an event
    time_error_ms: int = 0  # start and end are wrong by at most this
    time_quality: str = SYNCED  # or bounded: placed between what is known

    @property
    def row_id(self) -> str:
        """uid-boot-seq, unique, the same in every export."""
        return f"{self.uid}-{self.boot}-{self.seq}" + ("u" if self.state == UNKNOWN else "")


class Moment(Struct, frozen=True, gc=False):
    """An instant of a unit's life, and how sure its UTC is."""

    ms: int
    utc_ms: int
    error_ms: int
    quality: str


def moment(epoch: Epoch, ms: int) -> Moment:
    """What the ms are by that epoch."""
    error_ms = epoch.error(ms) if epoch.drift_ppb else epoch.error_ms
    return Moment(ms, ms + epoch.offset(ms), error_ms, epoch.quality)


@dataclass(frozen=True, slots=True)
class BootClock:
    """How the ms of one boot become UTC, and up to when (unit's ms) its state is known."""

    boot: str
    boot_no: int  # order of this unit's boots
    epochs: tuple[Epoch, ...]
    known_ms: int = 0
    silent: bool = False
    synced_ms: int = 0  # of the last reading that the epochs agree with

    def at(self, ms: int) -> Epoch:
        last = self.epochs[-1]
        return last if ms >= last.from_ms else epochs.find(self.epochs, ms)

    def moment(self, ms: int) -> Moment:
        return moment(self.at(ms), ms)


@dataclass(slots=True)
class Fold:
    """What is known of one unit after its last event; the store keeps it with the rows."""

    uid: str
    boot: str = ""
    boot_no: int = 0
    seq: int = 0
    last: Moment | None = None  # the last event
    known_ms: int = 0  # of the last event, or of a heartbeat that named no later one
    epoch: Epoch = field(default_factory=lambda: Epoch(0, 0))  # at known_ms
    open: Interval | None = None
    before: Interval | None = None  # the last known interval, while `open` is unknown
    quiet: Interval | None = None  # what is open again if the next word shows no loss
    changes: dict[str, Interval | None] = field(default_factory=dict)  # row_id -> row, None: gone

    def take(self, clock: BootClock, event: Event | Told) -> None:
        """The next stored event of this unit. Missing seq before it are a declared gap."""
        if event.boot != self.boot:
            self._new_boot(clock)
        else:
            if self.quiet is not None:
                self._continue()
            if event.seq != self.seq + 1 and self.last is not None:
                self._cut(self.last)
        self.seq, ms = event.seq, event.ms
        self.last = at = self._moment(clock.at(ms), ms)
        if ms > self.known_ms or clock.known_ms > self.known_ms:
            self._known(clock, max(ms, clock.known_ms))
        kind = event.kind
        if kind == "st":
            self._state(event, at)
        elif kind == "boot" and "st" not in event.body:
            self._begin(event, at, SIGNED_OUT, "boot")
        elif kind == "rsn":
            self._reason(event)
        elif self.open is None:
            self._unknown(at, None)

    def heard(self, clock: BootClock, ms: int) -> None:
        """A heartbeat, nothing missing before it: what silence made unknown was the state."""
        if clock.boot == self.boot:
            self._continue()
            self._known(clock, ms)

    def silent(self) -> None:
        """No word from the unit any more: unknown from its last one."""
        if self.open is not None and self.open.state != UNKNOWN:
            self.quiet = self.open
            self._cut(self._moment(self.epoch, self.known_ms))

    def _known(self, clock: BootClock, ms: int) -> None:
        self.known_ms = max(self.known_ms, ms)
        self.epoch = clock.at(self.known_ms)

    def _moment(self, epoch: Epoch, ms: int) -> Moment:
        """A later word is never put before an earlier one by what the clocks may be wrong.

        What goes back further than that is a step of the host's clock, and stays visible.
        """
        now, last = moment(epoch, ms), self.last
        if last is None or now.utc_ms >= last.utc_ms:
            return now
        return self._kept_in_order(now, last)

    def _kept_in_order(self, now: Moment, last: Moment) -> Moment:
        # how far apart two neighbours may be says nothing about their order
        slack_ms = sum(one.error_ms for one in (now, last) if one.quality == SYNCED)
        moved_ms = last.utc_ms - now.utc_ms
        if moved_ms > STEP_MS + slack_ms:
            return now
        error_ms = min(max(now.error_ms, last.error_ms), now.error_ms + moved_ms)
        return replace(now, utc_ms=last.utc_ms, error_ms=error_ms)

    def _put(self, row: Interval) -> Interval:
        self.changes[row.row_id] = row
        return row

    def _new_boot(self, clock: BootClock) -> None:
        if self.boot:
            self.last = self._moment(self.epoch, self.known_ms)
            self._cut(self.last)
        self.boot, self.boot_no = clock.boot, clock.boot_no
        self.seq = self.known_ms = 0
        self.epoch = clock.at(0)
        self.quiet = None

    def _cut(self, at: Moment) -> None:
        """The open state is known only up to `at`; unknown from there."""
        if self.open is not None and self.open.state != UNKNOWN:
            self.before = self._close(self.open, at, self.boot, inferred=True)
            self._unknown(at, self.before)

    def _unknown(self, at: Moment, known: Interval | None) -> None:
        self.open = self._put(
            Interval(
                uid=self.uid,
                boot=self.boot,
                seq=self.seq,
                state=UNKNOWN,
                start_ms=at.ms,
                start_utc_ms=at.utc_ms,
                cause="inferred",
                agent_id=known.agent_id if known else None,
                sign_in=known.sign_in if known else None,
                time_error_ms=at.error_ms,
                time_quality=at.quality,
            )
        )

    def _continue(self) -> None:
        """Same boot, nothing stored since: the silence was the cable's, the state went on."""
        if self.quiet is not None and self.open is not None:
            self.changes[self.open.row_id] = None
            self.open = self._put(self.quiet)
            self.before = self.quiet = None

    def _close(self, row: Interval, at: Moment, boot: str, *, inferred: bool) -> Interval:
        is_same_boot = row.boot == boot
        end = _own_end(row, at) if is_same_boot else at
        end_utc_ms = end.utc_ms if end.utc_ms > row.start_utc_ms else row.start_utc_ms
        return self._put(
            replace(
                row,
                end_utc_ms=end_utc_ms,
                duration_ms=(
                    at.ms - row.start_ms if is_same_boot else end_utc_ms - row.start_utc_ms
                ),
                end_inferred=inferred,
                time_error_ms=max(row.time_error_ms, end.error_ms),
                time_quality=end.quality if row.time_quality == SYNCED else BOUNDED,
            )
        )

    def _state(self, event: Event | Told, at: Moment) -> None:
        body = event.body
        if not _is_understood(body):
            self._cut(at)
            return
        state = body["to"]
        if self.open is not None and self.open.state == HOLD and body.get("nt"):
            self.open = replace(self.open, not_taken=True)
        self._begin(event, at, state, CAUSE_OF_BY[body["by"]], self._sign_in(event, state))

    def _sign_in(self, event: Event | Told, state: str) -> str | None:
        """The sign-in that this state belongs to: the running one, or a new one begun here."""
        if state == SIGNED_OUT:
            return None
        running = self.before if self.before is not None else self.open
        if running is not None and running.sign_in and self._same(running, event.body):
            return running.sign_in
        return f"{self.uid}-{self.boot}-{event.seq}"

    def _same(self, running: Interval, body: Mapping[str, Any]) -> bool:
        if running.agent_id != body.get("ag"):
            return False
        if self.open is running:
            return True
        if running.boot != self.boot:  # a power cut: only the agent's own word carries it on
            return bool(body.get("rs"))
        # lost events: calls are numbered from 1 in each sign-in, and reason 90 is a fresh one
        return body.get("rc") != LOGIN and (body.get("call") or 0) >= (running.call_no or 0)

    def _begin(
        self, event: Event | Told, at: Moment, state: str, cause: str, sign_in: str | None = None
    ) -> None:
        if self.open is not None:
            last = self.open
            if last.state == UNKNOWN and last.sign_in != sign_in:
                last = replace(last, agent_id=None, sign_in=None)
            self._close(last, at, event.boot, inferred=False)
        self.before = None
        body = event.body if event.kind == "st" else {}
        self.open = self._put(
            Interval(
                uid=self.uid,
                boot=self.boot,
                seq=event.seq,
                state=state,
                start_ms=event.ms,
                start_utc_ms=at.utc_ms,
                cause=cause,
                reason_code=body.get("rc", UNSPECIFIED) if state == NOT_READY else None,
                agent_id=body.get("ag") if state != SIGNED_OUT else None,
                sign_in=sign_in,
                call_no=body.get("call"),
                hold_no=body.get("hold"),
                resumed=bool(body.get("rs")),
                time_error_ms=at.error_ms,
                time_quality=at.quality,
            )
        )

    def _reason(self, event: Event | Told) -> None:
        """The reason chosen late holds for the whole interval that its menu's press opened."""
        code = event.body.get("rc")
        if self.open is not None and _is_completed(self.open, event):
            self.open = self._put(replace(self.open, reason_code=code))
        elif self.before is not None and _is_completed(self.before, event):
            self.before = self._put(replace(self.before, reason_code=code))


def _own_end(row: Interval, at: Moment) -> Moment:
    """Where a row's own time ends: where the next starts, but when the host's clock was set in it."""
    duration_ms = at.ms - row.start_ms
    utc_ms = row.start_utc_ms + duration_ms
    apart_ms = abs(at.utc_ms - utc_ms)
    if apart_ms <= STEP_MS or apart_ms <= STEP_MS + grown_ms(2 * RATE_PPB, duration_ms):
        return at
    error_ms = row.time_error_ms + grown_ms(RATE_PPB, duration_ms)
    return Moment(at.ms, utc_ms, error_ms, row.time_quality)


def _is_completed(row: Interval, event: Event | Told) -> bool:
    opened_by = (event.boot, event.body.get("of"))
    is_code = isinstance(event.body.get("rc"), int)
    return is_code and row.state == NOT_READY and (row.boot, row.seq) == opened_by


def _is_understood(body: Mapping[str, Any]) -> bool:
    """False for words of a newer firmware: the state is then unknown, never a guess."""
    to, by = body.get("to"), body.get("by")
    return (
        isinstance(to, str)
        and to in _UNIT_STATES
        and isinstance(by, str)
        and by in CAUSE_OF_BY
        and (to == SIGNED_OUT or isinstance(body.get("ag"), str))
        and isinstance(body.get("rc", 0), int)
        and isinstance(body.get("call", 0), int)
        and isinstance(body.get("hold", 0), int)
    )


def rebuild(
    fold: Fold, boots: Iterable[tuple[BootClock, Iterable[Event | Told]]]
) -> Iterator[tuple[BootClock, dict[str, Interval | None]]]:
    """Feed a fold with all that came after it, boots in their order; the changes boot by boot."""
    for clock, events in boots:
        for event in events:
            fold.take(clock, event)
        fold.heard(clock, clock.known_ms)
        if clock.silent and fold.boot == clock.boot:
            fold.silent()
        changes, fold.changes = fold.changes, {}
        yield clock, changes
