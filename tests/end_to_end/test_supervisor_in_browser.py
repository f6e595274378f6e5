"""The supervisor tab in a real browser: a day that was, today, exports, a correction made and undone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from supervised import DAY, EVIL, Supervised

SCREENS = Path(__file__).parents[2] / "build" / "screens"
PATIENCE_MS = 20_000
IS_WHOLE = """row => {
  const list = row.closest("ol").getBoundingClientRect(), own = row.getBoundingClientRect();
  return own.top >= list.top - 1 && own.bottom <= list.bottom + 1;
}"""
LEAVES_NOTHING_OUT = """row => [row, ...row.querySelectorAll("td, input, button, small")].every(
  one => one.getBoundingClientRect().right <= innerWidth && one.scrollWidth <= one.clientWidth + 1
)"""
OpenTab = Callable[..., Page]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Supervised]:
    floor = Supervised(tmp_path, virtual=1)
    yield floor
    floor.close()


@pytest.fixture
def open_tab(chrome: Browser) -> Iterator[OpenTab]:
    contexts = []
    complaints: list[str] = []

    def open_one(floor: Supervised, at: str, width: int = 1280, locale: str = "en-GB") -> Page:
        context = chrome.new_context(
            viewport={"width": width, "height": 860}, locale=locale, timezone_id="America/New_York"
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # what the policy of the page refuses is said here
        page.on(
            "console", lambda said: complaints.append(said.text) if "Policy" in said.text else None
        )
        page.goto(f"{floor.handle.url}#{at}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def report(page: Page) -> Locator:
    return page.locator("#supervisor-report")


def picture(page: Page, name: str) -> None:
    """For people to look at: build/screens/NAME-{1280,390}.png. The body never scrolls sideways."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 860})


def test_a_day_is_found_by_address_keyboard_and_buttons(
    floor: Supervised, open_tab: OpenTab
) -> None:
    page = open_tab(floor, f"supervisor/day={DAY}")
    expect(report(page).locator("svg.r-lane")).to_have_count(1)
    expect(report(page).locator("#r-figures")).to_contain_text("11.1 %")
    expect(report(page).locator("tr[data-agent] th")).to_contain_text(EVIL)
    assert page.locator("#panel-supervisor img").count() == 0
    expect(report(page).locator(".uplot canvas")).to_be_visible()
    picture(page, "supervisor-day")

    page.locator("#supervisor-before").click()
    expect(page.locator("#supervisor-empty")).to_have_text(
        "Nobody was signed in on 2026-05-07: there is nothing to show."
    )
    expect(report(page)).to_be_hidden()
    page.keyboard.press("Tab")  # from ‹ to the date, and by ›: all of it without a mouse
    page.locator("#supervisor-after").focus()
    page.keyboard.press("Enter")
    expect(report(page).locator("svg.r-lane")).to_have_count(1)
    page.locator("#supervisor-mode [aria-checked=true]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#supervisor-mode [data-mode=range]")).to_be_focused()
    expect(report(page).locator("#r-days")).to_be_visible()
    assert page.url.endswith("#supervisor/from=2026-05-02&to=2026-05-08")

    page.reload()
    expect(report(page).locator("#r-rows")).to_contain_text(EVIL)
    page.locator("#switch").click()
    expect(report(page).locator("#r-figures h2")).to_have_text("关键指标")
    expect(page.locator("#tab-supervisor")).to_have_text("现场看板")
    picture(page, "supervisor-range")


def test_today_goes_on_while_a_unit_is_pressed(floor: Supervised, open_tab: OpenTab) -> None:
    page = open_tab(floor, "supervisor")
    expect(page.locator("#supervisor-empty")).to_contain_text("Nobody has signed in today")
    unit = open_tab(floor, "units")
    sign_in(unit)
    line = report(page).locator('tr[data-agent="1001"]')
    expect(line.locator(".r-not_ready rect").first).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator("#supervisor-empty")).to_be_hidden()
    line.focus()
    report(page).evaluate(
        "(element) => (element.querySelector('.r-lanes-part').scrollIntoView(), 0)"
    )
    before = page.evaluate(
        "[scrollY, window.kept = document.querySelector('tr[data-agent]')] && scrollY"
    )

    unit.keyboard.press("1", delay=90)
    expect(line.locator(".r-ready rect").first).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator("#supervisor-now")).to_contain_text("ready1")
    assert page.evaluate("window.kept === document.querySelector('tr[data-agent]')")
    expect(line).to_be_focused()
    assert page.evaluate("scrollY") == before


