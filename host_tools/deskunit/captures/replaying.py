"""Feeds a capture through the logger's own Session, Recorder and Store, at the recorded times.

The session is told what the recorded host asked and writes nothing. What a capture lacks because it
began late or heard only the unit is put in: a hello and an opening.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from deskunit import wire
from deskunit.captures.decoding import Decoding, Item
from deskunit.captures.lines import Chunk
from deskunit.captures.reading import Capture
from deskunit.captures.survey import Counts, Survey
from deskunit.effects import Alarm, AlarmsOver, Answered, Arrived, Effect, Noted
from deskunit.logger.recorder import Recorder
from deskunit.probing import SYNC_WAIT_MS
from deskunit.session import Session
from deskunit.settings import Settings
from deskunit.store import Store

TICK_MS = 500
GROUP_MS = 100
QUIET_MS = 20_000  # after it a silent unit is unknown, and more ticks change nothing
FOR_A_PERSON = (Noted, Alarm, AlarmsOver, Answered)


@dataclass(frozen=True)
class Replayed:
    """What a capture held, and what of it the store took now."""

    counts: Counts
    events: int
    gaps: int
    quarantined: int
    uids: tuple[str, ...]
    cut_off: bool


def replay(capture: Capture, found: Survey, store: Store) -> Replayed:
    """Store what the capture tells; units that were unknown so far are confirmed by it."""
    known = {one.uid for one in store.units()}
    before = _sizes(store)
    player = Player(capture, store, found)
    for chunk in capture.chunks():
        player.take(chunk)
    player.finish(found.last_ms)
    uids = tuple(one.uid for one in store.units() if one.uid not in known)
    for one in uids:
        store.confirm_unit(one)
    events, gaps, quarantined = (
        now - then for now, then in zip(_sizes(store), before, strict=True)
    )
    return Replayed(found.counts, events, gaps, quarantined, uids, capture.cut_off)


def _sizes(store: Store) -> tuple[int, int, int]:
    return sum(1 for _ in store.events()), len(store.gaps()), len(store.quarantine())


class Player:
    """One session after another, as the port was opened, at one recorder."""

    def __init__(self, capture: Capture, store: Store, found: Survey) -> None:
        self._header = capture.header
        self._found = found
        self._recorder = Recorder(store, Settings())
        self._session = _session()
        self._decoding = Decoding()
        self._ms = 0
        self._group: list[tuple[Session, Effect]] = []
        self._group_ms = 0

    def take(self, chunk: Chunk) -> None:
        """Let time pass up to this chunk, then hear it."""
        self._pass_time(chunk.ms)
        said = list(self._decoding.feed(chunk))
        if chunk.direction == "!":
            self._release()
            self._session = _session()
        for item in said:
            if isinstance(item.what, wire.ToUnit):
                self._session.overhear(item.what, self._now_ms(chunk.ms))
            elif chunk.direction == "<":
                self._open_for(item)
        if chunk.direction == "<":
            self._hear(chunk.data)

    def finish(self, last_ms: int) -> None:
        """What waits for the first time probes is not waited for any longer."""
        self._pass_time(last_ms + SYNC_WAIT_MS + TICK_MS)
        self._commit()

    def _release(self) -> None:
        """The port was closed: its session's events wait for no more time probes."""
        utc_ms, now_ms = self._utc_ms(self._ms), self._now_ms(self._ms)
        self._keep(self._session.tick(utc_ms + SYNC_WAIT_MS, now_ms + SYNC_WAIT_MS))

    def _now_ms(self, ms: int) -> int:
        return self._header.monotonic_ms + ms

    def _utc_ms(self, ms: int) -> int:
        return self._header.utc_ms + ms

    def _hear(self, data: bytes) -> None:
        self._keep(self._session.receive(data, self._utc_ms(self._ms), self._now_ms(self._ms)))

    def _open_for(self, item: Item) -> None:
        """Put in the opening of a session that the capture does not show."""
        what = item.what
        if self._session.open:
            return
        if isinstance(what, wire.EventFrame | wire.Heartbeat):
            hello = self._found.hello(what.boot, item.ms, what.ms)
        elif isinstance(what, wire.Gap):
            hello = self._found.hello(what.boot, item.ms, 0)
        else:
            return
        self._hear(hello)
        opening = wire.Open(wire.PROTOCOL_MAJOR, "00000000", "replay")
        self._session.overhear(opening, self._now_ms(item.ms))
        self._hear(hello)

    def _pass_time(self, ms: int) -> None:
        for tick_ms in ticks(self._ms, ms):
            self._ms = tick_ms
            utc_ms, now_ms = self._utc_ms(tick_ms), self._now_ms(tick_ms)
            self._keep(self._session.tick(utc_ms, now_ms))
            if tick_ms - self._group_ms >= GROUP_MS:
                self._commit()
            self._recorder.tick(utc_ms, now_ms)
        self._ms = ms

    def _keep(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, FOR_A_PERSON):
                continue
            if not self._group:
                self._group_ms = self._ms
            self._group.append((self._session, self._opened_up(effect)))

    def _opened_up(self, effect: Effect) -> Effect:
        """What came before the capture began is missing here: its first event opens the prefix."""
        if isinstance(effect, Arrived):
            event = effect.event
            if self._found.nothing_before(event.boot, event.seq):
                return Arrived(replace(event, oldest=True))
        return effect

    def _commit(self) -> None:
        if self._group:
            self._recorder.apply(self._group, self._utc_ms(self._ms))
            self._group = []


def _session() -> Session:
    return Session("replay", lambda: "00000000")


def ticks(from_ms: int, to_ms: int) -> Iterator[int]:
    """When to look between two chunks: at `to_ms`, and often in the first 20 s of a silence."""
    yield from range(from_ms + TICK_MS, min(to_ms, from_ms + QUIET_MS), TICK_MS)
    yield to_ms
