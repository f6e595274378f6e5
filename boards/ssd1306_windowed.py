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
_PAIR_COLUMNS = const(16)  # a change this narrow may share its window with the page below

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
        self._pair = bytearray(1 + 2 * _PAIR_COLUMNS)
        self._pair[0] = 0x40  # a control byte "data follows"
        self._i2c = i2c
        try:
            super().__init__(_WIDTH, _HEIGHT, i2c, addr=address)
        except OSError:
            self._lost()
        # a comparison of two views runs in C; a slice of one costs 32 bytes for a moment
        self.drawn = memoryview(self.buffer)[1:]
        self.shown = memoryview(bytearray(_WIDTH * _PAGES))

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
            source = bytearray(bits) if isinstance(bits, bytes) else bits
            self._glyph = framebuf.FrameBuffer(source, width, height, framebuf.MONO_HLSB)
        if inverse:
            self.blit(self._glyph, x, y, 1, self._black)
        else:
            self.blit(self._glyph, x, y, 0)

    def show_page(self):
        """Send a changed page, or two where one narrow window covers both; True while more is due.

        Never more bytes than one page takes. Tries a lost display again.
        """
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
        drawn = self.drawn
        shown = self.shown
        if not unsent and drawn == shown:
            return None
        for page in range(first, _PAGES):
            at = page * _WIDTH
            if unsent >> page & 1 or drawn[at : at + _WIDTH] != shown[at : at + _WIDTH]:
                return page
        return None

    def _send(self, page):
        if self._unsent >> page & 1:
            self._send_columns(page, 0, _WIDTH - 1)
            self._unsent &= ~(1 << page)
            return
        first, last = self._changed_columns(page)
        below = page + 1
        if last - first < _PAIR_COLUMNS and not self._unsent and self._changed_page(below) == below:
            left, right = self._changed_columns(below)
            left = min(left, first)
            right = max(right, last)
            if right - left < _PAIR_COLUMNS:
                self._send_pair(page, left, right)
                return
        self._send_columns(page, first, last)

    def _changed_columns(self, page):
        at = page * _WIDTH
        drawn = self.drawn[at : at + _WIDTH]
        shown = self.shown[at : at + _WIDTH]
        # a clock changes where it changed before
        first = first_change(drawn, shown, self.window[2])
        return first, last_change(drawn, shown, first, self.window[3])

    def _send_pair(self, page, first, last):
        """The digits of a clock stand on two pages: one window over both, far less than a page."""
        width = last - first + 1
        data = self._pair
        upper = page * _WIDTH + first
        lower = upper + _WIDTH
        data[1 : 1 + width] = self.drawn[upper : upper + width]
        data[1 + width : 1 + 2 * width] = self.drawn[lower : lower + width]
        self._send_window(page, page + 1, first, last)
        self._i2c.writeto(self.addr, memoryview(data)[: 1 + 2 * width])
        self.shown[upper : upper + width] = self.drawn[upper : upper + width]
        self.shown[lower : lower + width] = self.drawn[lower : lower + width]

    def _send_window(self, page, last_page, first, last):
        window = self.window
        window[2] = first
        window[3] = last
        window[5] = page
        window[6] = last_page
        self._i2c.writeto(self.addr, window)

    def _send_columns(self, page, first, last):
        self._send_window(page, page, first, last)
        # the byte before the columns lends its place to the control byte "data follows"
        at = page * _WIDTH + first
        kept = self.buffer[at]
        self.buffer[at] = 0x40
        end = at + last - first + 1
        try:
            self._i2c.writeto(self.addr, memoryview(self.buffer)[at : end + 1])
        finally:
            self.buffer[at] = kept
        self.shown[at:end] = self.drawn[at:end]

    def _lost(self):
        self.ok = False
        self._tried = self.ticks_ms()

    def _recover(self):
        now = self.ticks_ms()
        if (now - self._tried) & _TICKS_MASK < _RETRY_MS:
            return False
        # the driver's start-up clears its buffer: keep the frame meanwhile where the old one stood
        self.shown[:] = self.drawn
        try:
            self.poweron()
            self.init_display()
            if self._inverse:
                super().invert(True)
            self.ok = True
        except OSError:
            self._lost()
        self.drawn[:] = self.shown
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
