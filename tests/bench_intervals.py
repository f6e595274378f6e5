"""How fast events become intervals: a whole log from scratch, a rebuild that changes nothing, a day's events.

`python tests/bench_intervals.py 1000000 5000000` measures logs of so many events; `make bench` both.
"""

import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "synthetic")]

from bench_data import make_events  # noqa: E402
from deskunit.events import Event  # noqa: E402
from deskunit.intervals import Fold  # noqa: E402
from deskunit.store import Store, open_store, rebuilding  # noqa: E402
from floor import make_day  # noqa: E402

EVENTS = (1_000_000, 5_000_000)
GROUP = 512  # 32 units with a full window each
DAY_AGENTS = 60  # whose year is 5 million events
MB = 1024 if sys.platform != "darwin" else 1024 * 1024  # of ru_maxrss


def intervals(sizes: tuple[int, ...] = EVENTS) -> dict[str, float]:
    """Seconds and peak memory. `reduced`: stored events → rows that pass by, in two processes;
    `derived`: the rows in files beside the database; `stored`: all durably in place.

    `cpu`: of both processes for the first rebuild; on a machine that does other things it says more.
    """
    found: dict[str, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            events = make_events(Path(folder) / "deskunit.db", size)
            told = subprocess.run(
                [sys.executable, __file__, "--rebuild", folder], check=True, capture_output=True
            )
        names = ("reduced_s", "derived_s", "stored_s", "cpu_s", "again_s", "peak_mb")
        figures = zip(names, map(float, told.stdout.split()), strict=True)
        found |= {f"intervals_of_{events}_events_{name}": figure for name, figure in figures}
    return found | day()


def rebuilt(folder: Path) -> None:
    """In a process of its own, for its memory: what `intervals` asks for, on one line."""
    with open_store(folder, write=True) as store:
        reduced_s = timed_reduction(store)
        before_s = sum(one.ru_utime + one.ru_stime for one in used())
        derived_s, stored_s = timed(store)
        cpu_s = sum(one.ru_utime + one.ru_stime for one in used()) - before_s
        _, again_s = timed(store)
    peak_mb = max(one.ru_maxrss for one in used()) / MB
    figures = reduced_s, derived_s, stored_s, cpu_s, again_s, peak_mb
    sys.stdout.write(" ".join(f"{one:.2f}" for one in figures) + "\n")


def timed_reduction(store: Store) -> float:
    """Seconds from stored events to rows, read and reduced as a rebuild does."""
    begin_s = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        counts = pool.map(count_rows, [(store.file, unit.uid) for unit in store.units()])
        assert sum(counts)
    return time.perf_counter() - begin_s


def count_rows(of: tuple[Path, str]) -> int:
    """How many rows a unit's events make."""
    file, uid = of
    return sum(len(rows) for rows in rebuilding.reduced(file, Fold(uid), {}))


def used() -> list[resource.struct_rusage]:
    """Of this process and of those that it started."""
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def timed(store: Store) -> tuple[float, float]:
    """Seconds until all rows are derived, and until they are durably in place."""
    begin_s = time.perf_counter()
    last_s = begin_s

    def derived(_done: int, _units: int | None) -> None:
        nonlocal last_s
        last_s = time.perf_counter()

    store.rebuild_all(derived)
    return last_s - begin_s, time.perf_counter() - begin_s


def day() -> dict[str, float]:
    """A day of 60 agents, late to a fresh log as after a weekend with the PC off: durable groups."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as folder:
        make_day(Path(made), agents=DAY_AGENTS)
        with open_store(Path(made), write=False) as source:
            events = [one.event for one in sorted(source.happenings(), key=lambda one: one.utc_ms)]
            offsets = {key: source.epochs(*key)[0].offset_ms for key in boots(events)}
        with open_store(Path(folder), write=True) as store:
            for (uid, boot), offset_ms in offsets.items():
                told = {"fw": "", "reset_cause": "", "now_utc_ms": offset_ms}
                store.begin_boot(uid, boot, offset_ms=offset_ms, **told)
            begin_s = time.perf_counter()
            for at in range(0, len(events), GROUP):
                store.commit(events[at : at + GROUP], 1_795_309_200_000)
            passed_s = time.perf_counter() - begin_s
    return {"day_events": len(events), "day_of_60_agents_stored_s": round(passed_s, 2)}


def boots(events: list[Event]) -> set[tuple[str, str]]:
    return {(one.uid, one.boot) for one in events}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rebuild"]:
        rebuilt(Path(sys.argv[2]))
    else:
        import json

        sizes = tuple(int(size) for size in sys.argv[1:]) or EVENTS
        sys.stdout.write(json.dumps(intervals(sizes), indent=1) + "\n")
