"""Glyphs from the bitmap fonts at their own sizes, one bit a pixel: 12 px, and 16 px for the large mode.

Reads the font files with Pillow. Called by the pack compiler and the checks; knows nothing of texts or packs.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from deskunit.errors import DeskunitError
from deskunit.scripts.encoding import CELL, LARGE_CELL, Glyph

PACKAGES = Path(__file__).parents[3] / "node_modules" / "@fontsource"
CELL_WIDTH = CELL[0]
ABSENT = "\U0010ffff"  # never a character, so drawn as the font's "missing" box

# Drawn in a square with their ink at one side; on a small screen that is a hole in the line.
CLOSING = frozenset("，。！？：；、）」』》】〉”’·")
OPENING = frozenset("（「『《【〈“‘")


@dataclass(frozen=True)
class Face:
    """A font and how it is read. `top`: where, below Pillow's ascent, the cell's first row is."""

    package: str
    size: int
    top: int
    squeezed: int  # the least advance of a squeezed mark

    def folder(self) -> Path:
        """Where npm put the font. DeskunitError when it is not there."""
        folder = PACKAGES / self.package
        if not folder.is_dir():
            raise DeskunitError("font_missing", folder=folder)
        return folder


SIMPLIFIED = Face("fusion-pixel-12px-proportional-sc", CELL[1], 4, 6)
TRADITIONAL = Face("fusion-pixel-12px-proportional-tc", CELL[1], 4, 6)
LARGE = Face("unifont", LARGE_CELL[1], 0, 8)
SMALL = {"zh": SIMPLIFIED, "zh-Hant": TRADITIONAL, "en": SIMPLIFIED}


@cache
def small_font(language: str) -> "Font":
    """The 12 px font of `language`."""
    return _font(SMALL[language])


@cache
def large_font() -> "Font":
    """The 16 px font of all languages."""
    return _font(LARGE)


@cache
def _font(face: Face) -> "Font":
    return Font(face)


class Font:
    """A face at its size; what was drawn once is remembered."""

    def __init__(self, face: Face = SIMPLIFIED) -> None:
        self._face = face
        path = next((face.folder() / "files").glob("*.woff2"))
        self._font = ImageFont.truetype(path, face.size, layout_engine=ImageFont.Layout.BASIC)
        self._absent = self._draw(ABSENT).tobytes()
        self._found: dict[str, Glyph | None] = {}

    def find_glyph(self, character: str) -> Glyph | None:
        """The glyph of `character`, full-width punctuation squeezed to its ink; None if absent."""
        if character not in self._found:
            self._found[character] = self._glyph(character)
        return self._found[character]

    def width(self, text: str) -> int:
        """Width of `text` in pixels; what has no glyph counts as a square."""
        glyphs = map(self.find_glyph, text)
        return sum(self._face.size if glyph is None else glyph.advance for glyph in glyphs)

    def _glyph(self, character: str) -> Glyph | None:
        if ord(character) >= 0xFFFF or not character.isprintable():
            return None
        picture = self._draw(character)
        if picture.tobytes() == self._absent:
            return None
        advance = round(self._font.getlength(character))
        if character in CLOSING or character in OPENING:
            picture, advance = self._squeezed(picture, character in OPENING)
        return Glyph(ord(character), advance, picture.tobytes())

    def _draw(self, character: str) -> Image.Image:
        picture = Image.new("1", (CELL_WIDTH, self._face.size))
        draw = ImageDraw.Draw(picture)
        draw.fontmode = "1"
        draw.text((0, -self._face.top), character, fill=1, font=self._font)
        return picture

    def _squeezed(self, picture: Image.Image, opening: bool) -> tuple[Image.Image, int]:
        """The ink with one pixel at its side; an opening mark keeps what is left over before it."""
        box = picture.getbbox()
        if box is None:
            raise ValueError("punctuation without ink")
        ink = box[2] - box[0]
        advance = max(self._face.squeezed, ink + 2)
        moved = Image.new("1", picture.size)
        left = advance - 1 - ink if opening else 1
        moved.paste(picture.crop((box[0], 0, box[2], self._face.size)), (left, 0))
        return moved, advance
