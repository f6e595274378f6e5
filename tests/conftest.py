"""What all rooms stand on: how many workers, temporary folders in memory, whether there is a browser.

The browser is Debian's chromium, or the one that CHROMIUM names. Without one the tests of end_to_end/ are
left out and the summary says so; with CI=true that is a failure.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

IN_BROWSER = Path(__file__).parent / "end_to_end"
LEFT_OUT = pytest.StashKey[int]()
MEMORY = Path("/dev/shm")
ROOM_BYTES = 1 << 30
WORKERS_MAX = 4


def pytest_configure() -> None:
    """On a disk a commit of SQLite's takes 1 to 3 ms of waiting, in memory 0.03."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait, for a browser or for a unit in real time."""
    only_these = getattr(os, "sched_getaffinity", None)  # not on every system
    cores = len(only_these(0)) if only_these else os.cpu_count() or 1
    return min(cores + 1, WORKERS_MAX)


def chromium() -> str | None:
    """Where the browser is; None: there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).is_file() else None
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    assert path is not None, "CI=true and no chromium: install it or set CHROMIUM"
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium() is not None or os.environ.get("CI") == "true":
        return
    ours = [item for item in items if IN_BROWSER in item.path.parents]
    items[:] = [item for item in items if IN_BROWSER not in item.path.parents]
    config.hook.pytest_deselected(items=ours)
    config.stash[LEFT_OUT] = len(ours)
    getattr(config, "workeroutput", {})["left_out"] = len(ours)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker (`pytest -n`) has ended: each has collected, and left out, the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"LEFT OUT: {count} tests of the page in a browser, since there is no chromium here. "
            "Install it (Debian: apt install chromium) or name one with CHROMIUM=/path/to/it.",
            yellow=True,
        )
