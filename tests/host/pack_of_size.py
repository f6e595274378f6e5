"""A pack that a unit can really speak from, filled up to the size that a test wants."""

import random

from deskunit.packs import Pack, checked_pack
from deskunit.scripts import texts
from deskunit.scripts.encoding import KEY, Glyph, encode

FILLER = "filler"


def pack_of_size(size: int, language: str = "zh") -> Pack:
    """Labels and letters of `language`, and letters that nobody asks for: `size` bytes."""
    labels = {**texts.load_all()[language], "library": "Test\n7.0\nhotline\nMIT"}
    shown = {chr(point) for point in range(0x20, 0x7F)} | {"□"}
    shown |= {char for text in labels.values() for char in text if char > "\x1f"}
    glyphs = [_glyph(char) for char in sorted(shown)]
    room = size - len(encode(language, glyphs, [], labels)) - KEY.size - len(FILLER) - 3
    chance = random.Random(size)
    labels[FILLER] = "".join(chance.choice("CDEFGabc019") for _ in range(room))
    pack = checked_pack(encode(language, glyphs, [], labels), "test")
    assert pack.size == size
    return pack


def _glyph(char: str) -> Glyph:
    point = ord(char)
    return Glyph(point, 12 if 0x3400 <= point < 0xA000 else 6, bytes([point % 256]) * 24)
