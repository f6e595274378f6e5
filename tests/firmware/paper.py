"""A board's canvas and storage for tests that need a picture or a file, on either interpreter."""


class Canvas:
    """128×64 pixels, one a byte; `cells` are the buffers that were drawn from."""

    def __init__(self):
        self.pixels = bytearray(128 * 64)
        self.cells = []

    def glyph(self, bits, width, height, x, y, inverse):
        if not any(bits is cell for cell in self.cells):
            self.cells.append(bits)
        stride = (width + 7) // 8
        for row in range(height):
            for column in range(width):
                if bits[row * stride + column // 8] & 0x80 >> column % 8:
                    self._set(x + column, y + row, 0 if inverse else 1)

    def _set(self, x, y, colour):
        if 0 <= x < 128 and 0 <= y < 64:
            self.pixels[y * 128 + x] = colour

    def rows(self, x, y, width, height):
        """A part of the picture as text, "#" for a set pixel."""
        return [
            "".join("#" if self.pixels[(y + j) * 128 + x + i] else "." for i in range(width))
            for j in range(height)
        ]


class Shelf:
    """Storage with files in memory: {name: content}. An open one counts its `calls`."""

    def __init__(self, files):
        self.files = files

    def open(self, name, mode):
        if name not in self.files:
            raise OSError(2)
        return _Open(self.files[name])


class _Open:
    def __init__(self, content):
        self.calls = 0
        self._content = content
        self._at = 0
        self.closed = False

    def seek(self, at):
        self.calls += 1
        self._at = at

    def read(self, size):
        self.calls += 1
        got = self._content[self._at : self._at + size]
        self._at += len(got)
        return got

    def readinto(self, buffer):
        got = self.read(len(buffer))
        buffer[: len(got)] = got
        return len(got)

    def close(self):
        self.closed = True
