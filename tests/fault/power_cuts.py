"""Layer "flash": the journal on a real LittleFS, the power cut at every change of the flash.

A story is lived once: each change of the flash is written down, and with each fact (made, called safe,
with the host) how many changes had been done by then. A cut is the flash after that many changes, or in
the middle of the next. There the unit boots; the second cut is one in a story that begins there.
"""

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any

from littlefs_board import (
    BLOCKS,
    DISK_VERSIONS,
    ERASED,
    Array,
    Blocks,
    Change,
    Storage,
    change_blocks,
    tear,
)
from model_unit import Chip
from report import Report
from unit import saves
from unit.recorder import Recorder

PAIRS = 6_000
CUTS_A_RECOVERY = 6
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
        self.journal.thinning.max_bytes = journal_bytes
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


# -- a cut, and what is there after it


def told(story: Story, known: Known) -> Iterator[tuple[int, Known]]:
    """(changes done, what is known by then), one after the other; the same `known`, growing."""
    facts = iter(story.facts)
    fact = next(facts, None)
    for done in range(len(story.changes) + 1):
        while fact and fact[0] <= done:
            known.learn(*fact[1:])
            fact = next(facts, None)
        yield done, known


def judged(blocks: Blocks, known: Known, chance: random.Random, version: int) -> list[str]:
    """Start a unit on this flash (a copy of it): what broke the promise."""
    try:
        storage = Storage(Array(list(blocks)), version)
        recorder = started(storage, chance)
        recorder.boot_event([])
        snapshot = saves.load(storage, "state")
        held = list(records(recorder.journal))
    except Exception as error:  # noqa: BLE001 - a start that fails is what is looked for
        return [f"the start failed: {error!r}"]
    wrong = [*lost(held, known), *invented(held, known, recorder.journal.boot)]
    if snapshot not in known.saved:
        wrong.append(f"the snapshot is {snapshot}, was {known.saved}")
    return wrong


def records(journal: Any) -> Iterator[list[Any]]:
    """What the unit would send, as a host would read it."""
    found = journal.read(journal.start())
    while found:
        frame = json.loads(found[3])
        yield [frame, found[3].decode()]
        found = journal.read(found[4])


def lost(held: Iterable[list[Any]], known: Known) -> Iterator[str]:
    """What was called safe and is neither with the host nor held, nor given up in a gap."""
    there = set(known.host)
    for frame, _ in held:
        if frame[0] == "E":
            there.add((frame[2], frame[3]))
        elif frame[4] == "full":
            there.update((frame[1], seq) for seq in range(frame[2], frame[3] + 1))
    for boot, top in known.ticked.items():
        for seq in range(1, top + 1):
            if (boot, seq) not in there:
                yield f"{boot} {seq} was called safe and is lost"


def invented(held: Iterable[list[Any]], known: Known, now: str) -> Iterator[str]:
    """Lines that were never made, an order that is not theirs, gaps over nothing."""
    boots = [*dict.fromkeys(boot for boot, _ in known.made), now]
    before = (-1, 0)
    for frame, line in held:
        boot, first = (frame[2], frame[3]) if frame[0] == "E" else frame[1:3]
        last = first if frame[0] == "E" else frame[3]
        if boot != now and frame[0] == "E" and known.made.get((boot, first)) != line:
            yield f"{boot} {first} is held as {line}, was made as {known.made.get((boot, first))}"
        if boot != now and (boot, last) not in known.made:
            yield f"{boot} {first}..{last} is held as {line}, never made"
            continue
        place = (boots.index(boot), first)
        if place <= before:
            yield f"{boot} {first} stands after {before}"
        before = (place[0], last)


# -- every first cut


def first_cuts(seed: str, version: int, shares: int = 1, share: int = 0) -> Report:
    """Each change of the flash: the power goes before it and in the middle of it."""
    report = Report("flash", 0)
    story = lived(seed, version)
    blocks = [ERASED] * BLOCKS
    chance = random.Random(f"{seed}/torn")
    begun = False  # a file system that is not yet made is a unit that was never installed
    for done, known in told(story, Known()):
        begun = begun or bool(known.made)
        whole = done == len(story.changes)
        torn = list(blocks)
        if not whole:
            tear(torn, story.changes[done], chance)
        if begun and done % shares == share:
            for name, there in (("clean", blocks), ("torn", torn))[: 1 if whole else 2]:
                report.count(f"cuts_{name}")
                for sentence in judged(there, known, chance, version):
                    report.fail(f"{seed}, {name} cut at {done}", sentence)
        if not whole:
            change_blocks(blocks, story.changes[done])
    report.count("events", len(known.made) if share == 0 else 0)
    report.count("changes_of_flash", len(story.changes) if share == 0 else 0)
    return report


# -- a second cut while the unit recovers from the first


def second_cuts(seed: str, version: int, recoveries: int) -> Report:
    """Stories that begin at a first cut; in each the power goes again, at several places."""
    report = Report("flash", 0)
    chance = random.Random(f"{seed}/second")
    story = lived(seed, version)
    begin = next(count for count, what, _ in story.facts if what == "made")
    wanted = sorted(chance.choices(range(begin, len(story.changes)), k=recoveries))
    blocks = [ERASED] * BLOCKS
    for done, known in told(story, Known()):
        while wanted and wanted[0] == done:
            wanted.pop(0)
            there = list(blocks)
            if chance.random() < 0.5:
                tear(there, story.changes[done], chance)
            _recover(report, f"{seed}, cut at {done}", there, known.copy(), chance, version)
        if done < len(story.changes):
            change_blocks(blocks, story.changes[done])
    return report


def _recover(
    report: Report, name: str, blocks: Blocks, known: Known, chance: random.Random, version: int
) -> None:
    later = Story(list(blocks), chance, version, fresh=False)
    try:
        later.boot(chance.choice((20_000, JOURNAL_BYTES)))
        _resume(later)
    except Exception as error:  # noqa: BLE001 - what a start must not do
        report.fail(name, f"the recovery failed: {error!r}")
        return
    report.count("recoveries")
    cuts = sorted(chance.choices(range(len(later.changes) + 1), k=CUTS_A_RECOVERY))
    for done, now in told(later, known):
        for _ in range(cuts.count(done)):
            there = list(blocks)
            if done < len(later.changes) and chance.random() < 0.5:
                tear(there, later.changes[done], chance)
            report.count("pairs_of_cuts")
            for sentence in judged(there, now, chance, version):
                report.fail(f"{name}, again at {done}", sentence)
        if done < len(later.changes):
            change_blocks(blocks, later.changes[done])


def _resume(story: Story) -> None:
    """What a unit does when the power is back: a little, in any order."""
    chance = story.chance
    acts = [
        lambda: work(story, 6),
        lambda: story.acknowledge(chance.choice((1, 20, 10_000))),
        story.tidy,
        story.save,
    ]
    for act in chance.sample(acts, len(acts)):
        act()


# -- the layer


def run(seed: int, rounds: int = PAIRS) -> Report:
    """Every first cut in both versions of LittleFS's format, and `rounds` pairs, on two cores."""
    report = Report("flash", seed)
    recoveries = -(-rounds // CUTS_A_RECOVERY // 8)
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        parts = [
            pool.submit(first_cuts, f"{seed}", version, 2, share)
            for version, share in itertools.product(DISK_VERSIONS, range(2))
        ]
        for number in range(8):
            version = DISK_VERSIONS[number % 2]
            parts.append(pool.submit(second_cuts, f"{seed}/{number}", version, recoveries))
        for part in parts:
            report.add(part.result())
    return report
