"""A prompt pack: the glyphs and texts of one language, read from flash where they are used.

RAM holds the index and a few glyphs; docs/pack.md has the format. Called by the screen. Knows no
state, no layout and no board.
"""

import binascii
import struct
from array import array

from micropython import const

MARK = "\x1f"  # a break opportunity within a text, never drawn
_VERSION = const(1)
_MARK = const(0x1F)
_BOX = const(0x25A1)  # □ stands for a character that came after the pack was made
_LAST = const(0xFFFF)  # the last code point that a pack can hold
_HEADER_BYTES = const(24)
_WIDTH = const(16)
_ROWS = const(12)
_CELL_BYTES = const(24)
# A clock's ten digits and colon are neighbours, so they never push each other out of either.
_KNOWN = const(64)  # characters whose glyph and advance are known: measured, then drawn
_CELLS = const(16)  # glyphs whose bits are in RAM
_BLOCK = const(16)  # RAM holds each 16th code point and each 16th key
_SCREEN_WIDTH = const(128)
_NOTED_MAX = const(64)


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
        self._points = array("H", [0] * _KNOWN)  # code points
        self._glyphs = array("H", [0] * _KNOWN)  # index of their glyphs
        self._px = bytearray(_KNOWN)  # their advances
        self._bits = [bytearray(_CELL_BYTES) for _ in range(_CELLS)]
        self._read = array("H", [_LAST] * _CELLS)  # the glyph whose bits were read

    def close(self):
        """Let go of the file, before another pack takes its place."""
        self._file.close()

    # -- texts

    def text(self, key):
        """The template `key` with its break marks, None if the pack has no such key."""
        name = key.encode()
        check = binascii.crc32(name) & 0x3FFFFFFF
        at = self._find(self._checks, 4, self._keys_at, self._text_count, check)
        if at < 0:
            return None
        self._file.seek(self._keys_at + 4 * self._text_count + 2 * at)
        offset = struct.unpack("<H", self._file.read(2))[0]
        self._file.seek(self._keys_at + 6 * self._text_count + offset)
        head = self._file.read(1 + len(name) + 2)
        if head[0] != len(name) or head[1:-2] != name:
            return None
        return self._file.read(head[-2] | head[-1] << 8).decode()

    # -- glyphs

    def width(self, s):
        """Width of `s` in pixels, break marks apart."""
        total = 0
        for point in code_points(s):
            if point != _MARK:
                total += self._px[self._known(point)]
        return total

    def draw(self, canvas, s, x, y, inverse=False):
        """Draw `s` from (x, y), 12 rows high, up to the screen's edge; returns the x after it."""
        for point in code_points(s):
            if x >= _SCREEN_WIDTH:
                break
            if point != _MARK:
                at = self._known(point)
                glyph = self._glyphs[at]
                cell = point % _CELLS  # always the same buffer for the same character
                if self._read[cell] != glyph:
                    self._file.seek(self._bits_at + glyph * _CELL_BYTES)
                    self._file.readinto(self._bits[cell])
                    self._read[cell] = glyph
                canvas.glyph(self._bits[cell], _WIDTH, _ROWS, x, y, inverse)
                x += self._px[at]
        return x

    def _known(self, point):
        """Where glyph and advance of the character `point` stand; they are looked up if need be."""
        at = point % _KNOWN
        if self._points[at] != point:
            if point > _LAST:
                self._note(point)
                return self._known(_BOX)
            self._points[at] = point
            self._glyphs[at] = glyph = self._glyph(point)
            self._px[at] = self._run_px[_place(self._runs, glyph)]
        return at

    def _glyph(self, point):
        """Index of the glyph of `point`; the box's, noted once, if there is none."""
        at = self._find(self._blocks, 2, _HEADER_BYTES, self._glyph_count, point)
        if at >= 0:
            return at
        self._note(point)
        return self._glyph(_BOX)

    def _note(self, point):
        if point not in self._noted and len(self._noted) < _NOTED_MAX:
            self._noted.append(point)
            self.missing.append(point)

    # -- reading the file once

    def _load(self, lang):
        header = self._file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or header[:4] != b"DUPK":
            raise ValueError(lang + ".pack is not a prompt pack: build and deploy it again")
        version, glyphs, texts = struct.unpack("<HHH", header[4:10])
        if version > _VERSION:
            raise ValueError("%s.pack has version %d: update the firmware" % (lang, version))
        self._bits_at = _HEADER_BYTES + 3 * glyphs
        self._keys_at = self._bits_at + _CELL_BYTES * glyphs
        area = struct.unpack("<I", header[20:])[0]
        if not self._sound(header, self._keys_at + 6 * texts + area):
            raise ValueError(lang + ".pack is damaged: build and deploy it again")
        self._file.seek(_HEADER_BYTES)
        self._glyph_count = glyphs
        self._blocks = _thinned("H", self._file.read(2 * glyphs))
        self._keep_advances(self._file.read(glyphs))
        self._file.seek(self._keys_at)
        self._text_count = texts
        self._checks = _thinned("I", self._file.read(4 * texts))

    def _find(self, values, size, at, count, wanted):
        """Index of `wanted` among `count` ascending numbers of `size` bytes from `at` on, or -1."""
        block = _place(values, wanted)
        if block >= 0:
            self._file.seek(at + size * _BLOCK * block)
            found = self._file.read(size * min(_BLOCK, count - _BLOCK * block))
            numbers = array("H" if size == 2 else "I", found)
            place = _place(numbers, wanted)
            if numbers[place] == wanted:
                return _BLOCK * block + place
        return -1

    def _keep_advances(self, values):
        """As runs: nearly all glyphs are hanzi, which are of one width."""
        self._runs = array("H")
        self._run_px = bytearray()
        before = -1
        for glyph in range(len(values)):
            if values[glyph] != before:
                before = values[glyph]
                self._runs.append(glyph)
                self._run_px.append(before)

    def _sound(self, header, size):
        """Whether the file has `size` bytes and then the CRC-32 of them, and nothing more."""
        crc = binascii.crc32(header)
        left = size - _HEADER_BYTES
        block = memoryview(bytearray(256))
        while left:
            got = self._file.readinto(block[: min(left, 256)])
            if not got:
                return False
            crc = binascii.crc32(block[:got], crc)
            left -= got
        return self._file.read(5) == struct.pack("<I", crc & 0xFFFFFFFF)


def code_points(s):
    """The code points of `s`. To iterate over a str would intern each of its characters for ever."""
    point = 0
    more = 0
    for byte in s.encode():
        if byte & 0xC0 == 0x80:
            point = point << 6 | byte & 0x3F
            more -= 1
        else:
            more = (byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0)
            point = byte & (0x3F >> more) if more else byte
        if not more:
            yield point


def _thinned(code, data):
    """Every 16th number of `data`, an array of type `code`."""
    values = array(code, data)
    return array(code, [values[at] for at in range(0, len(values), _BLOCK)])


def _place(values, wanted):
    """Index of the last of the ascending `values` that is not above `wanted`, -1 if all are."""
    low = 0
    high = len(values)
    while low < high:
        middle = (low + high) >> 1
        if values[middle] <= wanted:
            low = middle + 1
        else:
            high = middle
    return low - 1
