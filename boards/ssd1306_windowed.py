"""The SSD1306 with windowed updates: sends the columns that changed, one page a call.

A board builds it from its I2C bus, address and ticks; the driver under it is adafruit_ssd1306,
unmodified. Without a display, or after a glitch, it tries again at most every 2 s and never raises.
"""

import adafruit_ssd1306
import framebuf
from micropython import const

_WIDTH = const(128)
_HEIGHT = const(64)
_PAGES = const(8)
_RETRY_MS = const(2000)
_TICKS_MASK = const((1 << 30) - 1)
# A second window costs an address, a control byte, six commands, an address and a control byte.
_WINDOW_BYTES = const(10)

del adafruit_ssd1306.SSD1306_SPI  # no board of ours has it: its code need not stay on the heap


class SSD1306Windowed(adafruit_ssd1306.SSD1306_I2C):
    def __init__(self, i2c, address, ticks_ms):
        self.ok = True
        self.ticks_ms = ticks_ms
        self._tried = ticks_ms()
        self._inverse = False
        self._unsent = 0xFF  # a bit a page whose content on the glass is not known
        self._glyph_bits = self._glyph = None
        # source 1 → colour 0; source 0 → colour 1, which blit then takes as transparent
        self._black = framebuf.FrameBuffer(bytearray(1), 2, 1, framebuf.MONO_HLSB)
        self._black.pixel(0, 0, 1)
        # a control byte "only commands follow"; columns from, to; pages from, to
        self.window = bytearray(b"\x00\x21\x00\x00\x22\x00\x00")
        self._i2c = i2c
        try:
            super().__init__(_WIDTH, _HEIGHT, i2c, addr=address)
        except OSError:
            self._lost()
        # views made once: a comparison of two views runs in C and allocates nothing
        self._drawn_all = drawn = memoryview(self.buffer)[1:]
        self._shown_all = shown = memoryview(bytearray(_WIDTH * _PAGES))
        self.drawn = [drawn[at : at + _WIDTH] for at in range(0, _WIDTH * _PAGES, _WIDTH)]
        self.shown = [shown[at : at + _WIDTH] for at in range(0, _WIDTH * _PAGES, _WIDTH)]

    def show(self):
        """The whole frame is due; show_page sends it. Called by the driver's own start-up too."""
        self._unsent = 0xFF

    def invert(self, on):
        """Inverse video by the controller's own command; sent at once if it changes anything."""
        on = bool(on)
        if on == self._inverse:
            return
        self._inverse = on
        if self.ok:
            try:
                super().invert(on)
            except OSError:
                self._lost()

    def glyph(self, bits, width, height, x, y, inverse):
        """Draw the set bits of `bits` (rows, MSB first), in colour 0 if inverse, else 1."""
        if bits is not self._glyph_bits:
            self._glyph_bits = bits
            # FrameBuffer takes no read-only buffer
            source = bits if isinstance(bits, bytearray) else bytearray(bits)
            self._glyph = framebuf.FrameBuffer(source, width, height, framebuf.MONO_HLSB)
        if inverse:
            self.blit(self._glyph, x, y, 1, self._black)
        else:
            self.blit(self._glyph, x, y, 0)

    def show_page(self):
        """Send at most one changed page; True while more is due. Tries a lost display again."""
        if not self.ok:
            return self._recover()
        page = self._changed_page(0)
        if page is None:
            return False
        try:
            self._send(page)
        except OSError:
            self._lost()
            return False
        return self._changed_page(page + 1) is not None

    def _changed_page(self, first):
        """The next page from `first` on that the glass does not show yet, or None."""
        unsent = self._unsent
        if not unsent and self._drawn_all == self._shown_all:
            return None
        drawn = self.drawn
        shown = self.shown
        for page in range(first, _PAGES):
            if unsent >> page & 1 or drawn[page] != shown[page]:
                return page
        return None

    def _send(self, page):
        if self._unsent >> page & 1:
            self._send_columns(page, 0, _WIDTH - 1)
            self._unsent &= ~(1 << page)
            return
        drawn = self.drawn[page]
        shown = self.shown[page]
        # a clock changes where it changed before
        first = first_change(drawn, shown, self.window[2])
        last = last_change(drawn, shown, first, self.window[3])
        # a run of unchanged columns worth a second window contains one of these columns
        column = first + _WINDOW_BYTES
        while column < last:
            if drawn[column] == shown[column]:
                start = end = column
                while drawn[start - 1] == shown[start - 1]:
                    start -= 1
                while drawn[end + 1] == shown[end + 1]:
                    end += 1
                if end - start >= _WINDOW_BYTES:
                    self._send_columns(page, first, start - 1)
                    first = end + 1
                    break
                column = end
            column += _WINDOW_BYTES
        self._send_columns(page, first, last)

    def _send_columns(self, page, first, last):
        window = self.window
        window[2] = first
        window[3] = last
        window[5] = window[6] = page
        self._i2c.writeto(self.addr, window)
        # the byte before the columns lends its place to the control byte "data follows"
        at = page * _WIDTH + first
        kept = self.buffer[at]
        self.buffer[at] = 0x40
        end = at + last - first + 1
        try:
            self._i2c.writeto(self.addr, memoryview(self.buffer)[at : end + 1])
        finally:
            self.buffer[at] = kept
        self._shown_all[at:end] = self._drawn_all[at:end]

    def _lost(self):
        self.ok = False
        self._tried = self.ticks_ms()

    def _recover(self):
        now = self.ticks_ms()
        if (now - self._tried) & _TICKS_MASK < _RETRY_MS:
            return False
        # the driver's start-up clears its buffer: keep the frame meanwhile where the old one stood
        self._shown_all[:] = self._drawn_all
        try:
            self.poweron()
            self.init_display()
            if self._inverse:
                super().invert(True)
            self.ok = True
        except OSError:
            self._lost()
        self._drawn_all[:] = self._shown_all
        return self.ok


def first_change(drawn, shown, guess):
    """First column that differs; halving compares in C, and the last few columns one by one.

    The first cut is at the column `guess`, where it is found at once if it is close behind.
    """
    low = 0
    high = _WIDTH
    while high - low > 8:
        if drawn[low:guess] != shown[low:guess]:
            high = guess
        else:
            low = guess
        guess = (low + high) >> 1
    while drawn[low] == shown[low]:
        low += 1
    return low


def last_change(drawn, shown, low, guess):
    """Last column that differs, `low` or beyond it; tried first close before `guess`."""
    high = _WIDTH
    guess = max(low, guess) + 1
    while high - low > 8:
        if drawn[guess:high] != shown[guess:high]:
            low = guess
        else:
            high = guess
        guess = (low + high) >> 1
    while drawn[high - 1] == shown[high - 1]:
        high -= 1
    return high - 1
