"""Layer "flash": the journal on a real LittleFS, the power cut at every change of the flash.

A story is lived once, every change of the flash written down. A cut is the flash after so many changes,
or in the middle of the next. There the unit boots; the second cut is one in a story that begins there.
"""

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from flash_story import JOURNAL_BYTES, Known, Story, lived, started, told, work
from littlefs_board import (
    BLOCKS,
    DISK_VERSIONS,
    ERASED,
    Array,
    Blocks,
    Storage,
    change_blocks,
    tear,
)
from report import Report
from unit import saves

PAIRS = 6_000
CUTS_A_RECOVERY = 6

# -- a cut, and what is there after it


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
