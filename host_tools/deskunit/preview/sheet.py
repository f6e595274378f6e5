"""Contact sheets: every screen of a language on a few tall pictures, scenario by scenario.

Black on white, one bit a pixel; labels in the unit's own font. Writes no files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from deskunit.preview.labels import SEPARATOR, sentence_words, step_words, ui_of, word
from deskunit.preview.plan import Group, Plan, Scenario
from deskunit.preview.shots import Shot
from deskunit.scripts.font import SMALL
from deskunit.virtual import Screen
from deskunit.virtual.screen import HEIGHT, WIDTH

SCALE = 2
COLUMNS = 8
TALLEST_PX = 8000
FONT_PX = 12
GAP = 12
TITLE_PX = 2 * FONT_PX + GAP  # of a scenario, drawn twice as large
LABEL_PX = FONT_PX + 6
TILE = (WIDTH * SCALE + GAP, HEIGHT * SCALE + LABEL_PX + GAP)


@dataclass(frozen=True)
class Tile:
    label: str
    screen: Screen


@dataclass(frozen=True)
class Block:
    """A heading and the screens under it."""

    title: str
    tiles: tuple[Tile, ...]

    def height_px(self) -> int:
        return TITLE_PX + -(-len(self.tiles) // COLUMNS) * TILE[1]


def sheets(plan: Plan, shots: Mapping[str, Shot]) -> list[Image.Image]:
    """The pictures, none taller than TALLEST_PX; a block goes whole onto one of them if it can."""
    pages: list[list[Block]] = [[]]
    for block in _parted(blocks(plan, shots)):
        used = sum(one.height_px() for one in pages[-1])
        if pages[-1] and used + block.height_px() > TALLEST_PX - 2 * GAP:
            pages.append([])
        pages[-1].append(block)
    return [_picture(page, plan.language) for page in pages]


def blocks(plan: Plan, shots: Mapping[str, Shot]) -> Iterator[Block]:
    """One for the states, one a scenario."""
    ui = ui_of(plan.language)
    if plan.states:
        tiles = [
            tile
            for key, _ in plan.states
            for tile in _tiles(shots[key], word(key.replace(".", "_"), ui))
        ]
        yield Block(word("states", ui), tuple(tiles))
    for group in plan.groups:
        for scenario in group.scenarios:
            yield _block(group, scenario, shots, ui)


def _block(group: Group, scenario: Scenario, shots: Mapping[str, Shot], ui: str) -> Block:
    tiles: list[Tile] = []
    for step in scenario.steps:
        said = step_words(step, len(scenario.steps), ui)
        for sentence in step.sentences:
            when = sentence_words(sentence, ui)
            tiles += _tiles(shots[sentence.key], SEPARATOR.join(filter(None, (said, when))))
    return Block(f"{group.title}{SEPARATOR}{scenario.title}  [{scenario.id}]", tuple(tiles))


def _tiles(shot: Shot, label: str) -> Iterator[Tile]:
    for page, screen in enumerate(shot.screens, 1):
        number = f"  p{page}/{len(shot.screens)}" if len(shot.screens) > 1 else ""
        yield Tile(label + number, screen)


def _parted(whole: Iterator[Block]) -> Iterator[Block]:
    """A block too tall for any picture in parts that fit."""
    most = COLUMNS * ((TALLEST_PX - 2 * GAP - TITLE_PX) // TILE[1])
    for block in whole:
        for first in range(0, max(1, len(block.tiles)), most):
            yield Block(block.title, block.tiles[first : first + most])


def _picture(page: list[Block], language: str) -> Image.Image:
    columns = max(1, min(COLUMNS, max((len(block.tiles) for block in page), default=1)))
    size = (columns * TILE[0] + GAP, sum(block.height_px() for block in page) + 2 * GAP)
    picture = Image.new("1", size, 1)
    pen = _Pen(picture, language)
    y = GAP
    for block in page:
        pen.text(block.title, GAP, y, size[0] - 2 * GAP, scale=2)
        for place, tile in enumerate(block.tiles):
            row, column = divmod(place, COLUMNS)
            x, top = GAP + column * TILE[0], y + TITLE_PX + row * TILE[1]
            pen.text(tile.label, x, top, WIDTH * SCALE)
            glass = ImageOps.expand(
                tile.screen.image(SCALE), 1, 0
            )  # its header is as white as the sheet
            picture.paste(glass, (x - 1, top + LABEL_PX - 1))
        y += block.height_px()
    return picture


class _Pen:
    """Writes labels in the font of the unit."""

    def __init__(self, picture: Image.Image, language: str) -> None:
        self._picture = picture
        self._font = ImageFont.truetype(
            font_file(language), FONT_PX, layout_engine=ImageFont.Layout.BASIC
        )

    def text(self, text: str, x: int, y: int, room_px: int, scale: int = 1) -> None:
        """One line, cut at the room that it has."""
        line = Image.new("1", (room_px // scale, FONT_PX + 4), 1)
        draw = ImageDraw.Draw(line)
        draw.fontmode = "1"
        draw.text((0, -2), text, fill=0, font=self._font)
        size = (line.width * scale, line.height * scale)
        self._picture.paste(line.resize(size, Image.Resampling.NEAREST), (x, y))


def font_file(language: str) -> Path:
    """The font in which the unit writes `language`."""
    return next((SMALL[language].folder() / "files").glob("*.woff2"))
