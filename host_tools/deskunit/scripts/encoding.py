"""The bytes of a script pack, version 2 (docs/pack.md). Pure; the unit reads them in firmware/unit/pack.py.

    header   32 bytes: "DUPK", version, 12 px glyphs, 16 px glyphs, texts (u16 each), language (8 bytes
             ASCII, zero-filled), 0 (u32), size of the text area, size of the whole pack (u32 each)
    fonts    the 12 px glyphs, then the 16 px ones, ascending by code point, in blocks of 8: code points
             (8 × u16), advances (8 × u8), bits (8 × 24 or 32 bytes: rows of 16 pixels, leftmost in the
             high bit). The last block is filled up with code point 0xFFFF
    keys     low 30 bits of a key's CRC-32, offset into the text area (u32 each), ascending
    texts    key length (u8), key, text length (u16), text in UTF-8 with break marks
    CRC-32   of everything before it (u32)

Numbers are little-endian. A code point is below 0xFFFF; a key's check fits MicroPython's small int.
Ideographs are as wide as high, so that the unit need not look them up to break a line.
"""

import binascii
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAGIC = b"DUPK"
VERSION = 2
HEADER = struct.Struct("<4s4H8sIII")
KEY = struct.Struct("<II")
CELL = (16, 12)
LARGE_CELL = (16, 16)
BLOCK = 8
FILLER = 0xFFFF
IDEOGRAPHS = range(0x3400, 0xA000)


@dataclass(frozen=True)
class Glyph:
    """A character's picture. `bits`: 12 or 16 rows of 2 bytes, leftmost pixel in the high bit."""

    code_point: int
    advance: int
    bits: bytes


def key_check(key: str) -> int:
    """The number under which the unit looks a text up."""
    return binascii.crc32(key.encode()) & 0x3FFFFFFF


def encode(
    language: str, glyphs: Iterable[Glyph], large: Iterable[Glyph], texts: Mapping[str, str]
) -> bytes:
    """One pack. ValueError: two keys share a check, an ideograph is not square, a text is too long."""
    small, big = _ordered(glyphs, CELL[1]), _ordered(large, LARGE_CELL[1])
    offsets, area = _text_area(texts)
    body = b"".join(
        (
            _font(small, CELL[1]),
            _font(big, LARGE_CELL[1]),
            *(KEY.pack(check, offsets[check]) for check in sorted(offsets)),
            area,
        )
    )
    size = HEADER.size + len(body) + 4
    counts = (len(small), len(big), len(offsets))
    header = HEADER.pack(MAGIC, VERSION, *counts, language.encode("ascii"), 0, len(area), size)
    whole = header + body
    return whole + struct.pack("<I", binascii.crc32(whole))


def _ordered(glyphs: Iterable[Glyph], rows: int) -> list[Glyph]:
    ordered = sorted(glyphs, key=lambda glyph: glyph.code_point)
    for glyph in ordered:
        if len(glyph.bits) != 2 * rows or not 0 < glyph.code_point < FILLER:
            raise ValueError(f"U+{glyph.code_point:04X} does not fit a cell of {rows} rows")
        if glyph.code_point in IDEOGRAPHS and glyph.advance != rows:
            raise ValueError(f"U+{glyph.code_point:04X} is not as wide as high")
    return ordered


def _font(glyphs: Sequence[Glyph], rows: int) -> bytes:
    filler = Glyph(FILLER, 0, bytes(2 * rows))
    blocks = []
    for first in range(0, len(glyphs), BLOCK):
        block = list(glyphs[first : first + BLOCK])
        block += [filler] * (BLOCK - len(block))
        blocks.append(struct.pack(f"<{BLOCK}H", *(glyph.code_point for glyph in block)))
        blocks.append(bytes(glyph.advance for glyph in block))
        blocks += [glyph.bits for glyph in block]
    return b"".join(blocks)


def _text_area(texts: Mapping[str, str]) -> tuple[dict[int, int], bytes]:
    """({check of a key: offset of its record}, the records)."""
    offsets: dict[int, int] = {}
    area = bytearray()
    for key in sorted(texts):
        if key_check(key) in offsets:
            raise ValueError(f"two keys with the check of {key}: rename one")
        offsets[key_check(key)] = len(area)
        name, text = key.encode("ascii"), texts[key].encode()
        if len(text) > 0xFFFF:
            raise ValueError(f"{key} is longer than 64 KiB")
        area += bytes([len(name)]) + name + struct.pack("<H", len(text)) + text
    return offsets, bytes(area)
