"""Reports in a real browser: from a file, with nothing from outside, wide and narrow, zoomed, printed."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pypdf
import pytest
from deskunit.reports import asking, building, page, printing
from deskunit.reports.model import KINDS, Report
from deskunit.store import open_store
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "synthetic"))

from floor import A_DAY, make_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATER = round(datetime(2026, 11, 14, tzinfo=SHANGHAI).timestamp() * 1000)
INSIDE = """() => [...document.querySelectorAll(".r-lane rect")].every((one) => {
  const bar = one.getBoundingClientRect();
  const lane = one.ownerSVGElement.getBoundingClientRect();
  return bar.height > 3 && bar.left >= lane.left - 1 && bar.right <= lane.right + 1;
})"""


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("floor")
    make_day(folder, 1, 40)
    return folder


def made(folder: Path, kind: str) -> Report:
    next_day = str(A_DAY + timedelta(1))
    how = {"on": str(A_DAY)} if kind in ("day", "week") else {"from_": str(A_DAY), "to": next_day}
    days = asking.period(kind, SHANGHAI, LATER, **how)
    with open_store(folder, write=False) as store:
        someone = next(one for one in store.intervals() if one.agent_id).agent_id or ""
        agents = (someone,) if kind == "agent" else ()
        return building.report(store, folder, asking.Ask(kind, days, agents), LATER)


@pytest.fixture(scope="module")
def files(floor: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """A file of each kind in each language."""
    folder = tmp_path_factory.mktemp("reports")
    found = {}
    for kind in KINDS:
        report = made(floor, kind)
        for language in ("zh", "en"):
            file = folder / f"{kind}-{language}.html"
            file.write_text(page.html(report, language), "utf-8")
            found[kind, language] = file
    return found


def opened(chrome: Browser, file: Path, width: int, **more: bool) -> tuple[Page, list[str]]:
    """The page, and whatever it asked for beside itself or complained of."""
    shown = chrome.new_context(viewport={"width": width, "height": 900}, **more).new_page()
    found: list[str] = []
    shown.on("request", lambda request: found.append(request.url))
    shown.on("pageerror", lambda error: found.append(str(error)))
    shown.on("console", lambda said: found.append(said.text))
    shown.goto(file.as_uri())
    return shown, [one for one in found if one != file.as_uri()]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_asks_for_nothing_and_complains_of_nothing(
    chrome: Browser, files: dict[tuple[str, str], Path], kind: str, language: str, width: int
) -> None:
    shown, found = opened(chrome, files[kind, language], width)
    assert found == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate(INSIDE)
    wanted = {"day": (20, 45), "agent": (1, 1)}.get(kind, (0, 0))
    assert wanted[0] <= shown.locator(".r-lane").count() <= wanted[1]
    shown.context.close()


def test_the_curve_can_be_zoomed_and_comes_back(
    chrome: Browser, files: dict[tuple[str, str], Path]
) -> None:
    shown, _ = opened(chrome, files["day", "en"], 1280)
    chart = shown.locator(".r-zoom .u-over")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None and box["width"] > 800
    legend = shown.locator(".r-zoom .u-legend tr").first
    expect(shown.locator(".r-zoom-hint")).to_be_visible()
    expect(shown.locator(".r-curve")).to_be_hidden()
    shown.mouse.move(box["x"] + 1, box["y"] + 50)
    expect(legend).to_contain_text("11-12 ")
    begin = legend.inner_text()
    shown.mouse.move(box["x"] + 300, box["y"] + 50)
    shown.mouse.down()
    shown.mouse.move(box["x"] + 500, box["y"] + 50)
    shown.mouse.up()
    shown.mouse.move(box["x"] + 1, box["y"] + 50)
    expect(legend).not_to_have_text(begin, use_inner_text=True)
    shown.mouse.dblclick(box["x"] + 5, box["y"] + 50)
    shown.mouse.move(box["x"] + 1, box["y"] + 60)
    expect(legend).to_have_text(begin, use_inner_text=True)
    shown.context.close()


def test_without_scripts_the_curve_is_the_drawn_one(
    chrome: Browser, files: dict[tuple[str, str], Path]
) -> None:
    shown, found = opened(chrome, files["day", "zh"], 1280, java_script_enabled=False)
    assert found == []
    expect(shown.locator(".r-curve")).to_be_visible()
    expect(shown.locator(".r-zoom")).to_be_hidden()
    shown.context.close()


def test_the_formulas_unfold(chrome: Browser, files: dict[tuple[str, str], Path]) -> None:
    shown, _ = opened(chrome, files["team", "en"], 390)
    formula = shown.locator("details.r-formulas td").first
    expect(formula).to_be_hidden()
    shown.get_by_text("How the measures are made").first.click()
    expect(formula).to_be_visible()
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    shown.context.close()


def test_it_is_printed_on_landscape_pages_with_the_formulas_and_every_agent(
    files: dict[tuple[str, str], Path], floor: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if named := os.environ.get("CHROMIUM"):
        monkeypatch.setenv(printing.BROWSER, named)
    report = made(floor, "day")
    file = tmp_path / "day.pdf"
    file.write_bytes(printing.pdf(page.html(report, "en")))
    pages = pypdf.PdfReader(file).pages
    assert 4 <= len(pages) <= 9
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in pages} == {
        (842, 595)
    }
    text = normalize("NFKC", " ".join(" ".join(one.extract_text() for one in pages).split()))
    assert "How the measures are made" in text and "difference 0.000 s" in text
    for lane in report.lanes:
        assert lane.key in text
    assert file.stat().st_size < 3_000_000
