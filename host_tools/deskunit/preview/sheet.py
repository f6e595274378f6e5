"""Contact sheets: every screen of a language on a few tall pictures, scenario by scenario.

Black on white, one bit a pixel; labels in the unit's own font. Writes no files.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from deskunit.preview.labels import SEPARATOR, tile_words, ui_of, word
from deskunit.preview.plan import Group, Plan, Scenario
from deskunit.preview.shots import Shot
from deskunit.scripts.font import SMALL
from deskunit.virtual import Screen
from deskunit.virtual.screen import HEIGHT, WIDTH

SCALE = 2
COLUMNS = 14
TALLEST_PX = 8500
FONT_PX = 12
GAP = 12
LEAST_COLUMNS = 2  # room for a title
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

    def columns(self) -> int:
        return min(COLUMNS, max(len(self.tiles), LEAST_COLUMNS))

    def rows(self) -> int:
        return -(-len(self.tiles) // COLUMNS)

    def height_px(self) -> int:
        return TITLE_PX + self.rows() * TILE[1]


Shelf = list[Block]  # blocks beside each other
Placed = tuple[int, int, Block]  # x, y


def sheets(plan: Plan, shots: Mapping[str, Shot]) -> list[Image.Image]:
    """The pictures, none taller than TALLEST_PX."""
    pages: list[list[Shelf]] = [[]]
    for shelf in shelves(_parted(blocks(plan, shots))):
        used = sum(map(_height_px, pages[-1]))
        if pages[-1] and used + _height_px(shelf) > TALLEST_PX - 2 * GAP:
            pages.append([])
        pages[-1].append(shelf)
    return [_picture(page, plan.language) for page in pages]


def shelves(whole: Iterable[Block]) -> list[Shelf]:
    """Short blocks share a row, in their order."""
    found: list[Shelf] = [[]]
    for block in whole:
        taken = sum(one.columns() for one in found[-1])
        if found[-1] and taken + block.columns() > COLUMNS:
            found.append([])
        found[-1].append(block)
    return found


def placed(page: Iterable[Shelf]) -> Iterator[Placed]:
    """Where each block stands."""
    y = GAP
    for shelf in page:
        x = GAP
        for block in shelf:
            yield x, y, block
            x += block.columns() * TILE[0]
        y += _height_px(shelf)


def _height_px(shelf: Shelf) -> int:
    return max((block.height_px() for block in shelf), default=0)


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
        for sentence in step.sentences:
            said = tile_words(step, len(scenario.steps), sentence, ui)
            tiles += _tiles(shots[sentence.key], said)
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


def _picture(page: list[Shelf], language: str) -> Image.Image:
    widest = max(sum(block.columns() for block in shelf) for shelf in page)
    size = (widest * TILE[0] + GAP, sum(map(_height_px, page)) + 2 * GAP)
    picture = Image.new("1", size, 1)
    pen = _Pen(picture, language)
    for x, y, block in placed(page):
        pen.text(block.title, x, y, block.columns() * TILE[0] - GAP, scale=2)
        for left, top, tile in tiles_at(x, y, block):
            pen.text(tile.label, left, top - LABEL_PX, WIDTH * SCALE)
            glass = ImageOps.expand(
                tile.screen.image(SCALE), 1, 0
            )  # its header is as white as the sheet
            picture.paste(glass, (left - 1, top - 1))
    return picture


def tiles_at(x: int, y: int, block: Block) -> Iterator[tuple[int, int, Tile]]:
    """The corner of each screen of a block that stands at (x, y)."""
    for place, tile in enumerate(block.tiles):
        row, column = divmod(place, COLUMNS)
        yield x + column * TILE[0], y + TITLE_PX + row * TILE[1] + LABEL_PX, tile


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
