"""Layer "model": both ends whole, in one process and virtual time, while everything between them fails.

A run is repeated by its seed: the layer's and the run's number.
"""

import itertools
import logging
import shutil
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from deskunit.store import open_store
from model_host import Host
from model_run import Makes, Run
from report import Report

RUNS = 3_000
MEMORY = Path("/dev/shm")
COUNTS = (
    *("stored", "gaps_full", "gaps_ring", "gaps_damaged"),
    *("host_kills", "power_cuts", "resets", "cable_pulls", "stalls", "requests"),
)


def run(seed: int, rounds: int = RUNS) -> Report:
    """`rounds` runs on two cores."""
    report = Report("model", seed)
    shares = [range(first, rounds, 8) for first in range(8)]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        for part in pool.map(play, itertools.repeat(seed), shares):
            report.add(part)
    return report


def play(seed: int, numbers: Iterable[int], make_host: Makes = Host) -> Report:
    """The runs with these numbers."""
    report = Report("model", seed)
    where = MEMORY if MEMORY.is_dir() else None
    with quiet(), tempfile.TemporaryDirectory(dir=where) as name:
        fresh = Path(name) / "fresh"
        open_store(fresh, write=True).close()
        for number in numbers:
            folder = Path(name) / "run"
            shutil.copytree(fresh, folder)
            one = Run(f"{seed}/{number}", number, folder, make_host)
            broken = survived(one)
            for sentence in broken:
                report.fail(f"{seed}/{number}", sentence)
            note(report, one)
            lost = sum("called safe" in sentence for sentence in broken)
            report.count("lost", lost)
            report.count("wrong", len(broken) - lost)
            shutil.rmtree(folder)
    return report


def survived(one: Run) -> list[str]:
    """What broke the promise; an error that ends a program is one of the ways."""
    try:
        return one.play()
    except Exception as error:  # noqa: BLE001 - from either end, whatever it is
        one.host.die()
        at = traceback.extract_tb(error.__traceback__)[-1]
        return [f"{error!r} in {Path(at.filename).name}:{at.lineno}"]


@contextmanager
def quiet() -> Iterator[None]:
    """The recorder logs every gap: here there are thousands."""
    log = logging.getLogger("deskunit")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def note(report: Report, one: Run) -> None:
    report.count("runs")
    report.count("events", len(one.unit.made))
    report.count("events_called_safe", sum(one.unit.ticked.values()))
    report.count("events_ram_overran", len(one.unit.overrun))
    report.count("boots", len(one.unit.zero_ms))
    for name in COUNTS:
        report.count(name, one.counts.get(name, 0))
    report.count("flash_errors", one.unit.storage.failed)
    report.count("commits_refused", one.host.failed)
    for wire in (one.up, one.down):
        for name, count in wire.harmed.items():
            report.count(name, count)
    report.most("s_to_drain", one.counts.get("peace_ms", 0) / 1000)
