"""The script tab in a real browser: browse, type and see its picture, findings, saving, sending."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from deskunit.editing.desk import ScriptDesk
from deskunit.scripts import compiler
from deskunit.scripts.drawing import Drawer, Scene
from deskunit.scripts.library import DEFAULT, read_library
from deskunit.virtual import Screen
from deskunit.web import serve
from deskunit.web.server import Handle
from glass import READ_CANVAS, cells
from playwright.sync_api import Browser, Locator, Page, expect

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards"), str(ROOT / "tests" / "host")]

import small_library  # noqa: E402
from memory_floor import MemoryFloor  # noqa: E402
from paper_pushing import PaperPushing  # noqa: E402

import build  # noqa: E402

UID = "a4cf12b3d0e8"
ASK = "silent/0/0/say"
OpenTab = Callable[..., Page]
PATIENCE_MS = 30_000  # of the tests, on a slow machine: the whole library is drawn and checked


@dataclass
class Site:
    """A data folder, and the page that is served over it."""

    data_dir: Path
    pushing: PaperPushing
    handle: Handle

    def file(self, scenario: str) -> str:
        return (self.data_dir / "library" / "scenarios" / f"{scenario}.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def tree() -> Path:
    return build.build("virtual")


def served(data_dir: Path, tree: Path) -> Iterator[Site]:
    floor = MemoryFloor()
    floor.add(UID)
    floor.enter(UID, "signed_out")
    pushing = PaperPushing()
    desk = ScriptDesk(data_dir, pushing, lambda: tree)
    handle = serve(floor, port=0, scripts=desk)
    handle.start()
    yield Site(data_dir, pushing, handle)
    handle.stop()
    desk.close()


@pytest.fixture
def site(tmp_path: Path, tree: Path) -> Iterator[Site]:
    """The site has a library of its own, the small one, with a comment in it."""
    asked = '# asked twice\nsay.zh = "您好，能听到吗？"  # kindly'
    silent = small_library.SILENT.replace('say.zh = "您好，能听到吗？"', asked)
    small_library.written(tmp_path / "library", silent=silent)
    yield from served(tmp_path, tree)


@pytest.fixture
def fresh(tmp_path: Path, tree: Path) -> Iterator[Site]:
    """The site has none: the library that comes with deskunit."""
    yield from served(tmp_path, tree)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, tree: Path) -> Iterator[Site]:
    """The same for those who save nothing: all of it is checked once, which takes seconds."""
    yield from served(tmp_path_factory.mktemp("shipped"), tree)


@pytest.fixture
def open_tab(chrome: Browser) -> Iterator[OpenTab]:
    contexts = []
    complaints: list[str] = []

    def open_one(site: Site, at: str = "silent", width: int = 1280, locale: str = "zh-CN") -> Page:
        context = chrome.new_context(viewport={"width": width, "height": 860}, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site.handle.url}#scripts/{at}")
        is_checked(page)
        if at:
            expect(page.locator(".sentence canvas").first).to_have_attribute("data-number", "1")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def is_checked(page: Page) -> None:
    good = page.locator('#check[data-kind="good"]')
    expect(good).to_be_visible(timeout=PATIENCE_MS)


def box(page: Page, name: str = ASK, language: str = "zh") -> Locator:
    return page.locator(f'[data-name="{name}"] textarea[data-language="{language}"]')


def found(page: Page, name: str = ASK) -> Locator:
    return page.locator(f'[data-name="{name}"] .findings li')


def shows(page: Page, screen: Screen, name: str = ASK) -> None:
    """Wait until the sentence's canvas has these pixels."""
    read = READ_CANVAS.replace(
        'document.getElementById("oled")', "document.querySelector(`[data-name='${name}'] canvas`)"
    ).replace("() =>", "(name) =>", 1)
    pixels = base64.b64encode(screen.pixels).decode()
    wanted = cells({"pixels": pixels, "inverted": screen.inverted, "on": screen.on})
    page.wait_for_function(f"([name, wanted]) => ({read})(name) === wanted", arg=[name, wanted])


