"""A newcomer's first shift: `deskunit run` with everything behind it, in a real browser.

Real firmware on the real interpreter, link, logger, database, page; only the timers are short.
"""

import csv
import io
import os
import queue
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from glass import READ_CANVAS, cells
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "build" / "screens"
SETTINGS = "[unit]\nhold_remind_s = 5\nhold_consent_s = 1\nheartbeat_s = 1\n"
PATIENCE_MS = 20_000  # of the tests, on a slow machine
START_MAX_S = 120.0
STOP_MAX_S = 20.0
BODY = slice(16 * 128, 52 * 128)  # the three lines of the prompt, as cells


@dataclass
class Run:
    """One `deskunit run`, what it printed so far, and where its page is."""

    process: subprocess.Popen[str]
    data_dir: Path
    printed: list[str] = field(default_factory=list)
    url: str = ""

    def stop(self) -> int:
        """Ctrl-C, as the terminal sends it to the foreground group's leader."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_MAX_S)


def start(data_dir: Path, language: str = "en") -> Run:
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "settings.toml").write_text(SETTINGS, "utf-8")
    command = [str(Path(sys.executable).with_name("deskunit")), "run", "--virtual", "1", "--demo"]
    process = subprocess.Popen(
        [*command, "--page-port", "0", "--data", str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "DESKUNIT_LANG": language, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    run = Run(process, data_dir)
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(run, lines), daemon=True).start()
    while not run.url:
        line = lines.get(timeout=START_MAX_S)
        assert line, "".join(run.printed)
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            run.url = found[0]
    return run


def _read(run: Run, lines: "queue.Queue[str]") -> None:
    assert run.process.stdout is not None
    for line in run.process.stdout:
        run.printed.append(line)
        lines.put(line)
    lines.put("")


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    run = start(tmp_path / "data", getattr(request, "param", "en"))
    yield run
    end(run)


def end(run: Run) -> None:
    """What a failed test left running."""
    if run.process.poll() is None:
        os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()


def open_page(chrome: Browser, run: Run, locale: str) -> Page:
    context = chrome.new_context(viewport={"width": 1280, "height": 860}, locale=locale)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(run.url)
    expect(page.locator("#now-state")).to_be_visible(timeout=PATIENCE_MS)
    return page


def tap(page: Page, key: str) -> None:
    page.keyboard.press(key, delay=90)


def hold_down(page: Page, key: str, until: str) -> None:
    """A long press by a key, let go when the page shows the state `until`."""
    page.keyboard.down(key)
    in_state(page, until)
    page.keyboard.up(key)


def in_state(page: Page, state: str) -> None:
    now = page.locator(f'#now[data-state="{state}"]')
    expect(now).to_be_visible(timeout=PATIENCE_MS)
    row = page.locator(f'#rows tr.open[data-state="{state}"]')
    expect(row).to_be_visible(timeout=PATIENCE_MS)


def same_pixels(page: Page, run: Run) -> str:
    """Wait until the page's canvas and the decoder's memory show the same; the timer may tick."""
    uid = uid_of(run)
    for _ in range(100):
        shown = page.evaluate(READ_CANVAS)
        decoded = cells(page.request.get(f"{run.url}api/units/{uid}/screen").json())
        if shown == decoded and "1" in shown:
            return str(shown)
    raise AssertionError("the page's pixels differ from the decoder's")


def uid_of(run: Run) -> str:
    return query(run, "SELECT DISTINCT uid FROM event")[0][0]


def query(run: Run, sql: str) -> list[tuple[str, ...]]:
    file = (run.data_dir / "deskunit.db").resolve().as_uri()
    with sqlite3.connect(f"{file}?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute(sql).fetchall()


def states_shown(page: Page) -> list[str]:
    """The log's states, oldest first."""
    rows = page.locator("#rows tr").evaluate_all("rows => rows.map(row => row.dataset.state)")
    return list(reversed(rows))


