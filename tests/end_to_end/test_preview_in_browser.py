"""The preview's page in a real browser: wide and narrow, in both languages, on its own without a server."""

import sys
from pathlib import Path

import pytest
from deskunit.preview.making import PAGE, previewed
from deskunit.scripts import texts
from deskunit.scripts.library import read_library
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "boards"), str(ROOT / "tests" / "host")]

import small_library  # noqa: E402

import build  # noqa: E402

PICTURES = """() => [...document.images].map((one) => {
  const box = one.getBoundingClientRect();
  return [one.complete, one.naturalWidth, one.naturalHeight, box.width / box.height];
})"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preview")
    library = read_library(small_library.written(folder / "library"))
    contents = previewed(library, build.build("virtual"), languages=texts.LANGUAGES)
    (folder / PAGE).write_bytes(contents[PAGE])
    return folder / PAGE


def opened(chrome: Browser, file: Path, width: int, locale: str) -> tuple[Page, list[str]]:
    """The page, and whatever it asked for beside itself or complained of."""
    page = chrome.new_context(viewport={"width": width, "height": 900}, locale=locale).new_page()
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.goto(file.as_uri())
    return page, [one for one in found if one != file.as_uri() and not one.startswith("data:")]


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_every_picture_has_its_shape(
    chrome: Browser, file: Path, width: int, locale: str
) -> None:
    page, found = opened(chrome, file, width, locale)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    pictures = page.evaluate(PICTURES)
    assert len(pictures) >= 14 * len(texts.LANGUAGES)
    assert {tuple(one) for one in pictures} == {(True, 128, 64, 2)}
    page.context.close()


def test_it_speaks_the_readers_language_and_can_be_told_to_speak_the_other(
    chrome: Browser, file: Path
) -> None:
    page, _ = opened(chrome, file, 1280, "en-GB")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Every screen of the script library", use_inner_text=True
    )
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "话术库的全部屏幕", use_inner_text=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.context.close()


def test_a_sentence_can_be_found_and_reached(chrome: Browser, file: Path) -> None:
    page, _ = opened(chrome, file, 390, "en-GB")
    said = page.get_by_text("Hello, can you hear me?")
    expect(said.first).to_be_visible()
    page.get_by_role("link", name="Silence").click()
    expect(page.locator("#silent h3")).to_be_in_viewport()
    page.context.close()


def test_paper_has_the_pictures_and_not_the_contents(chrome: Browser, file: Path) -> None:
    page, _ = opened(chrome, file, 1280, "zh-CN")
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("figure img").first).to_be_visible()
    page.context.close()
