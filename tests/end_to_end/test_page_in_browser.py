"""The page in a real browser on a floor in memory: buttons, screen, languages, loss of the server."""

import io
import random
from collections.abc import Callable, Iterator

import pytest
from deskunit.web import serve
from deskunit.web.server import Handle
from glass import READ_CANVAS
from memory_floor import MemoryFloor, MemoryScreen, now_utc_ms
from PIL import Image
from playwright.sync_api import Browser, Page, expect

UID = "a4cf12b3d0e8"
REAL = "a4cf12b3d0e9"
LIT, DARK = (0xDF, 0xF1, 0xFF), (0x04, 0x07, 0x0B)
OpenPage = Callable[..., Page]


@pytest.fixture
def floor() -> MemoryFloor:
    floor = MemoryFloor()
    floor.add(UID)
    floor.enter(UID, "signed_out")
    return floor


@pytest.fixture
def handle(floor: MemoryFloor) -> Iterator[Handle]:
    handle = serve(floor, port=0)
    handle.start()
    yield handle
    handle.stop()


@pytest.fixture
def open_page(chrome: Browser, handle: Handle) -> Iterator[OpenPage]:
    contexts = []
    complaints: list[str] = []

    def open_one(
        width: int = 1280, locale: str = "en-GB", ratio: float = 1, touch: bool = False
    ) -> Page:
        context = chrome.new_context(
            viewport={"width": width, "height": 860},
            locale=locale,
            device_scale_factor=ratio,
            has_touch=touch,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(handle.url)
        expect(page.locator("#rows tr").first).to_be_visible()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def pressed(floor: MemoryFloor, page: Page, count: int) -> list[tuple[str, bool]]:
    """The first `count` changes of level, once they are there."""
    for _ in range(200):
        if len(floor.pressed) >= count:
            break
        page.evaluate("() => fetch('/words/en.json').then((answer) => answer.text())")
    return [(button, down) for _, button, down in floor.pressed]


# --- alarms


@pytest.mark.parametrize(("width", "locale"), [(1280, "en-GB"), (390, "zh-CN")])
def test_an_alarm_is_a_banner_until_it_is_over(
    floor: MemoryFloor, open_page: OpenPage, width: int, locale: str
) -> None:
    page = open_page(width=width, locale=locale)
    banner = page.locator("#alarms")
    expect(banner).to_be_hidden()
    path = (
        "/dev/serial/by-id/usb-Silicon_Labs_CP2102N_USB_to_UART_Bridge_Controller_0001-if00-port0"
    )
    said = {"zh": f"磁盘已满 {path} <b>x</b>", "en": f"The disk is full {path} <b>x</b>"}
    floor.alarm({"word": "disk_full", "where": "", "since_utc_ms": now_utc_ms(), "sentence": said})
    expect(banner).to_contain_text(said[locale[:2]])
    assert page.locator("#alarms b").count() == 0, "a sentence is text"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#switch").click()
    expect(banner).to_contain_text(said["zh" if locale == "en-GB" else "en"])
    floor.alarm()
    expect(banner).to_be_hidden()


# --- buttons


def test_a_tap_with_the_mouse(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".key.ready").click()
    assert pressed(floor, page, 2) == [("READY", True), ("READY", False)]


def test_keeping_the_mouse_down_is_a_long_press_also_when_it_leaves(
    floor: MemoryFloor, open_page: OpenPage
) -> None:
    page = open_page()
    box = page.locator(".key.ready .cap").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    expect(page.locator(".key.ready")).to_have_class("key ready down")
    page.mouse.move(box["x"] + 400, box["y"] + 300)
    page.wait_for_function(
        "since => performance.now() - since > 850", arg=page.evaluate("performance.now()")
    )
    page.mouse.up()
    expect(page.locator("#now-state")).to_contain_text("not ready")


def test_keys_1_2_3_and_a_held_key_counts_once(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.down("1")
    page.keyboard.down("1")  # what the operating system repeats
    page.keyboard.down("1")
    page.keyboard.up("1")
    page.keyboard.press("2")
    page.keyboard.press("3")
    assert pressed(floor, page, 6) == [
        (name, down) for name in ("READY", "BUSY", "HOLD") for down in (True, False)
    ]


def test_a_key_with_control_is_the_browsers(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Control+2")
    page.keyboard.press("3")
    assert pressed(floor, page, 2) == [("HOLD", True), ("HOLD", False)]


def test_a_focused_button_is_pressed_with_the_space_bar_once(
    floor: MemoryFloor, open_page: OpenPage
) -> None:
    page = open_page()
    page.locator(".key.busy").focus()
    page.keyboard.press("Space")
    page.keyboard.press("3")
    assert pressed(floor, page, 4)[:3] == [("BUSY", True), ("BUSY", False), ("HOLD", True)]


def test_losing_the_focus_lets_go(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.down("3")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert pressed(floor, page, 2) == [("HOLD", True), ("HOLD", False)]


def test_two_fingers_hold_two_buttons_and_a_cancelled_touch_lets_go(
    floor: MemoryFloor, open_page: OpenPage
) -> None:
    page = open_page(width=390, touch=True)
    points = []
    for index, name in enumerate(("ready", "hold")):
        box = page.locator(f".key.{name} .cap").bounding_box()
        assert box is not None
        points.append({"x": box["x"] + 30, "y": box["y"] + 30, "id": index})
    fingers = page.context.new_cdp_session(page)
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    assert pressed(floor, page, 2) == [("READY", True), ("HOLD", True)]
    fingers.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})
    assert sorted(pressed(floor, page, 4)[2:]) == [("HOLD", False), ("READY", False)]


def test_closing_the_page_lets_go(floor: MemoryFloor, open_page: OpenPage) -> None:
    page, other = open_page(), open_page()
    page.keyboard.down("2")
    pressed(floor, page, 1)
    page.close()
    assert pressed(floor, other, 2) == [("BUSY", True), ("BUSY", False)]


# --- the screen


def noise() -> tuple[MemoryScreen, str]:
    """A screen no blur or shift survives, and its cells row by row."""
    memory = random.Random(64).randbytes(1024)
    cells = "".join(
        str(memory[(y >> 3) * 128 + x] >> (y & 7) & 1) for y in range(64) for x in range(128)
    )
    return MemoryScreen(memory), cells


@pytest.mark.parametrize("ratio", [1, 1.1, 1.25, 1.5, 3])
def test_every_pixel_is_whole_pixels_of_the_screen(
    floor: MemoryFloor, handle: Handle, launch: Callable[..., Browser], ratio: float
) -> None:
    """At the browser's real scale: playwright's emulated one rounds places to CSS pixels."""
    screen, cells = noise()
    floor.show(UID, screen)
    browser = launch(f"--force-device-scale-factor={ratio}")
    page = browser.new_context(no_viewport=True).new_page()
    page.goto(handle.url)
    for width in (520, 700, 1280):
        resize(page, width)
        page.wait_for_function(f"wanted => ({READ_CANVAS})() === wanted", arg=cells)
        assert photograph(page, ratio) == cells
    browser.close()


def resize(page: Page, width: int) -> None:
    window = page.context.new_cdp_session(page)
    number = window.send("Browser.getWindowForTarget")["windowId"]
    bounds = {"width": width, "height": 900}
    window.send("Browser.setWindowBounds", {"windowId": number, "bounds": bounds})
    page.wait_for_function("width => Math.abs(innerWidth - width) < 4", arg=width)


def photograph(page: Page, ratio: float) -> str:
    """The cells as the screen shows them; "?" where a device pixel differs from its cell."""
    box = page.locator("#oled").bounding_box()
    assert box is not None
    scale = page.evaluate("document.getElementById('oled').width") // 128
    assert scale >= 2
    left, top = round(box["x"] * ratio), round(box["y"] * ratio)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    glass = shot.crop((left, top, left + 128 * scale, top + 64 * scale))
    colours = {(LIT,): "1", (DARK,): "0"}
    seen = ""
    for y in range(0, glass.height, scale):
        for x in range(0, glass.width, scale):
            found = glass.crop((x, y, x + scale, y + scale)).getcolors()
            seen += colours.get(tuple(colour for _, colour in found or []), "?")
    return seen


def test_inverse_and_dark(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    screen, cells = noise()
    floor.show(UID, MemoryScreen(screen.pixels, inverted=True))
    inverse = cells.translate(str.maketrans("01", "10"))
    page.wait_for_function(f"wanted => ({READ_CANVAS})() === wanted", arg=inverse)
    floor.show(UID, MemoryScreen(screen.pixels, on=False))
    page.wait_for_function(f"wanted => ({READ_CANVAS})() === wanted", arg="0" * 8192)


# --- the record


def test_a_press_becomes_a_row_and_the_open_one_runs(
    floor: MemoryFloor, open_page: OpenPage
) -> None:
    page = open_page()
    floor.enter(UID, "not_ready", reason_code=2, reason="meal")
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(2)
    expect(rows.first.locator(".state")).to_have_text("not readymeal")
    expect(rows.first.locator(".agent")).to_have_text("林晓")
    expect(rows.first.locator(".duration")).to_have_text("0:01")
    expect(page.locator("#now-state")).to_have_text("not ready · meal")
    expect(page.locator("#totals li").first).to_contain_text("not ready")


def test_what_a_unit_says_is_text_and_nothing_else(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    evil = "<img src=x onerror=alert(1)>{name}"
    floor.desks[UID].unit["seat"] = evil
    floor.enter(UID, evil, reason_code=50, reason=evil)
    row = page.locator("#rows tr").first
    expect(row.locator(".state")).to_contain_text(evil)
    expect(page.locator("#seat")).to_contain_text("<img src=x")
    assert page.locator("img").count() == 0


def test_several_units_are_chosen_and_a_new_one_is_confirmed(
    floor: MemoryFloor, open_page: OpenPage
) -> None:
    floor.add(REAL, "serial", confirmed=False)
    floor.enter(REAL, "ready")
    page = open_page()
    page.locator(f'[data-uid="{REAL}"]').click()
    expect(page.locator("#real")).to_be_visible()
    expect(page.locator("#oled")).to_be_hidden()
    page.locator("#confirm").click()
    expect(page.locator("#unconfirmed")).to_be_hidden()
    assert floor.desks[REAL].unit["confirmed"]


def test_the_script_pack_that_the_unit_speaks_from_stands_beside_its_state(
    open_page: OpenPage,
) -> None:
    expect(open_page().locator("#now-who")).to_contain_text("script pack zh 1.0")


def test_the_cable_and_the_screens_language(floor: MemoryFloor, open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("radio", name="English")).to_be_checked()
    page.locator("#power").click()
    expect(page.locator("#hint")).to_contain_text("power is cut")
    assert not floor.desks[UID].unit["powered"]
    page.locator("#power").click()
    expect(page.locator("#hint")).to_contain_text("sign in")


# --- words, width, outside


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh-Hans"), ("en-US", "en"), ("de", "en")])
def test_the_browsers_language_decides_and_a_switch_is_remembered(
    open_page: OpenPage, locale: str, lang: str
) -> None:
    page = open_page(locale=locale)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", lang)
    page.locator("#switch").click()
    expect(html).not_to_have_attribute("lang", lang)
    switched = html.get_attribute("lang")
    page.reload()
    expect(page.locator("#rows tr").first).to_be_visible()
    expect(html).to_have_attribute("lang", str(switched))


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_nothing_is_wider_than_the_page(
    floor: MemoryFloor, open_page: OpenPage, locale: str
) -> None:
    floor.enter(UID, "hold", call_no=12, hold_no=3)
    page = open_page(width=320, locale=locale)
    for width in (320, 390, 768, 1080, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelectorAll('[data-word]:empty').length") == 0


def test_nothing_is_asked_from_outside(chrome: Browser, handle: Handle) -> None:
    page = chrome.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(handle.url)
    expect(page.locator("#rows tr").first).to_be_visible()
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(handle.url)] == []
    page.close()


def test_every_control_has_a_name(floor: MemoryFloor, open_page: OpenPage) -> None:
    floor.enter(UID, "ready")
    page = open_page()
    tree = page.locator("body").aria_snapshot()
    for name in ("READY button, key 1", "Pull the cable", "Time in each state", "State log"):
        assert name in tree
    unnamed = [line for line in tree.splitlines() if line.strip() in ("- button", "- link")]
    assert unnamed == []


# --- loss of the server


def test_a_lost_server_is_said_plainly_and_found_again(
    floor: MemoryFloor, handle: Handle, open_page: OpenPage
) -> None:
    page = open_page()
    handle.stop()
    expect(page.locator("#notice")).to_contain_text(
        "connection to deskunit on this computer is lost"
    )
    page.keyboard.press("1")  # goes nowhere, and is not kept for later
    again = serve(floor, port=handle.port)
    again.start()
    floor.enter(UID, "ready")
    expect(page.locator("#notice")).to_contain_text("Connected again")
    expect(page.locator("#now-state")).to_have_text("ready")
    assert floor.pressed == []
    page.keyboard.press("2")  # with the new start's token
    assert pressed(floor, page, 2) == [("BUSY", True), ("BUSY", False)]
    page.close()
    again.stop()
