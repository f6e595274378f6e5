"""One trial: desks whose buttons are pressed all the time, loggers that a fault befalls, a verdict.

A trial is a function of a `Stage`; `play` gives it one and has the oracle judge the database in the end.
"""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desks import TAPPING, Desks, Hands, Pace
from loggers import Logger, Spoiled, stored, wait_until
from oracle import judge
from report import Report

FLOW_S = 60.0  # a unit that thinks itself in a session says H 12 s after the host's last word
EVENT_S = 0.5  # and an event of busy desks on a busy machine takes so long at most
DRAIN_S = 120.0
MOST_MB = 300


class Failed(Exception):
    """The trial did not go as it must: a fault of what is tested, or of the trial."""


@dataclass
class Stage:
    """What a trial acts on. `count`: how often it strikes, `long`: in `make fault`."""

    data: Path
    desks: Desks
    chance: random.Random
    report: Report
    count: int = 1
    long: bool = False
    loggers: list[Logger] = field(default_factory=list)

    def start(self, ports: Sequence[str] | None = None) -> Logger:
        """A logger, on all the desks' ports."""
        self.loggers.append(Logger(self.data, ports or self.desks.addresses))
        return self.loggers[-1]

    def start_spoiled(self) -> Spoiled:
        """The same with a clock and a disk that can be spoiled."""
        logger = Spoiled(self.data, self.desks.addresses)
        self.loggers.append(logger)
        return logger

    @property
    def made(self) -> int:
        """Events that the desks have made so far."""
        return sum(one.count for one in self.desks.witnesses)

    def make(self, count: int) -> None:
        """Until the desks have made that many events more."""
        wanted = self.made + count
        if not wait_until(lambda: self.made >= wanted, FLOW_S + EVENT_S * count):
            raise Failed(f"{self.made} events made, waited in vain for {wanted}")

    def flow(self, count: int) -> None:
        """Until that many events more are stored."""
        wanted = len(stored(self.data)) + count
        logger = self.loggers[-1]
        within_s = FLOW_S + EVENT_S * count
        wait_until(lambda: len(stored(self.data)) >= wanted or not logger.alive, within_s)
        self.lives(logger)
        if (found := len(stored(self.data))) < wanted:
            raise Failed(f"{found} events stored, waited in vain for {wanted}")

    def lives(self, logger: Logger) -> None:
        """Whatever befell it, it must go on."""
        if not logger.alive:
            raise Failed(f"the logger ended with {logger.process.returncode}: {logger.said()}")

    def missing(self) -> set[tuple[str, str, int]]:
        """What the host should have and does not."""
        return set().union(*(one.owed() for one in self.desks.witnesses)) - stored(self.data)

    def finish(self) -> None:
        """A logger that nothing befalls gets what the desks hold, and ends when it is told to.

        Nobody presses any more, or this would never come to an end.
        """
        logger = self.loggers[-1] if self.loggers and self.loggers[-1].alive else self.start()
        self._drain(logger)
        rss_mb = round(logger.most_rss_mb())
        self.report.most("logger_rss_mb", rss_mb)
        if rss_mb > MOST_MB:
            raise Failed(f"the logger took {rss_mb} MB of memory")
        if (code := logger.end()) != 0:
            raise Failed(f"told to end, the logger came to {code}: {logger.said()}")

    def _drain(self, logger: Logger) -> None:
        """Until nothing is missing; a busy machine may take its time, but never stand still."""
        while missing := self.missing():
            if not self._gets_on(logger, len(missing)):
                some = sorted(missing)[:5]
                raise Failed(f"{len(missing)} missing, none came in {DRAIN_S:.0f} s: {some} …")

    def _gets_on(self, logger: Logger, missing: int) -> bool:
        came = wait_until(
            lambda: len(self.missing()) < missing or not logger.alive, DRAIN_S, every_s=0.2
        )
        self.lives(logger)
        return came


Trial = Callable[[Stage], None]


def play(
    trial: Trial,
    folder: Path,
    seed: int,
    *,
    desks: int = 2,
    times: bool = True,
    pace: Pace = TAPPING,
    count: int = 1,
    long: bool = False,
) -> Report:
    """Run `trial`; `times`: the host's clock is right, so the stored times must be."""
    name = trial.__name__
    report = Report(name, seed)
    chance = random.Random(f"{seed}/{folder.name}/{name}")
    data = folder / name / "data"
    data.parent.mkdir(parents=True)
    # every other desk starts each boot 5 s before its ticks wrap
    with Desks(desks, f"{chance.getrandbits(24):06x}", wraps=lambda n: n % 2 == 0) as all_desks:
        stage = Stage(data, all_desks, chance, report, count, long)
        try:
            with Hands(all_desks, chance.getrandbits(32), pace):
                trial(stage)
            stage.finish()
        except Failed as error:
            report.fail(seed, str(error))
        finally:
            for logger in stage.loggers:
                logger.kill()
        report.count("made", stage.made)
        report.count("stored", len(stored(data)))
        for sentence in verdict(data, all_desks, times):
            report.fail(seed, sentence)
    return report


def verdict(data: Path, desks: Desks, times: bool) -> list[str]:
    """The oracle's word on what the loggers left."""
    truths = [one.truth(times) for one in desks.witnesses]
    try:
        return judge(data / "deskunit.db", truths)
    except sqlite3.DatabaseError as error:
        return [f"the database cannot be read: {error}"]


@contextmanager
def kept_when_failed(report: Report) -> Iterator[Path]:
    """A folder that is removed unless `report` has failures: then it says where it is."""
    folder = Path(tempfile.mkdtemp(prefix=f"deskunit-{report.layer}-"))
    yield folder
    if not report.failures:
        shutil.rmtree(folder)
        return
    report.failures.append(f"databases, logs and outputs are in {folder}")
