"""Layer "processes": the real logger killed, stopped, on full and broken disks, with wrong clocks.

`run(seed, rounds)` is for `make fault`, `short(seed, folder)` for `make test`. A seed repeats who is
pressed, cut and killed when, but not to the ms how the processes are scheduled.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import small_disk
from loggers import Logger
from report import Report
from stage import Stage, kept_when_failed, play

KILLS = 500
SHORT_KILLS = 6
HOUR_MS = 3_600_000
STEPS_MS = (1_000, -1_000, HOUR_MS, -HOUR_MS, 24 * HOUR_MS)
PARALLEL = 2
SHORT_PARALLEL = 5


def kills(stage: Stage) -> None:
    """SIGKILL from 0.1 s after the start on; units lose their power while a logger lives."""
    for _ in range(stage.count):
        logger = stage.start()
        lives_s = stage.chance.uniform(0.1, 3.0)
        cuts_s = stage.chance.uniform(0.0, lives_s)
        time.sleep(cuts_s)
        cut_some(stage)
        time.sleep(lives_s - cuts_s)
        if stage.chance.random() < 0.5:
            await_commit(logger)
        logger.kill()
        stage.report.count("kills", 1)
        stage.report.count("killed_in_mid_commit", is_torn(logger))


def cut_some(stage: Stage) -> None:
    """A unit that starts says H at once to whoever listens; another only 12 s after the last word."""
    for desk in stage.desks:
        stage.report.count("power_cuts", desk.cut_by(stage.chance))


def await_commit(logger: Logger) -> None:
    """Until a commit is under way, which is when SQLite's journal is there (without WAL), or 1 s."""
    end_s = time.monotonic() + 1
    while not is_torn(logger) and time.monotonic() < end_s:
        time.sleep(0.0002)


def is_torn(logger: Logger) -> bool:
    """True when a commit is under way, and was when the logger died: SQLite will roll it back."""
    with contextlib.suppress(FileNotFoundError):
        return (logger.data / "deskunit.db-journal").stat().st_size > 0
    return False


def broken_disk(stage: Stage) -> None:
    """EIO from every write of the database, then from some, in the middle of a commit."""
    logger = stage.start_spoiled()
    stage.flow(10)
    logger.fail_writes(1.0)
    stage.make(30)
    logger.fail_writes(0.05)
    stage.make(60 if not stage.long else 300)
    logger.fail_writes(0.0)
    stage.lives(logger)


def stopped(stage: Stage) -> None:
    """SIGSTOP, as when a PC sleeps or swaps: 60 s, in the short form until 30 events were made."""
    logger = stage.start()
    stage.flow(10)
    logger.pause()
    if stage.long:
        time.sleep(60)
    stage.make(30)
    logger.go_on()
    stage.flow(30)
    stage.lives(logger)


def wrong_clock(stage: Stage) -> None:
    """The host's clock is set while events come in: 1 s, 1 h, a day."""
    logger = stage.start_spoiled()
    stage.flow(10)
    for step_ms in STEPS_MS:
        logger.shift(step_ms)
        stage.flow(20 if not stage.long else 100)
    logger.shift(0)
    stage.flow(10)
    stage.lives(logger)


def short(seed: int, folder: Path) -> list[Report]:
    """Each trial once, all at a time: they mostly wait."""
    with ThreadPoolExecutor(SHORT_PARALLEL) as pool:
        started = [
            pool.submit(play, kills, folder, seed, count=SHORT_KILLS, desks=3),
            pool.submit(play, broken_disk, folder, seed),
            pool.submit(small_disk.run, folder, seed),
            pool.submit(play, stopped, folder, seed),
            pool.submit(play, wrong_clock, folder, seed, times=False),
        ]
        return [one.result() for one in started]


def run(seed: int, rounds: int = KILLS) -> Report:
    """`rounds` kills, on two floors at a time; then each other trial, at length."""
    total = Report("processes", seed)
    with kept_when_failed(total) as folder, ThreadPoolExecutor(PARALLEL) as pool:
        shares = [rounds // PARALLEL + (number < rounds % PARALLEL) for number in range(PARALLEL)]
        started = [
            pool.submit(play, kills, folder / f"floor{number}", seed, count=count, desks=4)
            for number, count in enumerate(shares)
        ]
        started += [
            pool.submit(play, broken_disk, folder, seed, long=True),
            pool.submit(small_disk.run, folder, seed, long=True),
            pool.submit(play, stopped, folder, seed, long=True),
            pool.submit(play, wrong_clock, folder, seed, times=False, long=True),
        ]
        for one in started:
            total.add(one.result())
    return total
