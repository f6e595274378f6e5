"""The callbacks tab in a real browser, on a real logger: the whole story from the call to the measure."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from deskunit import clock, settings
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.measures import Measured, measured
from deskunit.callbacks.site import rules_of
from deskunit.cli.desk import Desk
from deskunit.web import serve
from deskunit.web.server import Handle
from glass import READ_CANVAS
from playwright.sync_api import Browser, Locator, Page, expect

SCREENS = Path(__file__).parents[2] / "build" / "screens"
PATIENCE_MS = 20_000
HOUR_MS = 3_600_000
AGENTS = "id,name,team,level,seat\n1001,李晓,热线组,,01\n1002,王芳,热线组,,02\n"
SETTINGS = '[unit]\nheartbeat_s = 1\n[host]\nzone = "Asia/Shanghai"\n'
ASKED_AT = "() => fetch('/words/en.json').then((answer) => answer.text())"
BODY = slice(16 * 128, 52 * 128)  # the lines below the unit's header, as cells
OpenTab = Callable[..., Page]


class Site:
    """A data folder with its running logger, `virtual` units, and the page over it."""

    def __init__(self, folder: Path, virtual: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "agents.csv").write_text(AGENTS, "utf-8")
        (folder / settings.FILE_NAME).write_text(SETTINGS, "utf-8")
        self.folder = folder
        self.desk = Desk(folder, settings.load(folder), ports=(), virtual=virtual, search=False)
        self.desk.start(wait=True)
        self.handle: Handle = serve(self.desk.floor, port=0)
        self.handle.start()

    def write(self, action: str, number: int | None = None, by: str = "1001", **values: Any) -> int:
        return self.desk.floor.callback_write(action, number, by, None, values)["number"]

    def row(self, number: int = 1) -> dict[str, Any]:
        return dict(self.desk.floor.callback(number))

    def kinds(self) -> list[str]:
        """What the unit told of callbacks, as far as it is stored."""
        about = ("callback", "cb_due", "cb_quiet", "outcome")
        return [one.kind for one in self.desk.logger.store.events() if one.kind in about]

    def measure(self) -> Measured:
        desk = CallbackDesk(self.desk.logger.store, rules_of(self.folder))
        (line,) = measured(desk.kept(), None, None, clock.now_utc_ms(), "agent")
        return line

    def close(self) -> None:
        self.handle.stop()
        self.desk.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Site]:
    """With a unit on it."""
    site = Site(tmp_path, virtual=1)
    yield site
    site.close()


@pytest.fixture
def open_tab(chrome: Browser) -> Iterator[OpenTab]:
    contexts = []
    complaints: list[str] = []

    def open_one(
        site: Site, at: str = "callbacks", width: int = 1280, locale: str = "en-GB"
    ) -> Page:
        context = chrome.new_context(viewport={"width": width, "height": 860}, locale=locale)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site.handle.url}#{at}")
        expect(page.locator("#callback-signed")).not_to_be_empty(timeout=PATIENCE_MS)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Ask again while the page is served; the answer is the clock."""
    deadline_s = time.monotonic() + PATIENCE_MS / 1000
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come to that"
        page.evaluate(ASKED_AT)


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#callback-{name}")


def history(page: Page) -> Locator:
    return page.locator("#callback-history li p")


def picture(page: Page, name: str) -> None:
    """For people to look at: build/screens/NAME-{1280,390}.png."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900 if width == 1280 else 844})
        page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 860})


# --- the whole story


def tap(page: Page, key: str) -> None:
    page.keyboard.press(key, delay=90)


def hold(page: Page, key: str) -> None:
    """A long press: it counts once the key was down for so long."""
    page.keyboard.down(key)
    page.wait_for_function(
        "since => performance.now() - since > 900", arg=page.evaluate("performance.now()")
    )
    page.keyboard.up(key)


def another_text(page: Page, act: Callable[[], None]) -> None:
    """Wait until the lines below the header, whose clock runs, are others than before."""
    before = page.evaluate(READ_CANVAS)[BODY]
    act()
    until(page, lambda: page.evaluate(READ_CANVAS)[BODY] != before)


def in_state(page: Page, state: str) -> None:
    expect(page.locator(f'#now[data-state="{state}"]')).to_be_visible(timeout=PATIENCE_MS)


def at_the_unit(page: Page) -> None:
    page.locator("#tab-units").click()
    page.locator("#now-state").click()


def test_a_dropped_call_from_the_gesture_to_the_measure(seat: Site, open_tab: OpenTab) -> None:
    page = open_tab(seat, "units")
    in_state(page, "signed_out")
    sign_in_and_talk(page)

    hold(page, "3")  # HOLD: the callback menu, on its first entry: dropped
    tap(page, "1")
    expect(page.locator("#callback-head h2")).to_have_text("Callback 1 · dropped call")
    expect(page.locator("#callback-head")).to_contain_text("李晓 (1001) · seat 01 · call 1")
    expect(field(page, "caller_number")).to_be_focused()
    page.keyboard.type("13812345678")
    page.keyboard.press("Tab")
    page.keyboard.type("王女士")
    page.keyboard.press("Enter")
    expect(page.locator(".saved")).to_contain_text("Saved")
    field(page, "said").fill("no gas since noon")
    page.keyboard.press("Escape")
    expect(page.locator('#callback-list a[data-number="1"]')).to_be_focused()
    expect(page.locator("#callback-list a")).to_contain_text("138****5678")
    expect(page.locator("#callback-list .left")).to_contain_text("overdue by")
    until(page, lambda: seat.row()["personal"].get("said") == "no gas since noon")

    at_the_unit(page)
    tap(page, "1")
    in_state(page, "wrap_up")
    assert "cb_due" not in seat.kinds(), "in a call and after it the blink waits"
    tap(page, "1")
    in_state(page, "ready")
    until(page, lambda: "cb_due" in seat.kinds())  # it blinks
    tap(page, "1")
    until(page, lambda: seat.kinds()[-1] == "cb_quiet")
    in_state(page, "ready")
    another_text(page, lambda: tap(page, "3"))  # what is due
    tap(page, "1")
    in_state(page, "talking")
    until(page, lambda: len(seat.row()["attempts"]) == 1)
    tap(page, "1")  # the end of it: settled, satisfied
    in_state(page, "wrap_up")
    another_text(page, lambda: tap(page, "1"))
    tap(page, "1")
    until(page, lambda: seat.row()["status"] == "closed")

    page.locator("#tab-callbacks").click()
    expect(page.locator("#callback-none")).to_be_visible()
    page.locator("#callback-status").select_option("closed")
    page.locator("#callback-list a").click()
    expect(page.locator("#callback-head .status")).to_have_text("closed")
    for said in ("Noted on the unit of seat 01", "Return call begun", "settled, satisfied"):
        expect(history(page).filter(has_text=said)).to_have_count(1)
    line = seat.measure()
    assert (line.group, line.due) == ("1001", 1)
    assert [line.ratios[name].share for name in ("reply_rate", "on_time_rate")] == [1.0, 1.0]


def sign_in_and_talk(page: Page) -> None:
    hold(page, "1")
    in_state(page, "not_ready")
    tap(page, "1")
    in_state(page, "ready")
    tap(page, "2")
    in_state(page, "talking")
