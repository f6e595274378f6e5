"""The browser of these tests: Debian's chromium, or the one that CHROMIUM names.

Without one they are left out and the summary says so; with CI=true that is a failure.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent / "host"):  # the floor in memory serves both rooms
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LEFT_OUT = pytest.StashKey[int]()
# a condition is awaited; how long a busy machine takes is no matter
expect.set_options(timeout=30_000)


def chromium() -> str | None:
    """Where the browser is; None: there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).is_file() else None
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium() is not None or os.environ.get("CI") == "true":
        return
    ours = [item for item in items if HERE in item.path.parents]
    items[:] = [item for item in items if HERE not in item.path.parents]
    config.stash[LEFT_OUT] = len(ours)
    config.hook.pytest_deselected(items=ours)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"LEFT OUT: {count} tests of the page in a browser, since there is no chromium here. "
            "Install it (Debian: apt install chromium) or name one with CHROMIUM=/path/to/it.",
            yellow=True,
        )


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Start a headless browser with further arguments; it ends with the tests."""
    path = chromium()
    assert path is not None, "CI=true and no chromium: install it or set CHROMIUM"
    with sync_playwright() as playwright:
        yield lambda *more: playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *more]
        )


@pytest.fixture(scope="session")
def chrome(launch: Launch) -> Iterator[Browser]:
    """One browser for most tests; each test opens pages of its own."""
    browser = launch()
    yield browser
    browser.close()
