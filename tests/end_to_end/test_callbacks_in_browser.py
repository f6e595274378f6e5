"""The callbacks tab in a real browser, on a real logger: the whole story from the call to the measure."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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
        context = chrome.new_context(
            viewport={"width": width, "height": 860}, locale=locale, timezone_id="America/New_York"
        )
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
    passed(page, 150)


def hold(page: Page, key: str) -> None:
    """A long press: it counts once the key was down for so long."""
    page.keyboard.down(key)
    passed(page, 900)
    page.keyboard.up(key)
    passed(page, 150)


def passed(page: Page, ms: int) -> None:
    """So long by the clock that stamps the presses: two at once would be none."""
    began = page.evaluate("performance.now()")
    page.wait_for_function("([began, ms]) => performance.now() - began > ms", arg=[began, ms])


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

    another_text(page, lambda: hold(page, "3"))  # the callback menu, its first entry: dropped
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
    for said in ("Noted on the unit of seat 01", "Return call begun", "settled · satisfied"):
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


def test_the_form_opens_by_itself_but_pulls_nobody_away_from_typing(
    seat: Site, open_tab: OpenTab
) -> None:
    seat.write("add", kind="fault", name="赵先生")
    page, other = open_tab(seat, "units"), open_tab(seat, "callbacks/1")
    in_state(page, "signed_out")
    field(other, "address").fill("1 Main")
    sign_in_and_talk(page)
    another_text(page, lambda: hold(page, "3"))
    tap(page, "1")
    expect(page.locator("#callback-head h2")).to_contain_text("Callback 2")
    expect(other.locator("#notice")).to_contain_text("Callback 2 (dropped call) is noted")
    expect(field(other, "address")).to_be_focused()
    expect(field(other, "address")).to_have_value("1 Main")
    other.locator("#notice a").click()
    expect(other.locator("#callback-head h2")).to_contain_text("Callback 2")
    until(page, lambda: seat.row(1)["personal"].get("address") == "1 Main")
    expect(other.locator("#callback-count")).to_have_text("2 !")
    assert "2 callbacks open, 1 of them" in str(
        other.locator("#callback-count").get_attribute("aria-label")
    )


def test_the_list_is_of_who_is_signed_in_or_of_whom_one_chooses(
    seat: Site, open_tab: OpenTab
) -> None:
    seat.write("add", kind="fault")
    seat.write("add", by="1002", kind="complaint")
    page = open_tab(seat, "units")
    in_state(page, "signed_out")
    hold(page, "1")
    in_state(page, "not_ready")
    page.locator("#tab-callbacks").click()
    expect(page.locator("#callback-list a")).to_have_attribute("data-number", "1")
    expect(page.locator("#callback-signed")).to_have_text("Writing as 李晓 (1001)")
    page.locator("#callback-who").select_option("1002")
    expect(page.locator("#callback-list a")).to_have_attribute("data-number", "2")
    page.locator("#callback-who").select_option("all")
    expect(page.locator("#callback-list a")).to_have_count(2)
    expect(page.locator("#callback-signed")).to_have_text("Writing as the supervisor")


# --- the list


def test_the_first_due_is_on_top_and_what_is_overdue_says_so(site: Site, open_tab: OpenTab) -> None:
    now = clock.now_utc_ms()
    site.write("add", kind="complaint", taken_utc_ms=now - HOUR_MS)
    site.write("add", kind="fault", taken_utc_ms=now - 25 * HOUR_MS)
    site.write("add", kind="days_5", taken_utc_ms=1_000_000_000_000)  # 2001, before the calendar
    page = open_tab(site)
    links = page.locator("#callback-list a")
    numbers = links.evaluate_all("links => links.map((link) => link.dataset.number)")
    assert numbers == ["3", "2", "1"]
    expect(links.nth(1)).to_contain_text("overdue by 1:00:")
    expect(links.nth(1)).to_have_class("overdue")
    expect(links.nth(2)).to_contain_text("46:59:")
    expect(links.nth(2)).not_to_have_class("overdue")
    expect(links.nth(0)).to_contain_text("calendar not published yet")
    expect(links.nth(1)).not_to_contain_text("calendar not published yet")
    before = links.nth(1).locator(".left").inner_text()
    expect(links.nth(1).locator(".left")).not_to_have_text(before)  # it runs


def test_arrow_keys_enter_and_escape(site: Site, open_tab: OpenTab) -> None:
    for _ in range(3):
        site.write("add", kind="fault")
    page = open_tab(site)
    page.locator("#callback-list a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#callback-head h2")).to_contain_text("Callback 2")
    expect(field(page, "caller_number")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator('#callback-list a[data-number="2"]')).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator('#callback-list a[data-number="3"]')).to_be_focused()


def test_names_and_numbers_are_masked_in_the_list_and_found_by_search(
    site: Site, open_tab: OpenTab
) -> None:
    site.write("add", kind="fault", name="王女士", caller_number="13812345678")
    site.write("add", kind="fault", name="Smith")
    page = open_tab(site)
    expect(page.locator("#callback-list a")).to_have_count(2)
    assert "13812345678" not in page.content() and "王女士" not in page.content()
    page.locator("#callback-search").fill("13812345678")
    expect(page.locator("#callback-list a")).to_have_count(1)
    page.locator("#callback-list a").click()
    expect(field(page, "name")).to_have_value("王女士")


# --- the fields


def test_each_field_is_saved_when_it_is_left_with_a_line_of_history(
    site: Site, open_tab: OpenTab
) -> None:
    site.write("add", kind="inquiry")
    page = open_tab(site, "callbacks/1")
    expect(field(page, "caller_number")).to_be_focused()
    page.keyboard.type("１３８ 1234")
    page.keyboard.press("Tab")
    expect(field(page, "caller_number")).to_have_value("138 1234")
    expect(history(page)).to_have_text(["Typed on the PC", "Caller number: 138 1234"])
    field(page, "said").fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(history(page)).to_have_count(3)
    assert site.row()["personal"]["said"] == "one\ntwo"
    field(page, "key_account").check()
    expect(history(page).last).to_have_text("Key account: yes")
    field(page, "agreed_utc_ms").fill("2027-03-04T15:30")
    page.keyboard.press("Enter")
    expect(page.locator("#callback-due")).to_contain_text("4 Mar 2027, 15:30")
    expect(history(page).last).to_contain_text("Agreed time")
    agreed = datetime(
        2027, 3, 4, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai")
    )  # wherever the browser is
    assert site.row()["agreed_utc_ms"] == agreed.timestamp() * 1000


def test_a_mistake_is_said_beside_its_field_and_the_text_stays(
    site: Site, open_tab: OpenTab
) -> None:
    site.write("add", kind="fault")
    page = open_tab(site, "callbacks/1")
    field(page, "phone").fill("12a45")
    page.keyboard.press("Enter")
    expect(page.locator("#callback-phone-note")).to_contain_text("12a45")
    expect(field(page, "phone")).to_have_value("12a45")
    field(page, "phone").fill("12345")
    page.keyboard.press("Enter")
    expect(page.locator("#callback-phone-note")).to_be_empty()
    until(page, lambda: site.row()["personal"].get("phone") == "12345")


def test_what_was_typed_is_offered_again_after_a_reload(site: Site, open_tab: OpenTab) -> None:
    site.write("add", kind="fault")
    page = open_tab(site, "callbacks/1")
    field(page, "said").click()
    page.keyboard.type("no gas since")
    kept = "() => localStorage.getItem('deskunit-callback-drafts')?.includes('no gas since')"
    page.wait_for_function(kept)
    crash(page)
    expect(page.locator("#callback-list .draft")).to_have_text("not saved")
    expect(page.locator("#callback-said-note")).to_contain_text("no gas since")
    expect(field(page, "said")).to_have_value("")
    page.get_by_role("button", name="Restore").click()
    page.keyboard.press("End")
    page.keyboard.type(" noon")
    page.keyboard.press("Enter")
    expect(history(page).last).to_have_text("What was said: no gas since noon")
    page.wait_for_function("() => localStorage.getItem('deskunit-callback-drafts') === null")


def crash(page: Page) -> None:
    """A reload whose leaving of the field saves nothing, as when the power fails."""
    page.route("**/api/callbacks", lambda route: route.abort())
    page.reload()
    page.unroute("**/api/callbacks")
    expect(page.locator("#callback-head")).to_be_visible()


def test_two_tabs_keep_both_and_the_second_hears_who_was_first(
    site: Site, open_tab: OpenTab
) -> None:
    site.write("add", kind="fault")
    one, two = open_tab(site, "callbacks/1"), open_tab(site, "callbacks/1")
    for page, who in ((one, "1001"), (two, "1002")):
        page.locator("#callback-who").select_option(who)
    field(two, "name").fill("李女士")
    field(one, "name").fill("王先生")
    field(one, "address").fill("1 Main Street")
    one.keyboard.press("Enter")
    expect(field(two, "address")).to_have_value("1 Main Street")
    expect(field(two, "name")).to_have_value("李女士")
    two.keyboard.press("Enter")
    note = two.locator("#callback-name-note")
    expect(note).to_contain_text("1001")
    expect(note.locator("blockquote")).to_have_text("王先生")
    expect(field(two, "name")).to_have_value("李女士")
    assert site.row()["personal"]["name"] == "王先生"
    note.get_by_role("button", name="Use mine").click()
    expect(field(one, "name")).to_have_value("李女士")
    expect(note).to_be_empty()


# --- what is done with one


def test_attempts_then_closed_and_a_second_closing_is_refused(
    site: Site, open_tab: OpenTab
) -> None:
    site.write("add", kind="complaint")
    one, two = open_tab(site, "callbacks/1"), open_tab(site, "callbacks/1")
    one.locator(".of-outcome select").first.select_option("no_answer")
    one.get_by_role("button", name="Record the attempt").click()
    expect(history(two).last).to_have_text("Return call: no answer")
    one.locator(".of-outcome select").first.select_option("not_settled")
    one.locator(".of-outcome select").last.select_option("no")
    one.get_by_role("button", name="Close the callback").click()
    expect(one.locator(".status")).to_have_text("closed")
    expect(one.locator(".ended")).to_contain_text("not settled · not satisfied")
    expect(two.locator(".status")).to_have_text("closed")
    expect(two.get_by_role("button", name="Close the callback")).to_have_count(0)


def test_an_outcome_that_nobody_gave_is_completed(site: Site, open_tab: OpenTab) -> None:
    site.write("add", kind="fault")
    site.write("attempt", 1)
    page = open_tab(site, "callbacks/1")
    expect(page.locator("#callback-list .complete")).to_have_text("outcome to be completed")
    expect(page.locator(".of-outcome h3")).to_contain_text("no outcome yet")
    close = page.get_by_role("button", name="Close the callback")
    expect(close).to_be_disabled()
    page.locator(".of-outcome select").first.select_option("settled")
    close.click()
    expect(page.locator(".status")).to_have_text("closed")
    assert [one["outcome"] for one in site.row()["attempts"]] == ["settled"]


def test_handed_over_with_why_and_voided_with_a_reason(site: Site, open_tab: OpenTab) -> None:
    site.write("add", kind="fault")
    page = open_tab(site, "callbacks/1")
    page.get_by_text("Hand over", exact=True).first.click()
    page.locator(".of-assign select").select_option("1002")
    page.locator(".of-assign button").click()
    expect(page.locator("#notice")).to_contain_text("why")
    page.locator(".of-assign input").fill("on leave")
    page.keyboard.press("Enter")
    expect(history(page).last).to_have_text("Handed over to 王芳 (1002): on leave")
    page.get_by_text("Void", exact=True).click()
    page.locator(".of-void input").fill("noted twice")
    page.get_by_role("button", name="Void callback 1").click()
    expect(page.locator(".status")).to_have_text("voided")
    expect(page.locator(".ended")).to_contain_text("noted twice")
    expect(field(page, "name")).to_be_disabled()


def test_a_repeat_is_proposed_as_soon_as_caller_and_subject_match(
    site: Site, open_tab: OpenTab
) -> None:
    site.write("add", kind="complaint", caller_number="13812345678", subject="bill")
    site.write("add", kind="complaint", caller_number="13812345678")
    page = open_tab(site, "callbacks/2")
    expect(page.locator("#callback-head")).to_be_visible()
    expect(page.locator(".repeat")).to_have_count(0)
    field(page, "subject").fill("Bill")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, a repeat").click()
    expect(history(page).last).to_have_text("Repeat of callback 1")
    assert site.row(2)["repeat_of"] == 1


def test_a_new_one_is_typed_without_a_unit(site: Site, open_tab: OpenTab) -> None:
    page = open_tab(site)
    page.locator("#callback-who").select_option("1001")
    page.locator("#callback-kind").select_option("inquiry")
    page.get_by_role("button", name="New callback").click()
    expect(page.locator("#callback-head h2")).to_have_text("Callback 1 · inquiry")
    expect(field(page, "caller_number")).to_be_focused()


# --- words and width


def is_no_wider(page: Page) -> None:
    for width in (320, 390, 900, 1280):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_nothing_is_wider_than_the_page(site: Site, open_tab: OpenTab, locale: str) -> None:
    long = {"said": "x" * 300, "subject": "y" * 40, "name": "z" * 40}
    site.write("add", kind="days_2", taken_utc_ms=1_000_000_000_000, key_account=True, **long)
    site.write("add", kind="fault", caller_number="1" * 18)
    site.write("attempt", 2)
    page = open_tab(site, width=320, locale=locale)
    expect(page.locator("#callback-list a")).to_have_count(2)
    is_no_wider(page)
    for number in (1, 2):
        page.goto(f"{site.handle.url}#callbacks/{number}")
        expect(page.locator("#callback-head h2")).to_contain_text(f"{number} · ")
        is_no_wider(page)
    assert "callback_" not in page.locator("#panel-callbacks").inner_text()


def test_the_language_is_switched_with_one_opened(site: Site, open_tab: OpenTab) -> None:
    site.write("add", kind="fault")
    page = open_tab(site, "callbacks/1", locale="zh-CN")
    expect(page.locator("#callback-head h2")).to_have_text("回访 1 · 报修，24 小时")
    page.locator("#switch").click()
    expect(page.locator("#callback-head h2")).to_have_text("Callback 1 · fault, 24 h")
    expect(page.locator("label[for=callback-name]")).to_have_text("Name")
