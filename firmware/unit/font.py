"""A pack's glyphs of one size: how wide a text is, and drawing it. Bits are read where they are drawn.

RAM holds every eighth code point and the advances of ASCII. Texts are bytes in UTF-8: to iterate over a
str would intern each of its characters for ever. Drawing allocates nothing.
"""

from array import array

from micropython import const

MARK = b"\x1f"  # a break opportunity within a text, never drawn
_MARK = const(0x1F)
_BOX = const(0x25A1)  # □ stands for a character that came after the pack was made
_BLOCK = const(8)
_SPACE = const(0x20)
_HEAD = const(24)  # of a block: 8 code points of two bytes, 8 advances
_WIDTH = const(16)
_SCREEN_WIDTH = const(128)
_ASCII = const(128)
_IDEOGRAPHS = const(0x3400)  # from here to the next one every glyph is as wide as high
_AFTER = const(0xA000)
_NOTED_MAX = const(64)


def bytes_of(count, rows):
    """How many bytes `count` glyphs of `rows` rows take in the file."""
    return (count + _BLOCK - 1) // _BLOCK * (_HEAD + _BLOCK * 2 * rows)


def place(values, wanted, step):
    """Which of the ascending values, every `step`th of `values`, is the last not above `wanted`; -1."""
    low = 0
    high = len(values) // step
    while low < high:
        middle = (low + high) >> 1
        if values[middle * step] <= wanted:
            low = middle + 1
        else:
            high = middle
    return low - 1


class Font:
    """`count` glyphs of `rows` rows at `at` in the file. `other` draws what this one lacks.

    `missing` takes the code points that have no glyph, each once.
    """

    def __init__(self, file, at, count, rows, missing, other=None):
        self.file = file
        self.rows = rows
        self.missing = missing
        self._at = at
        self._other = other
        self._noted = []
        self._point = 0
        self._head = bytearray(_HEAD)
        size = 2 * rows
        # a block's bits up to the wanted glyph are read into the end of this: its own come last
        bits = memoryview(bytearray(_BLOCK * size))
        self._upto = [bits[(_BLOCK - 1 - i) * size :] for i in range(_BLOCK)]
        self._cell = bits[(_BLOCK - 1) * size :]
        self._block_bytes = _HEAD + _BLOCK * size
        self._first = array("H")  # code points that begin a block
        self._ascii = bytearray(_ASCII)  # advances
        self._plain = _SPACE  # code points from the space up to here come first and without a hole
        self._index(count)

    def width(self, s):
        """Width of `s` in pixels, break marks apart."""
        total = 0
        i = 0
        while i < len(s):
            i = self.step(s, i)
            if self._point != _MARK:
                total += self._advance(self._point)
        return total

    def step(self, s, i):
        """Where the character after the one at `i` begins."""
        byte = s[i]
        if byte < 0x80:
            self._point = byte
            return i + 1
        if byte < 0xE0:
            self._point = (byte & 0x1F) << 6 | s[i + 1] & 0x3F
            return i + 2
        if byte < 0xF0:
            self._point = (byte & 0x0F) << 12 | (s[i + 1] & 0x3F) << 6 | s[i + 2] & 0x3F
            return i + 3
        point = (byte & 0x07) << 18 | (s[i + 1] & 0x3F) << 12
        self._point = point | (s[i + 2] & 0x3F) << 6 | s[i + 3] & 0x3F
        return i + 4

    def draw(self, canvas, s, x, y, inverse=False):
        """Draw `s` from (x, y) up to the screen's edge; returns the x after it."""
        i = 0
        while i < len(s) and x < _SCREEN_WIDTH:
            i = self.step(s, i)
            if self._point != _MARK:
                x = self._draw(canvas, self._point, x, y, inverse)
        return x

    def _draw(self, canvas, point, x, y, inverse):
        if _SPACE <= point < self._plain:
            self._seek_plain(point - _SPACE)
            self.file.readinto(self._cell)
            canvas.glyph(self._cell, _WIDTH, self.rows, x, y, inverse)
            return x + self._ascii[point]
        at = self._find(point)
        if at < 0:
            if self._other:
                return self._other._draw(
                    canvas, point, x, y + self.rows - self._other.rows, inverse
                )
            at = self._missing(point)
        self.file.readinto(self._upto[at])
        canvas.glyph(self._cell, _WIDTH, self.rows, x, y, inverse)
        return x + self._head[_HEAD - _BLOCK + at]

    def _advance(self, point):
        if point < _ASCII and self._ascii[point]:
            return self._ascii[point]
        if _IDEOGRAPHS <= point < _AFTER:
            return self.rows
        at = self._find(point)
        if at < 0:
            if self._other:
                return self._other._advance(point)
            at = self._missing(point)
        return self._head[_HEAD - _BLOCK + at]

    def _missing(self, point):
        """The box's place instead of that of `point`, which is noted once."""
        if point not in self._noted and len(self._noted) < _NOTED_MAX:
            self._noted.append(point)
            self.missing.append(point)
        return self._find(_BOX)

    def _find(self, point):
        """Read the head of the block of `point`, its bits come next; its place there, or -1."""
        block = place(self._first, point, 1)
        if block < 0:
            return -1
        head = self._read(block)
        for at in range(_BLOCK):
            if head[2 * at] | head[2 * at + 1] << 8 == point:
                return at
        return -1

    def _seek_plain(self, at):
        """Of ASCII it is known where the bits are, without a look at the head."""
        block = at // _BLOCK * self._block_bytes
        self.file.seek(self._at + block + _HEAD + at % _BLOCK * 2 * self.rows)

    def _read(self, block):
        self.file.seek(self._at + block * self._block_bytes)
        self.file.readinto(self._head)
        return self._head

    def _index(self, count):
        for block in range((count + _BLOCK - 1) // _BLOCK):
            head = self._read(block)
            self._first.append(head[0] | head[1] << 8)
            for at in range(_BLOCK):
                point = head[2 * at] | head[2 * at + 1] << 8
                if point < _ASCII:
                    self._ascii[point] = head[_HEAD - _BLOCK + at]
                    if point == self._plain == block * _BLOCK + at + _SPACE:
                        self._plain += 1
