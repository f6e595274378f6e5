"""The running browser of these tests; which one that is, tests/conftest.py decides."""

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
# a condition is awaited; how long a busy machine takes is no matter
expect.set_options(timeout=30_000)
Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch(chromium_path: str) -> Iterator[Launch]:
    """Start a headless browser with further arguments; it ends with the tests."""
    with sync_playwright() as playwright:
        yield lambda *more: playwright.chromium.launch(
            executable_path=chromium_path, args=[*ARGUMENTS, *more]
        )


@pytest.fixture(scope="session")
def one_browser(launch: Launch) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def chrome(one_browser: Browser) -> Iterator[Browser]:
    """One browser for most tests; each opens pages of its own, which do not outlive it."""
    yield one_browser
    for context in one_browser.contexts:
        context.close()
