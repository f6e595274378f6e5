"""Prints a page to PDF with a Chromium that is installed here; deskunit brings none."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deskunit.errors import DeskunitError

BROWSER = "DESKUNIT_BROWSER"  # names one that is somewhere else
TIME_S = 300  # a month of 300 agents took 40
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
          "microsoft-edge", "msedge")  # fmt: skip
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe",
            r"Chromium\Application\chrome.exe")  # fmt: skip
_FLAGS = ("--headless=new", "--disable-gpu", "--disable-extensions", "--no-first-run",
          "--disable-background-networking", "--no-pdf-header-footer")  # fmt: skip


def pdf(html: str) -> bytes:
    """The printed page. DeskunitError: no_browser, print_failed."""
    browser = get_browser()
    # a browser that is just ending may still hold files of its profile
    with tempfile.TemporaryDirectory(prefix="deskunit-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(html, "utf-8")
        _run([browser, *_FLAGS, *_as_root(), f"--user-data-dir={folder}/profile",
              f"--print-to-pdf={target}", source.as_uri()])  # fmt: skip
        if not target.is_file():
            raise DeskunitError("print_failed", browser=browser, why="no PDF")
        return target.read_bytes()


def get_browser() -> str:
    """DeskunitError: no_browser, browser_missing (the one that DESKUNIT_BROWSER names)."""
    if named := os.environ.get(BROWSER):
        if found := shutil.which(named):
            return found
        raise DeskunitError("browser_missing", browser=named)
    for found in _installed():
        return found
    raise DeskunitError("no_browser")


def _installed() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _NAMES))
    for place in _places():
        if place.is_file():
            yield str(place)


def _places() -> Iterator[Path]:
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (folder / f"{name}.app/Contents/MacOS/{name}" for name in _MAC)
    for variable in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        if folder := os.environ.get(variable):
            yield from (Path(folder, place) for place in _WINDOWS)


def _as_root() -> tuple[str, ...]:
    """Chromium's sandbox does not start for root; for everybody else it stays on."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ("--no-sandbox",) if is_root else ()


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DeskunitError("print_failed", browser=command[0], why=f"{TIME_S} s") from error
    except OSError as error:
        raise DeskunitError("print_failed", browser=command[0], why=error.strerror) from error
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        why = last[0] if last else f"exit code {done.returncode}"
        raise DeskunitError("print_failed", browser=command[0], why=why)
