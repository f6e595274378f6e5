"""A unit at work on LittleFS; each change of the flash and each fact (made, safe, with the host) is noted.

A fact stands with the number of changes that had been done by then: whenever the power goes, it is known
what was promised.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from littlefs_board import BLOCKS, ERASED, Array, Blocks, Change, Storage
from model_unit import Chip
from unit import saves
from unit.recorder import Recorder

JOURNAL_BYTES = 40_000
TEXT = "王芳 asks about the order of last week, line 3 " * 3

BootSeq = tuple[str, int]
Fact = tuple[int, str, Any]  # changes done by then, what, value


@dataclass
class Known:
    """What is true at one moment. `host`: with it, stored or as a gap. `saved`: the snapshot."""

    made: dict[BootSeq, str] = field(default_factory=dict)
    ticked: dict[str, int] = field(default_factory=dict)
    host: set[BootSeq] = field(default_factory=set)
    saved: list[Any] = field(
        default_factory=lambda: [None]
    )  # the one before, the one being written

    def learn(self, what: str, value: Any) -> None:
        if what == "made":
            self.made[value[:2]] = value[2]
        elif what == "ticked":
            self.ticked[value[0]] = value[1]
        elif what == "host":
            self.host.update(value)
        elif what == "saving":
            self.saved.append(value)
        else:
            self.saved = self.saved[-1:]

    def copy(self) -> "Known":
        return Known(dict(self.made), dict(self.ticked), set(self.host), list(self.saved))


class Story:
    """A unit at work on `blocks`, which it changes; `facts` and `changes` tell of it."""

    def __init__(self, blocks: Blocks, chance: random.Random, version: int, fresh: bool) -> None:
        self.chance, self.version = chance, version
        self.array = Array(blocks)
        self.facts: list[Fact] = []
        self.storage = Storage(self.array, version, fresh=fresh)
        self.ms = 0
        self.boots: list[str] = []
        self.thinned = 0  # pieces of work that made room

    @property
    def changes(self) -> list[Change]:
        return self.array.log

    def note(self, what: str, value: Any = None) -> None:
        self.facts.append((len(self.changes), what, value))

    def boot(self, journal_bytes: int) -> None:
        """The power comes back: file system, recorder, journal as after any start."""
        self.storage = Storage(self.array, self.version)
        self.recorder = started(self.storage, self.chance)
        self.journal = self.recorder.journal
        self.boots.append(self.journal.boot)
        self.journal.segments.max_bytes = journal_bytes
        self._watch()
        self.recorder.boot_event([])

    def _watch(self) -> None:
        journal = self.journal
        add = journal.add

        def noted(ms: int, kind: str, pairs: object) -> None:
            seq = add(ms, kind, pairs)
            self.note("made", (journal.boot, seq, journal.line(seq).decode()))

        journal.add = noted

    def events(self, count: int) -> None:
        for _ in range(count):
            self.ms += self.chance.randint(1, 5000)
            kind = self.chance.choice(("st", "st", "remind", "refused", "idle"))
            text = TEXT[: self.chance.randint(0, len(TEXT))]
            self.journal.add(self.ms, kind, [("n", self.chance.randrange(99)), ("text", text)])

    def flush(self) -> None:
        """Until flash has everything; after each piece of work the mark may say so."""
        self.journal.flush_soon()
        while self.journal.wait_ms(self.ms) <= 0:
            before = self.journal.moves
            self.journal.work(self.ms)
            self.thinned += self.journal.moves - before
            self.note("ticked", (self.journal.boot, self.journal.safe_top))
            if self.journal.fault:
                raise OSError(self.journal.fault)

    def save(self) -> None:
        """A snapshot of the state, as at each change of it."""
        facts = {"state": "hold", "call": self.chance.randrange(1000), "text": TEXT[:40]}
        self.note("saving", facts)
        saves.save(self.storage, "state", dict(facts))
        self.note("saved")

    def acknowledge(self, count: int) -> None:
        """The host has the oldest `count` records on its disk and says so."""
        journal = self.journal
        for _ in range(count):
            found = journal.read(journal.start())
            if found is None:
                break
            boot, first, last, _, place = found
            self.note("host", [(boot, seq) for seq in range(first, last + 1)])
            journal.ack(boot, last, place)
            self.note("ticked", (journal.boot, journal.safe_top))

    def tidy(self) -> None:
        while self.journal.segments.tidy():
            pass


def lived(seed: str, version: int) -> Story:
    """A story with all that a journal does, of some 370 events in four boots."""
    chance = random.Random(seed)
    story = Story([ERASED] * BLOCKS, chance, version, fresh=True)
    story.boot(JOURNAL_BYTES)
    work(story, 100)
    story.acknowledge(40)
    story.tidy()
    work(story, 80)
    story.boot(JOURNAL_BYTES)  # without a flush: what was in RAM alone is gone
    work(story, 60)
    story.acknowledge(30)
    story.boot(30_000)  # the journal gets full: reminders go
    work(story, 70)
    story.boot(20_000)  # and then whole files
    work(story, 40)
    story.acknowledge(10_000)
    story.tidy()
    work(story, 20)
    return story


def work(story: Story, events: int) -> None:
    """Events in handfuls, flushed one handful at a time, and snapshots."""
    while events > 0:
        handful = min(events, story.chance.choice((1, 1, 2, 3, 8)))
        events -= handful
        story.events(handful)
        if story.chance.random() < 0.3:
            story.save()
        story.flush()
    story.events(2)  # that no flash has


def started(storage: Storage, chance: random.Random) -> Recorder:
    """The unit's start on this storage. Whatever it raises is a failure."""
    board = SimpleNamespace(
        chip=Chip(chance, None, "PWRON"), storage=storage, stream=SimpleNamespace()
    )
    return Recorder(board, lambda: "ready")


def told(story: Story, known: Known) -> Iterator[tuple[int, Known]]:
    """(changes done, what is known by then), one after the other; the same `known`, growing."""
    facts = iter(story.facts)
    fact = next(facts, None)
    for done in range(len(story.changes) + 1):
        while fact and fact[0] <= done:
            known.learn(*fact[1:])
            fact = next(facts, None)
        yield done, known
