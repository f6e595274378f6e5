"""The bytes of a prompt pack, version 1 (docs/pack.md). Pure; the unit's reader is firmware/unit/pack.py.

    header   24 bytes: "DUPK", version, glyphs, texts (u16 each), cell width, rows (u8 each),
             language (8 bytes ASCII, zero-filled), size of the text area (u32)
    index    code points (u16 × glyphs, ascending), advances (u8 × glyphs)
    bits     24 bytes a glyph: 12 rows of 16 pixels, leftmost in the high bit
    keys     low 30 bits of each key's CRC-32 (u32 × texts, ascending), offsets into the text area
             (u16 × texts)
    texts    key length (u8), key, text length (u16), text in UTF-8 with break marks
    CRC-32   of everything before it (u32)

Numbers are little-endian. A code point is at most 0xFFFF; a key's check fits MicroPython's small int.
"""

import binascii
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MAGIC = b"DUPK"
VERSION = 1
HEADER = struct.Struct("<4sHHHBB8sI")
CELL = (16, 12)


@dataclass(frozen=True)
class Glyph:
    """A character's picture. `bits`: 12 rows of 2 bytes, leftmost pixel in the high bit."""

    code_point: int
    advance: int
    bits: bytes


def key_check(key: str) -> int:
    """The number under which the unit looks a text up."""
    return binascii.crc32(key.encode()) & 0x3FFFFFFF


def encode(language: str, glyphs: Iterable[Glyph], texts: Mapping[str, str]) -> bytes:
    """One pack. ValueError when two keys share a check or the texts outgrow 64 KiB."""
    ordered = sorted(glyphs, key=lambda glyph: glyph.code_point)
    checks, area = _text_area(texts)
    header = HEADER.pack(
        MAGIC, VERSION, len(ordered), len(checks), *CELL, language.encode("ascii"), len(area)
    )
    whole = b"".join(
        (
            header,
            _numbers("H", (glyph.code_point for glyph in ordered)),
            bytes(glyph.advance for glyph in ordered),
            *(glyph.bits for glyph in ordered),
            _numbers("I", sorted(checks)),
            _numbers("H", (checks[check] for check in sorted(checks))),
            area,
        )
    )
    return whole + struct.pack("<I", binascii.crc32(whole))


def _text_area(texts: Mapping[str, str]) -> tuple[dict[int, int], bytes]:
    """({check of a key: offset of its record}, the records)."""
    offsets: dict[int, int] = {}
    area = bytearray()
    for key in sorted(texts):
        if key_check(key) in offsets:
            raise ValueError(f"two keys with the check of {key}: rename one")
        offsets[key_check(key)] = len(area)
        name, text = key.encode("ascii"), texts[key].encode()
        area += bytes([len(name)]) + name + struct.pack("<H", len(text)) + text
    if len(area) > 0xFFFF:
        raise ValueError("more than 64 KiB of texts in one pack")
    return offsets, bytes(area)


def _numbers(kind: str, values: Iterable[int]) -> bytes:
    numbers = list(values)
    return struct.pack(f"<{len(numbers)}{kind}", *numbers)
