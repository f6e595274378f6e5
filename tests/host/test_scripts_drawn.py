"""Every text of the packs, laid out and drawn by the unit's own code: it fits, and no pixel differs.

The picture is compared with Pillow's drawing of the same font, run by run.
"""

import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import IO

import pytest
from deskunit.scripts import breaks, compile_packs, texts
from deskunit.scripts.filling import NO_SITE
from deskunit.scripts.font import CLOSING, OPENING, SMALL
from deskunit.scripts.library import DEFAULT, read_library
from deskunit.scripts.wording import wording_of
from PIL import Image, ImageDraw, ImageFont

TESTS = Path(__file__).parents[1]
for folder in (TESTS.parent / "firmware", TESTS / "firmware"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

import paper  # noqa: E402
from unit import pack, text  # noqa: E402

WIDTH = 128
LABEL_WIDTH = 42
TITLE_WIDTH = 74  # up to the header's marks
LINE_WIDTH = 124  # a menu's or view's line
NOTICES = ("refused.", "screen.more", "screen.callback_noted")
LISTED = ("callback.", "group.", "scenario.", "reason.", "wish.", "day.", "about.", "due.")
ONE_LINE = (*NOTICES, *LISTED, "screen.reason", "screen.leave_", "screen.overrun")
WIDEST = {
    "zh": {"hello": "早上好", "name": "欧阳晓梅", "reason": "设备故障", "kind": "五个工作日"},
    "zh-Hant": {"hello": "晚上好", "name": "歐陽曉梅", "reason": "設備故障"},
    "en": {
        "hello": "Good afternoon",
        "name": "Elizabeth S.",
        "reason": "technical fault",
        "kind": "2 working days",
    },
}
VALUES = {
    "agent": "100123",
    "seat": "WWWW-123",
    "n": 88,
    "o": 12,
    "h": 123,
    "m": 59,
    "cb": 9999,
    "kind": "",
    "t": "123:45",
    "uid": "a4cf12b3d0e8",
    "fw": "10.12.13",
    "version": "2026.11-b1",
    "wish": "",
    "caller": "",
}


class Folder:
    """Storage over a folder, for reading."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, name: str, mode: str) -> IO[bytes]:
        return open(self._path / name, mode)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_packs(tmp_path_factory.mktemp("packs"))[0].parent


@pytest.fixture(scope="module", params=texts.LANGUAGES)
def loaded(request: pytest.FixtureRequest, folder: Path) -> "pack.Pack":
    return pack.Pack(Folder(folder), request.param)


def laid_out(loaded: "pack.Pack") -> dict[str, list[str]]:
    """{key: lines} of all labels, titles and sentences with the widest values that are likely."""
    values = VALUES | WIDEST[loaded.lang]
    filled = {key: text.fill(loaded.text(key), values) for key in shown(loaded.lang)}
    return {
        key: [line.decode() for line in text.lines(loaded.font, template, WIDTH)]
        for key, template in filled.items()
    }


def shown(language: str) -> dict[str, str]:
    """Everything in the built-in pack that is drawn."""
    library = read_library(DEFAULT)
    wording = wording_of(library, language, library.head.flavour, NO_SITE)
    return {**texts.load(language), **wording.titles, **wording.said}


def width(loaded: "pack.Pack", line: str) -> int:
    return int(loaded.font.width(line.encode()))


def test_every_key_is_in_the_pack(loaded: "pack.Pack") -> None:
    for key, template in shown(loaded.lang).items():
        assert loaded.text(key).decode().replace(breaks.MARK, "") == template


def test_every_text_fits_where_it_is_shown(loaded: "pack.Pack") -> None:
    for key, lines in laid_out(loaded).items():
        assert all(width(loaded, line) <= WIDTH for line in lines), key
        assert all(lines), f"{key} has an empty line"
        if not key.startswith(("say.", "short.", "prompt.")):  # those are checked with the library
            assert len(lines) <= 3, f"{key} cannot be paged: {lines}"
        if key.startswith(ONE_LINE):
            assert len(lines) == 1, f"{key} has one line: {lines}"
        if key.startswith("soft."):
            assert width(loaded, lines[0]) <= LABEL_WIDTH, key
        if key.startswith(("state.", "menu.", "view.")):
            assert width(loaded, lines[0]) <= TITLE_WIDTH, key
        if key.startswith((*LISTED, *NOTICES)):
            assert width(loaded, lines[0]) <= LINE_WIDTH, key


def test_no_line_breaks_a_word_or_a_rule(loaded: "pack.Pack") -> None:
    for key, lines in laid_out(loaded).items():
        whole = text.fill(loaded.text(key), VALUES | WIDEST[loaded.lang]).decode()
        for before, after in pairwise(lines):
            assert after[0] not in CLOSING, f"{key}: {after}"
            assert before[-1] not in OPENING, f"{key}: {before}"
        for word in re.findall(r"[A-Za-z0-9]+", whole):
            assert any(word in line for line in lines), f"{key} breaks {word}"
        assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"[\s\x1f]", "", whole)


def test_every_text_is_drawn_as_the_font_has_it(loaded: "pack.Pack") -> None:
    path = next((SMALL[loaded.lang].folder() / "files").glob("*.woff2"))
    font = ImageFont.truetype(path, 12, layout_engine=ImageFont.Layout.BASIC)
    for key, lines in laid_out(loaded).items():
        for line in lines:
            canvas = paper.Canvas()
            end = loaded.font.draw(canvas, line.encode(), 0, 20)
            expected, expected_end = drawn_by_pillow(font, line, 20)
            assert end == expected_end, key
            assert bytes(canvas.pixels) == expected, f"{key}: {line}"
    assert loaded.font.missing == []


def drawn_by_pillow(font: ImageFont.FreeTypeFont, line: str, y: int) -> tuple[bytes, int]:
    """The line as Pillow draws it: runs as they are, punctuation moved to where its ink belongs."""
    picture = Image.new("1", (WIDTH, 64))
    x = 0
    for run in re.findall(f"[{''.join(CLOSING | OPENING)}]|[^{''.join(CLOSING | OPENING)}]+", line):
        alone = Image.new("1", (WIDTH + 12, 20))
        draw = ImageDraw.Draw(alone)
        draw.fontmode = "1"
        draw.text((0, 0), run, fill=1, font=font)
        advance = round(font.getlength(run))
        shift = 0
        if run in CLOSING or run in OPENING:
            left, _, right, _ = alone.getbbox()
            advance = max(6, right - left + 2)
            shift = advance - 1 - right if run in OPENING else 1 - left
        merge(picture, alone, x + shift, y - 4)
        x += advance
    return bytes(1 if pixel else 0 for pixel in picture.tobytes("raw", "L")), x


def merge(picture: Image.Image, alone: Image.Image, x: int, y: int) -> None:
    picture.paste(1, (x, y), alone)
