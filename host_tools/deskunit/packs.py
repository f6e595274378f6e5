"""A script pack that can be sent: its header, size and sum are looked at before any unit is asked.

`script push`, the logger and the transfer use it. What its texts mean is the compiler's business.
"""

import binascii
import struct
from dataclasses import dataclass
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.scripts.encoding import (
    BLOCK,
    CELL,
    HEADER,
    KEY,
    LARGE_CELL,
    MAGIC,
    VERSION,
    key_check,
)

SIZE_LIMIT_BYTES = 1_900_000  # a unit's flash is 2 MB
KEY_OF_LIBRARY = "library"  # its second line is the version


@dataclass(frozen=True)
class Pack:
    """A whole pack. `crc`: the sum that it ends with, as the wire and the unit name it."""

    language: str
    version: str
    crc: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)


def read_pack(file: Path) -> Pack:
    """The pack in `file`. DeskunitError: pack_unreadable, or what `checked_pack` says."""
    try:
        with file.open("rb") as opened:
            data = opened.read(SIZE_LIMIT_BYTES + 1)
    except OSError as error:
        raise DeskunitError("pack_unreadable", file=file, why=error.strerror or error) from error
    return checked_pack(data, str(file))


def checked_pack(data: bytes, name: str) -> Pack:
    """`data` as a pack. DeskunitError: pack_other, pack_format, pack_too_large, pack_damaged."""
    if data[: len(MAGIC)] != MAGIC:
        raise DeskunitError("pack_other", file=name)
    if len(data) > SIZE_LIMIT_BYTES:
        raise DeskunitError("pack_too_large", file=name, limit=SIZE_LIMIT_BYTES // 1000)
    if len(data) < 6:
        raise DeskunitError("pack_damaged", file=name)
    found = int.from_bytes(data[4:6], "little")
    if found != VERSION:
        raise DeskunitError("pack_format", file=name, found=found, known=VERSION)
    if len(data) < HEADER.size + 4 or HEADER.unpack_from(data)[-1] != len(data):
        raise DeskunitError("pack_damaged", file=name)
    (crc,) = struct.unpack("<I", data[-4:])
    if binascii.crc32(data[:-4]) != crc:
        raise DeskunitError("pack_damaged", file=name)
    if not _is_whole(data):
        raise DeskunitError("pack_damaged", file=name)
    language = HEADER.unpack_from(data)[5].rstrip(b"\0").decode("ascii", "replace")
    lines = (text_of(data, KEY_OF_LIBRARY) or "").split("\n")
    return Pack(language, lines[1].strip() if len(lines) > 1 else "", f"{crc:08x}", data)


def text_of(data: bytes, key: str) -> str | None:
    """The text `key` of a sound pack; None: it has none."""
    _, _, small, large, count, _, _, area_bytes, _ = HEADER.unpack_from(data)
    keys_at = HEADER.size + _font_bytes(small, CELL[1]) + _font_bytes(large, LARGE_CELL[1])
    area = data[keys_at + KEY.size * count :][:area_bytes]
    offsets = dict(KEY.iter_unpack(data[keys_at : keys_at + KEY.size * count]))
    offset = offsets.get(key_check(key))
    if offset is None:
        return None
    end = offset + 1 + area[offset]
    if area[offset + 1 : end] != key.encode():
        return None
    (size,) = struct.unpack_from("<H", area, end)
    return area[end + 2 : end + 2 + size].decode()


def _is_whole(data: bytes) -> bool:
    """Whether its parts are where the header says and in order: a right sum alone shows no compiler."""
    _, _, small, large, count, _, _, area_bytes, size = HEADER.unpack_from(data)
    at = HEADER.size
    for glyphs, rows in ((small, CELL[1]), (large, LARGE_CELL[1])):
        end = at + _font_bytes(glyphs, rows)
        if not _ascends(data[at:end], glyphs, rows):
            return False
        at = end
    checks = [check for check, _ in KEY.iter_unpack(data[at : at + KEY.size * count])]
    return at + KEY.size * count + area_bytes + 4 == size and checks == sorted(set(checks))


def _ascends(font: bytes, glyphs: int, rows: int) -> bool:
    points: list[int] = []
    for block in range(0, len(font), _font_bytes(1, rows)):
        points += struct.unpack_from(f"<{BLOCK}H", font, block)
    return points[:glyphs] == sorted(set(points[:glyphs]))


def _font_bytes(glyphs: int, rows: int) -> int:
    return -(-glyphs // BLOCK) * BLOCK * (2 + 1 + 2 * rows)
