"""Glyphs from the bitmap font at its own size: 12 rows, at most 16 columns, one bit a pixel.

Reads the font file with Pillow. Called by the pack compiler; knows nothing of texts or packs.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from deskunit.errors import DeskunitError
from deskunit.scripts.encoding import CELL, Glyph

CELL_WIDTH, SIZE = CELL  # the font's own pixel size is the rows of a cell
TOP = 4  # Pillow draws below an ascent of 14: the cell's first row
PACKAGE = "@fontsource/fusion-pixel-12px-proportional-sc"
ABSENT = "\U0010ffff"  # never a character, so drawn as the font's "missing" box

# Drawn in a 12 px square with their ink at one side; on a small screen that is a hole in the line.
CLOSING = frozenset("，。！？：；、）」』》】〉”’·")
OPENING = frozenset("（「『《【〈“‘")
SQUEEZED_WIDTH = 6


def package_folder() -> Path:
    """Where npm put the font. DeskunitError when it is not there."""
    folder = Path(__file__).parents[3] / "node_modules" / PACKAGE
    if not folder.is_dir():
        raise DeskunitError("font_missing", folder=folder)
    return folder


class Font:
    """The font at 12 px."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or next((package_folder() / "files").glob("*.woff2"))
        self._font = ImageFont.truetype(path, SIZE, layout_engine=ImageFont.Layout.BASIC)
        self._absent = self._draw(ABSENT).tobytes()

    def find_glyph(self, character: str) -> Glyph | None:
        """The glyph of `character`, full-width punctuation squeezed to its ink; None if absent."""
        if ord(character) > 0xFFFF:
            return None
        picture = self._draw(character)
        if picture.tobytes() == self._absent:
            return None
        advance = round(self._font.getlength(character))
        if character in CLOSING or character in OPENING:
            picture, advance = _squeezed(picture, character in OPENING)
        return Glyph(ord(character), advance, picture.tobytes())

    def _draw(self, character: str) -> Image.Image:
        picture = Image.new("1", (CELL_WIDTH, SIZE))
        draw = ImageDraw.Draw(picture)
        draw.fontmode = "1"
        draw.text((0, -TOP), character, fill=1, font=self._font)
        return picture


def _squeezed(picture: Image.Image, opening: bool) -> tuple[Image.Image, int]:
    """The ink with one pixel at its side; an opening mark keeps what is left over before it."""
    box = picture.getbbox()
    if box is None:
        raise ValueError("punctuation without ink")
    ink = box[2] - box[0]
    advance = max(SQUEEZED_WIDTH, ink + 2)
    moved = Image.new("1", picture.size)
    moved.paste(picture.crop((box[0], 0, box[2], SIZE)), (advance - 1 - ink if opening else 1, 0))
    return moved, advance