def picture(page: Page, name: str) -> None:
    """For people to look at: build/screens/NAME-{1280,390}.png."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width, height in ((1280, 860), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SCREENS / f"{name}-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 860})


@pytest.mark.parametrize("run", ["zh"], indirect=True)
def test_first_shift(chrome: Browser, run: Run) -> None:
    page = open_page(chrome, run, "zh-CN")
    in_state(page, "signed_out")
    expect(page.locator("#now-state")).to_have_text("签出")
    same_pixels(page, run)

    hold_down(page, "1", until="not_ready")
    tap(page, "1")
    in_state(page, "ready")
    tap(page, "2")
    in_state(page, "talking")
    same_pixels(page, run)
    picture(page, "talking-zh")
    tap(page, "3")
    in_state(page, "hold")
    asked = same_pixels(page, run)[BODY]
    wait_for_reminder(page, run, asked)
    same_pixels(page, run)
    picture(page, "hold-zh")
    tap(page, "2")  # spoke to the caller
    tap(page, "3")  # and is back
    in_state(page, "talking")
    tap(page, "1")
    in_state(page, "wrap_up")
    tap(page, "1")
    in_state(page, "ready")

    page.locator("#switch").click()
    expect(page.locator("#now-state")).to_have_text("ready")
    in_chinese = same_pixels(page, run)
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("radio", name="English")).to_be_checked()
    page.wait_for_function(f"before => ({READ_CANVAS})() !== before", arg=in_chinese)
    same_pixels(page, run)
    picture(page, "ready-en")

    page.keyboard.down("2")  # away for a while: not ready, and the menu of reasons
    in_state(page, "not_ready")
    page.keyboard.up("2")
    tap(page, "1")
    expect(page.locator("#now-state")).to_have_text("not ready · break")
    hold_down(page, "1", until="signed_out")

    passed = "signed_out not_ready ready talking hold talking wrap_up ready not_ready signed_out"
    assert states_shown(page)[-10:] == passed.split()
    kinds = [kind for (kind,) in query(run, "SELECT kind FROM event ORDER BY rowid")]
    assert {"remind", "spoke", "rsn"} <= set(kinds) and "error" not in kinds
    assert_csv_holds(page, passed.split())
    assert run.stop() == 0
    nothing_is_left_of(run)


def wait_for_reminder(page: Page, run: Run, asked: str) -> None:
    """Until the reminder is logged and the screen says something else than `asked`."""
    end_s = time.monotonic() + 30
    while not query(run, "SELECT 1 FROM event WHERE kind = 'remind'"):
        assert time.monotonic() < end_s, "no reminder came"
        page.wait_for_timeout(100)
    page.wait_for_function(
        f"asked => ({READ_CANVAS})().slice({BODY.start}, {BODY.stop}) !== asked", arg=asked
    )


def assert_csv_holds(page: Page, states: list[str]) -> None:
    with page.expect_download() as download:
        page.locator("#csv-all").click()
    text = Path(download.value.path()).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") and b"\r\n" in text
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["state"] for row in rows][-len(states) :] == states
    on_page = page.locator("#rows tr").evaluate_all("rows => rows.map(row => row.dataset.row)")
    assert [row["row_id"] for row in rows] == list(reversed(on_page))
    held = next(row for row in rows if row["state"] == "hold")
    assert (held["call_no"], held["hold_no"], held["cause"]) == ("1", "1", "button")
    assert float(held["duration_s"]) >= 5
    assert [row["clipped_end"] for row in rows if not row["end_utc"]] == ["1"]


def nothing_is_left_of(run: Run) -> None:
    with pytest.raises(ProcessLookupError):
        os.killpg(run.process.pid, 0)
    printed = "".join(run.printed)
    assert "Traceback" not in printed and "Error" not in printed
    assert str(run.data_dir / "deskunit.db") in printed


def wait_for_snapshot(page: Page, run: Run, state: str) -> None:
    """Until the state is in the unit's flash, where it goes once the buttons have been quiet."""
    file = run.data_dir / "virtual" / uid_of(run) / "state"
    deadline_s = time.monotonic() + PATIENCE_MS / 1000
    while not (file.exists() and f'"{state}"' in file.read_text("utf-8")):
        assert time.monotonic() < deadline_s, "no snapshot in flash"
        page.evaluate("new Promise(requestAnimationFrame)")


def test_power_cut_and_still_name(chrome: Browser, run: Run) -> None:
    page = open_page(chrome, run, "en-US")
    in_state(page, "signed_out")
    hold_down(page, "1", until="not_ready")
    tap(page, "1")
    in_state(page, "ready")
    wait_for_snapshot(page, run, "ready")
    before = same_pixels(page, run)
    page.locator("#power").click()
    page.wait_for_function(f"wanted => ({READ_CANVAS})() === wanted", arg="0" * 8192)
    picture(page, "no-power-en")
    page.locator("#power").click()
    page.wait_for_function(f"dark => ({READ_CANVAS})() !== dark", arg="0" * 8192)
    expect(page.locator("#hint")).to_contain_text("asks", timeout=PATIENCE_MS)
    assert same_pixels(page, run) != before
    picture(page, "still-you-en")
    tap(page, "1")
    in_state(page, "ready")
    assert states_shown(page)[-1] == "ready"
    assert run.stop() == 0
    nothing_is_left_of(run)


def test_a_second_start_finds_the_log_and_the_unit_again(
    chrome: Browser, run: Run, request: pytest.FixtureRequest
) -> None:
    page = open_page(chrome, run, "en-US")
    in_state(page, "signed_out")
    uid = uid_of(run)
    hold_down(page, "1", until="not_ready")
    tap(page, "1")
    in_state(page, "ready")
    wait_for_snapshot(page, run, "ready")
    assert run.stop() == 0
    expect(page.locator("#notice")).to_contain_text("lost", timeout=PATIENCE_MS)
    again = start(run.data_dir)
    request.addfinalizer(lambda: end(again))
    other = open_page(chrome, again, "en-US")
    assert uid_of(again) == uid
    expect(other.locator("#rows tr")).not_to_have_count(0, timeout=PATIENCE_MS)
    assert states_shown(other)[:2] == ["signed_out", "not_ready"]
    expect(other.locator("#hint")).to_contain_text("asks", timeout=PATIENCE_MS)
    tap(other, "1")  # yes, still here
    in_state(other, "ready")
    assert again.stop() == 0
    nothing_is_left_of(again)


def test_a_sentence_that_is_changed_on_the_page_is_on_its_way_to_the_unit(
    chrome: Browser, run: Run
) -> None:
    page = open_page(chrome, run, "en-GB")
    page.get_by_role("tab", name="Scripts").click()
    page.locator('#script-tree a[data-key="silent"]').click()
    box = page.locator('[data-name="silent/1/0/say"] textarea').first
    box.fill("Now I hear you.")
    page.locator("#save").click()
    expect(page.locator("#notice")).to_contain_text("The library was copied", timeout=PATIENCE_MS)
    saved = run.data_dir / "library" / "scenarios" / "silent.toml"
    assert 'say.en = "Now I hear you."' in saved.read_text("utf-8")
    expect(page.locator("#send")).to_be_enabled(timeout=PATIENCE_MS)
    page.locator("#send").click()
    row = page.locator("#sending li")
    expect(row).to_contain_text("Seat 01 · English")
    expect(row.locator(".far")).to_have_text(
        re.compile(r"^([1-9]\d* %|in use)$"), timeout=PATIENCE_MS
    )
    assert run.stop() == 0
    assert "Traceback" not in "".join(run.printed)
