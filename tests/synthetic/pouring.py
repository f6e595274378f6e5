"""Gives a store the words of the synthetic units, eight hours of all of them at a time, as a logger would."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from operator import attrgetter
from typing import Any

import msgspec
from desk_unit import FIRMWARE, Promise, Word
from deskunit.clock import RATE_PPB, ClockReading
from deskunit.events import Event, Lost, Record
from deskunit.store import Store

PORTION_MS = 8 * 3_600_000
LEARNT_MS = 600_000  # by then the logger knows the rate of a unit's crystal
Part = tuple[list[Word], list[Word]]  # what comes before some events, and they


class Pouring:
    """Numbers the callbacks in the order in which they are committed, as the store does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.callbacks = 0
        self.numbers: dict[int, int] = {}  # id of the promise's word → number
        self.kinds: Counter[str] = Counter()

    def pour(self, units: Sequence[Sequence[Word]]) -> None:
        portions: dict[int, dict[int, list[Word]]] = {}
        for number, words in enumerate(units):
            for word in words:
                portions.setdefault(word.utc_ms // PORTION_MS, {}).setdefault(number, []).append(
                    word
                )
        for _, portion in sorted(portions.items()):
            for parts in zip_longest(*(_parts(words) for words in portion.values())):
                self._together([part for part in parts if part is not None])

    def _together(self, parts: Sequence[Part]) -> None:
        for before, _ in parts:
            for word in before:
                self._hear(word)
        words = sorted((word for _, some in parts for word in some), key=attrgetter("utc_ms"))
        for word in words:
            if word.kind == "callback":
                self.callbacks += 1
                self.numbers[id(word)] = self.callbacks
        if words:
            commit = self.store.commit([self._record(word) for word in words], words[-1].utc_ms)
            assert not commit.waiting and not commit.quarantined

    def _hear(self, word: Word) -> None:
        store, uid, boot, now = self.store, word.uid, word.boot, word.utc_ms
        if word.what == "heard":
            store.heard(uid, boot, word.ms, word.seq, word.kind, now)
        elif word.what == "silent":
            store.silent(uid, now)
        else:
            rate_ppb = word.ms
            first = ClockReading(1_500, now, 30, 0, RATE_PPB)
            store.read_clock(uid, boot, first, now + 1_500)
            store.begin_boot(uid, boot, fw=FIRMWARE, reset_cause="PWRON", now_utc_ms=now + 1_500)
            gained_ms = -LEARNT_MS * rate_ppb // 1_000_000_000
            later = ClockReading(LEARNT_MS, now + gained_ms, 2, -rate_ppb, 12_000)
            store.read_clock(uid, boot, later, now + LEARNT_MS)

    def _record(self, word: Word) -> Record:
        if word.what == "lost":
            line = _line("X", word.boot, word.seq, word.last, word.kind)
            return Lost(word.uid, word.boot, word.seq, word.last, word.kind, line)
        self.kinds[word.kind] += 1
        body = word.body
        if isinstance(body.get("cb"), Promise):
            body = body | {"cb": self.numbers[id(body["cb"].word)]}
        line = _line("E", 0, word.boot, word.seq, word.ms, word.kind, body)
        return Event(word.uid, word.boot, word.seq, word.ms, word.kind, body, line)


def _line(*payload: Any) -> str:
    return msgspec.json.encode(payload).decode()


def _parts(words: Sequence[Word]) -> Iterator[Part]:
    """Runs of what is not an event, each with the events after it."""
    before: list[Word] = []
    events: list[Word] = []
    for word in words:
        if word.what in ("event", "lost"):
            events.append(word)
            continue
        if events:
            yield before, events
            before, events = [], []
        before.append(word)
    yield before, events