def sign_in(page: Page) -> None:
    expect(page.locator('#now[data-state="signed_out"]')).to_be_visible(timeout=PATIENCE_MS)
    page.locator("#now-state").click()
    page.keyboard.down("1")
    began = page.evaluate("performance.now()")
    page.wait_for_function("(began) => performance.now() - began > 900", arg=began)
    page.keyboard.up("1")
    expect(page.locator('#now[data-state="not_ready"]')).to_be_visible(timeout=PATIENCE_MS)


def test_an_export_is_downloaded_and_a_refusal_is_a_sentence(
    floor: Supervised, open_tab: OpenTab
) -> None:
    page = open_tab(floor, f"supervisor/day={DAY}")
    page.locator("#supervisor-takeaway summary").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="State log: CSV").click()
    assert started.value.suggested_filename == f"states-{DAY}.csv"
    assert Path(started.value.path()).read_bytes() == floor.fetch("states", "csv").body

    picture(page, "supervisor-exports")
    page.locator("#supervisor-before").click()
    expect(report(page)).to_be_hidden()
    page.get_by_role("button", name="Report: Web page").click()
    expect(page.locator("#supervisor-exports [role=status].refused")).to_contain_text("2026-05-07")


def test_a_bar_is_corrected_and_the_correction_withdrawn(
    floor: Supervised, open_tab: OpenTab
) -> None:
    page = open_tab(floor, f"supervisor/day={DAY}")
    report(page).locator("tr[data-agent]").focus()
    page.keyboard.press("Enter")
    panel = page.locator("#supervisor-panel")
    expect(panel.locator("[aria-pressed=true]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    bar = report(page).locator(".r-not_ready rect").nth(1)  # 9:20 to 9:30, no reason
    bar.click(force=True)
    chosen = panel.locator("[aria-pressed=true]")
    expect(chosen).to_contain_text("09:20:00–09:30:00")
    expect(panel.locator(".draft strong")).to_have_text("ready")
    expect(panel.get_by_role("button", name="Save correction")).to_be_disabled()
    panel.locator("[name=state]").select_option("hold")
    expect(panel.locator(".draft.refused")).to_contain_text("no call")
    panel.locator("[name=state]").select_option("not_ready")
    panel.locator("[name=reason]").select_option("1")
    expect(panel.locator(".draft strong")).to_have_text("not ready break")
    panel.locator("[name=why]").fill("asked in person")
    picture(page, "supervisor-correcting")
    panel.get_by_role("button", name="Save correction").click()
    expect(panel).to_be_hidden()

    expect(report(page).locator(".r-corrected")).to_have_count(1)
    row = page.locator("#supervisor-corrections tr[data-number]")
    expect(row).to_contain_text("asked in person")
    expect(row.locator(".was")).to_have_text("not ready unspecified")
    row.get_by_text("Withdraw", exact=True).click()
    picture(page, "supervisor-corrections")
    page.set_viewport_size({"width": 390, "height": 860})
    assert row.evaluate(LEAVES_NOTHING_OUT)
    expect(row.locator(".was")).to_be_visible()
    row.locator("[name=why]").fill("wrong day")
    page.keyboard.press("Enter")
    expect(report(page).locator(".r-corrected")).to_have_count(0)
    expect(row).to_contain_text("Withdrawn by Supervisor")


def test_the_form_does_not_hide_the_row_that_it_is_about(
    floor: Supervised, open_tab: OpenTab
) -> None:
    page = open_tab(floor, f"supervisor/day={DAY}")
    page.set_viewport_size({"width": 1280, "height": 640})
    panel = page.locator("#supervisor-panel")
    report(page).locator("tr[data-agent]").first.locator("svg.r-lane rect").last.click(force=True)
    expect(panel.locator(".draft strong")).to_be_visible()
    assert panel.locator("[aria-pressed=true]").evaluate(IS_WHOLE)


def test_an_agent_sees_their_own_log_and_nobody_else(floor: Supervised, open_tab: OpenTab) -> None:
    floor.become('role = "agent"\nagent = "1001"')
    page = open_tab(floor, f"supervisor/day={DAY}", locale="zh-CN")
    expect(page.locator("#tab-supervisor")).to_have_text("我的日志")
    expect(report(page).locator("#r-log")).to_be_attached()
    expect(page.locator("#supervisor-whom")).to_be_hidden()
    expect(page.locator("#supervisor-mode [data-mode=range]")).to_be_hidden()
    expect(page.locator("#supervisor-corrections")).to_be_hidden()
    report(page).locator("svg.r-lane").click()
    expect(page.locator("#supervisor-panel")).to_be_hidden()
    assert "Wang" not in page.locator("#panel-supervisor").inner_text()
