"""A prompt pack: the glyphs and texts of one language, read from flash where they are used.

RAM holds the index and a few glyphs; docs/pack.md has the format. Called by the screen. Knows no
state, no layout and no board.
"""

import binascii
import struct
from array import array

VERSION = 1
MARK = "\x1f"  # a break opportunity within a text, never drawn
MISSING = 0x25A1  # □ stands for a character that came after the pack was made
HEADER_BYTES = 24
CELL_WIDTH = 16
CELL_ROWS = 12
CELL_BYTES = 24
CELLS = (
    32  # glyphs kept: a clock's ten digits and colon are neighbours, so never push each other out
)
SCREEN_WIDTH = 128
NOTED_MAX = 64


class Pack:
    """`Pack(storage, "zh")` opens zh.pack. OSError: not there. ValueError: damaged or too new."""

    def __init__(self, storage, lang):
        self.lang = lang
        self.missing = []
        self._noted = []
        self._file = storage.open(lang + ".pack", "rb")
        try:
            self._load(lang)
        except ValueError:
            self._file.close()
            raise
        self._cells = [bytearray(CELL_BYTES) for _ in range(CELLS)]
        self._held = array("H", [0xFFFF] * CELLS)  # which glyph each cell holds

    def close(self):
        """Let go of the file, before another pack takes its place."""
        self._file.close()

    # -- texts

    def text(self, key):
        """The template `key` with its break marks, None if the pack has no such key."""
        check = binascii.crc32(key.encode()) & 0x3FFFFFFF
        at = _find(self._checks, check)
        if at < 0:
            return None
        self._file.seek(self._texts_at + self._offsets[at])
        name = self._file.read(self._file.read(1)[0])
        if name != key.encode():
            return None
        size = struct.unpack("<H", self._file.read(2))[0]
        return self._file.read(size).decode()

    # -- glyphs

    def width(self, s):
        """Width of `s` in pixels, break marks apart."""
        total = 0
        for character in s:
            if character != MARK:
                total += self._advances[self._glyph(ord(character))]
        return total

    def draw(self, canvas, s, x, y, inverse=False):
        """Draw `s` from (x, y), 12 rows high, up to the screen's edge; returns the x after it."""
        for character in s:
            if x >= SCREEN_WIDTH:
                break
            if character == MARK:
                continue
            glyph = self._glyph(ord(character))
            canvas.glyph(self._bits(glyph), CELL_WIDTH, CELL_ROWS, x, y, inverse)
            x += self._advances[glyph]
        return x

    def _glyph(self, code_point):
        """Index of the glyph of `code_point`; the box's, noted once, if there is none."""
        at = _find(self._points, code_point)
        if at >= 0:
            return at
        if code_point not in self._noted and len(self._noted) < NOTED_MAX:
            self._noted.append(code_point)
            self.missing.append(code_point)
        return self._box

    def _bits(self, glyph):
        """The glyph's bits, in the cell that is always the same buffer for the same glyph."""
        cell = glyph % CELLS
        if self._held[cell] != glyph:
            self._file.seek(self._bits_at + glyph * CELL_BYTES)
            self._file.readinto(self._cells[cell])
            self._held[cell] = glyph
        return self._cells[cell]

    # -- reading the file once

    def _load(self, lang):
        header = self._file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or header[:4] != b"DUPK":
            raise ValueError(lang + ".pack is not a prompt pack: build and deploy it again")
        version, glyphs, texts = struct.unpack("<HHH", header[4:10])
        if version > VERSION:
            raise ValueError("%s.pack has version %d: update the firmware" % (lang, version))
        self._bits_at = HEADER_BYTES + 3 * glyphs
        keys_at = self._bits_at + CELL_BYTES * glyphs
        self._texts_at = keys_at + 6 * texts
        area = struct.unpack("<I", header[20:])[0]
        if not self._sound(header, self._texts_at + area):
            raise ValueError(lang + ".pack is damaged: build and deploy it again")
        self._file.seek(HEADER_BYTES)
        self._points = array("H", self._file.read(2 * glyphs))
        self._advances = self._file.read(glyphs)
        self._file.seek(keys_at)
        self._checks = array("I", self._file.read(4 * texts))
        self._offsets = array("H", self._file.read(2 * texts))
        self._box = _find(self._points, MISSING)
        if self._box < 0:
            raise ValueError(lang + ".pack has no box for missing characters")

    def _sound(self, header, size):
        """Whether the file has `size` bytes and then the CRC-32 of them, and nothing more."""
        crc = binascii.crc32(header)
        left = size - HEADER_BYTES
        block = memoryview(bytearray(256))
        while left:
            got = self._file.readinto(block[: min(left, 256)])
            if not got:
                return False
            crc = binascii.crc32(block[:got], crc)
            left -= got
        return self._file.read(5) == struct.pack("<I", crc & 0xFFFFFFFF)


def _find(numbers, wanted):
    """Index of `wanted` in ascending `numbers`, -1 if it is not there."""
    low = 0
    high = len(numbers) - 1
    while low <= high:
        middle = (low + high) // 2
        number = numbers[middle]
        if number == wanted:
            return middle
        if number < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1