def drawn(tree: Path, library: Path, language: str, text: str, page: int = 0) -> Screen:
    """What the unit draws of `text` in the first step of the silent caller."""
    example = {"zh": ("王芳", "李女士"), "en": ("Alice", "Ms Lee")}[language]
    with Drawer(tree) as drawer:
        packs = compiler.packs_of(read_library(library), extra_text=text + "".join(example))
        drawer.open(language, packs[f"{language}.pack"])
        scene = Scene(
            scenario="silent", said="say.silent.0.0", text=text, page=page, agent="1001",
            name=example[0], caller=example[1],
        )  # fmt: skip
        return drawer.draw(language, scene).screen


# --- the tabs


def test_tabs_by_mouse_keyboard_and_address(shipped: Site, open_tab: OpenTab) -> None:
    page = open_tab(shipped, "", locale="en-GB")
    expect(page.get_by_role("tab", name="Scripts")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel-units")).to_be_hidden()
    page.get_by_role("tab", name="Scripts").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#panel-units")).to_be_visible()
    expect(page.locator("#panel-scripts")).to_be_hidden()
    expect(page.get_by_role("tab", name="Units and log")).to_be_focused()
    page.get_by_role("tab", name="Scripts").click()
    expect(page.locator("#panel-scripts")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel-units")).to_be_visible()


def test_keys_in_the_script_tab_press_no_button(shipped: Site, open_tab: OpenTab) -> None:
    page = open_tab(shipped, "silent", locale="en-GB")
    box(page, "silent/0/1/say", "en").click()
    page.keyboard.type("123")
    page.get_by_role("tab", name="Units and log").click()
    page.get_by_role("tab", name="Scripts").click()
    expect(page.locator("#panel-scripts")).to_be_visible()
    page.keyboard.down("1")
    expect(page.locator(".key.down")).to_have_count(0)
    page.keyboard.up("1")
    page.get_by_role("tab", name="Units and log").click()
    expect(page.locator("#panel-units")).to_be_visible()
    page.keyboard.down("1")
    expect(page.locator(".key.down")).to_have_count(1)


# --- browsing


def test_a_scenario_is_found_and_shown_with_its_steps(shipped: Site, open_tab: OpenTab) -> None:
    page = open_tab(shipped, "")
    page.locator("#script-search").fill("能听到我说话")
    expect(page.locator("#script-tree a:visible")).to_have_text(["无声来电"])
    page.locator("#script-tree a:visible").click()
    expect(page.locator("#scenario h2")).to_have_text("无声来电")
    steps = page.locator(".step > header")
    expect(steps).to_have_count(5)
    expect(steps.first).to_contain_text("每 3 秒一次，共 2 次")
    expect(steps.first).to_contain_text("按 BUSY → 第 2 步")
    expect(page.locator(".step").first.locator(".when").first).to_have_text("学员")
    page.locator("#script-search").fill("没有这样一句话")
    expect(page.locator("#script-none")).to_be_visible()
    page.locator("#script-search").fill("")
    page.locator("#script-flavour").select_option("care")
    expect(steps).to_have_count(6)
    page.locator('#script-tree a[data-key="-states"]').click()
    expect(page.locator(".sentence")).to_have_count(7)


def test_language_and_size_change_every_picture(
    shipped: Site, open_tab: OpenTab, tree: Path
) -> None:
    page = open_tab(shipped)
    name = "silent/0/2/say"
    page.get_by_role("radio", name="English").click()
    expect(box(page, name, "en")).to_be_visible()
    with Drawer(tree) as drawer:
        drawer.open("en", compiler.packs_of(read_library(DEFAULT), languages=["en"])["en.pack"])
        scene = Scene(scenario="silent", said="say.silent.0.1", name="Alice", caller="Ms Lee")
        small = drawer.draw("en", scene).screen
        large = drawer.draw("en", Scene(**{**vars(scene), "large": True})).screen
    shows(page, small, name)
    page.get_by_role("radio", name="大字").click()
    shows(page, large, name)


# --- typing


def test_what_is_typed_is_drawn_as_the_unit_draws_it(
    site: Site, open_tab: OpenTab, tree: Path
) -> None:
    page = open_tab(site)
    long = "您好，这里是话务台，请问您需要办理什么业务？请您慢慢说，我在听。谢谢您。"
    box(page).fill("")
    box(page).press_sequentially("您贵姓？")
    shows(page, drawn(tree, site.data_dir / "library", "zh", "您贵姓？"))
    box(page).fill(long)
    shows(page, drawn(tree, site.data_dir / "library", "zh", long))
    page.locator(f'[data-name="{ASK}"]').get_by_role("button", name="下一屏").click()
    shows(page, drawn(tree, site.data_dir / "library", "zh", long, page=1))
    expect(page.locator(f'[data-name="{ASK}"] .pager span')).to_have_text("2 / 2")
    page.locator(f'[data-name="{ASK}"] summary').click()
    box(page, ASK, "en").fill("Who is calling?")
    shows(page, drawn(tree, site.data_dir / "library", "en", "Who is calling?"))


def test_a_forbidden_phrase_is_told_beside_it_until_it_is_gone(
    site: Site, open_tab: OpenTab
) -> None:
    page = open_tab(site)
    box(page).fill("您好，这不归、我管。")
    expect(found(page)).to_contain_text("不归我管")
    expect(found(page)).to_contain_text("scenarios/silent.toml 第 16 行")
    expect(page.locator("#save")).to_be_disabled()
    expect(page.locator("#savebar")).to_contain_text("有错误的句子不能保存")
    box(page).fill("您好，我来处理。")
    expect(found(page)).to_have_count(0)
    expect(page.locator("#save")).to_be_enabled()
    page.locator("#discard").click()
    expect(box(page)).to_have_value("您好，能听到吗？")
    expect(page.locator("#savebar")).to_be_hidden()


def test_an_old_picture_never_comes_after_a_newer_one(
    site: Site, open_tab: OpenTab, tree: Path
) -> None:
    page = open_tab(site)
    held = []

    def hold_the_first(route: object) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/api/script/typed", hold_the_first)
    with page.expect_request("**/api/script/typed"):
        box(page).fill("甲")
    box(page).fill("乙")
    held[0].continue_()
    shows(page, drawn(tree, site.data_dir / "library", "zh", "乙"))
    assert [json.loads(one.request.post_data)["sentence"]["text"] for one in held] == ["甲", "乙"]


def test_text_is_text(site: Site, open_tab: OpenTab) -> None:
    page = open_tab(site)
    box(page).fill("<img src=x onerror=alert(1)>{<b>x</b>}")
    expect(found(page).first).to_contain_text("<b>x</b>")
    assert page.locator("#panel-scripts :is(img, b)").count() == 0


# --- saving


def test_a_saved_sentence_is_in_the_file_with_the_old_comments(
    site: Site, open_tab: OpenTab
) -> None:
    page = open_tab(site)
    before = site.file("silent")
    box(page).fill("您好，\n听得到吗？")
    page.keyboard.press("Control+s")
    expect(page.locator("#notice")).to_contain_text("已保存到 scenarios/silent.toml")
    expect(page.locator("#savebar")).to_be_hidden()
    assert site.file("silent") == before.replace("您好，能听到吗？", "您好，\\n听得到吗？")
    page.reload()
    expect(box(page)).to_have_value("您好，\n听得到吗？")


def test_the_first_save_says_that_it_copies_the_library(fresh: Site, open_tab: OpenTab) -> None:
    page = open_tab(fresh)
    expect(page.locator("#library-about")).to_contain_text("首次保存时会复制")
    box(page, "silent/1/0/say").fill("听到您了，请讲。")
    page.locator("#save").click()
    expect(page.locator("#notice")).to_contain_text("话术库已复制到数据文件夹")
    expect(page.locator("#library-about")).to_contain_text("本站点自己的话术库")
    assert "# 无声来电" in fresh.file("silent") and "听到您了，请讲。" in fresh.file("silent")


def test_two_tabs_on_one_sentence(site: Site, open_tab: OpenTab) -> None:
    one, other = open_tab(site), open_tab(site)
    box(one).fill("第一位写的。")
    one.locator("#save").click()
    expect(one.locator("#savebar")).to_be_hidden()
    box(other).fill("第二位写的。")
    other.locator("#save").click()
    aside = other.locator(f'[data-name="{ASK}"] .aside').first
    expect(aside).to_contain_text("您的修改没有保存")
    expect(aside.locator("blockquote")).to_have_text("第一位写的。")
    expect(box(other)).to_have_value("第二位写的。")
    expect(other.locator("#save")).to_be_disabled()
    assert "第一位写的。" in site.file("silent")
    aside.get_by_role("button", name="保留我的").click()
    other.locator("#save").click()
    expect(other.locator("#savebar")).to_be_hidden()
    assert "第二位写的。" in site.file("silent")


def test_another_sentence_of_a_changed_file_is_saved_all_the_same(
    site: Site, open_tab: OpenTab
) -> None:
    one, other = open_tab(site), open_tab(site)
    box(one).fill("第一位写的。")
    one.locator("#save").click()
    expect(one.locator("#savebar")).to_be_hidden()
    box(other, "silent/1/0/say").fill("第二位写的。")
    other.locator("#save").click()
    expect(other.locator("#savebar")).to_be_hidden()
    assert "第一位写的。" in site.file("silent") and "第二位写的。" in site.file("silent")


def test_what_was_not_saved_is_offered_after_a_reload(site: Site, open_tab: OpenTab) -> None:
    page = open_tab(site)
    box(page).fill("还没保存的一句。")
    expect(page.locator("#savebar")).to_be_visible()
    page.reload()
    aside = page.locator(f'[data-name="{ASK}"] .aside').first
    expect(aside).to_contain_text("还没保存的一句。")
    expect(box(page)).to_have_value("您好，能听到吗？")
    expect(page.locator('#script-tree a[data-key="silent"] .unsaved')).to_be_visible()
    aside.get_by_role("button", name="恢复").click()
    expect(box(page)).to_have_value("还没保存的一句。")
    page.locator("#save").click()
    expect(page.locator("#savebar")).to_be_hidden()
    page.reload()
    expect(box(page)).to_have_value("还没保存的一句。")
    expect(page.locator(".aside:not(:empty)")).to_have_count(0)


# --- sending


def test_sending_shows_each_unit(site: Site, open_tab: OpenTab) -> None:
    page = open_tab(site)
    page.locator("#send").click()
    rows = page.locator("#sending li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("50 %")
    expect(rows.last).to_contain_text("存储空间不够")
    site.pushing.finished = True
    expect(rows.first).to_contain_text("已换上")
    assert [one.language for one, _ in site.pushing.sent] == ["zh", "en"]


def test_a_library_with_errors_says_why_it_is_not_sent(site: Site, open_tab: OpenTab) -> None:
    page = open_tab(site)
    spoilt = site.file("silent").replace("能听到吗", "这不归我管")
    small_library.written(site.data_dir / "library", silent=spoilt)
    page.reload()
    expect(page.locator("#send-note")).to_contain_text("改正 1 处错误")
    expect(page.locator("#send")).to_be_disabled()
    page.locator("#check-said").click()
    expect(page.locator("#check-list")).to_contain_text("不归我管")
    expect(page.locator('#script-tree a[data-key="silent"] .wrong')).to_be_visible()
    box(page).fill("您好。")
    page.locator("#save").click()
    is_checked(page)
    expect(page.locator("#send")).to_be_enabled()


# --- where nothing can be drawn


def test_without_pictures_it_says_so_and_the_rest_works(tmp_path: Path, open_tab: OpenTab) -> None:
    small_library.written(tmp_path / "library")
    for site in served(tmp_path, tmp_path / "none"):
        page = open_tab(site, "")
        page.locator('#script-tree a[data-key="silent"]').click()
        expect(page.locator("#script-note")).to_contain_text("画不出终端屏幕")
        expect(page.locator(".screen").first).to_be_hidden()
        box(page).fill("这不归我管")
        expect(found(page)).to_contain_text("不归我管")
        box(page).fill("您好。")
        expect(found(page)).to_have_count(0)
        page.locator("#save").click()
        expect(page.locator("#savebar")).to_be_hidden()
        assert "您好。" in site.file("silent")


# --- form


def too_wide(page: Page) -> list[int]:
    """The widths of a window at which the page is wider than it."""
    found = []
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 860})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_nothing_is_wider_than_the_page(shipped: Site, open_tab: OpenTab, locale: str) -> None:
    page = open_tab(shipped, "", locale=locale)
    assert too_wide(page) == []
    page.locator('#script-tree a[data-key="greeting"]').click()
    expect(page.locator(".sentence canvas").first).to_be_visible()
    page.locator(".sentence textarea").first.fill("{x} " + "w" * 300)
    expect(page.locator(".findings:visible li").first).to_be_visible()
    for summary in page.locator(".others summary").all():
        summary.click()
    page.locator("#send").click()
    expect(page.locator("#sending li").first).to_be_visible()
    assert too_wide(page) == []
    assert page.evaluate("document.querySelectorAll('[data-word]:empty').length") == 0


def test_on_a_phone_the_list_gives_way_to_the_scenario(shipped: Site, open_tab: OpenTab) -> None:
    page = open_tab(shipped, "", width=390)
    expect(page.locator("#scenario")).to_be_hidden()
    page.locator('#script-tree a[data-key="silent"]').click()
    expect(page.locator("#script-tree")).to_be_hidden()
    expect(page.locator("#scenario h2")).to_be_in_viewport()
    page.get_by_role("link", name="全部场景").click()
    expect(page.locator("#script-tree")).to_be_visible()


def test_every_control_has_a_name(shipped: Site, open_tab: OpenTab) -> None:
    page = open_tab(shipped, "silent", locale="en-GB")
    tree = page.locator("#panel-scripts").aria_snapshot()
    for name in (
        "Send to the units",
        "Search the library",
        "s screen: ",
        "Flavour",
    ):
        assert name in tree
    bare = ("- button", "- link", "- textbox", "- combobox", "- img")
    assert [line for line in tree.splitlines() if line.strip() in bare] == []


def test_the_switch_changes_the_language_of_the_tab_and_keeps_what_is_written(
    site: Site, open_tab: OpenTab
) -> None:
    page = open_tab(site)
    box(page).fill("正在写。")
    page.locator("#switch").click()
    expect(page.locator("#savebar-said")).to_contain_text("Unsaved changes: 1")
    expect(box(page)).to_have_value("正在写。")


def test_an_editor_that_saves_the_same_sentence_meanwhile_is_not_overwritten(
    site: Site, open_tab: OpenTab
) -> None:
    page = open_tab(site)
    box(page).fill("页面上写的。")
    expect(page.locator("#savebar")).to_be_visible()
    newer = site.file("silent").replace("您好，能听到吗？", "编辑器里写的。")
    small_library.written(site.data_dir / "library", silent=newer)
    page.locator("#script-flavour").select_option("shop")  # the library is read again
    aside = page.locator(f'[data-name="{ASK}"] .aside').first
    expect(aside).to_contain_text("编辑器里写的。")
    expect(page.locator("#save")).to_be_disabled()
    aside.get_by_role("button", name="用文件里的").click()
    expect(box(page)).to_have_value("编辑器里写的。")
    expect(page.locator("#savebar")).to_be_hidden()
    assert site.file("silent") == newer
