"""A board of paper: the six things in memory, for tests of the whole app on either interpreter."""

from flash import Flash
from line import Stream


class Buttons:
    names = ("READY", "BUSY", "HOLD")

    def __init__(self):
        self.down = set()
        self._edges = []

    def is_down(self, name):
        return name in self.down

    def take_edge(self):
        return self._edges.pop(0) if self._edges else None

    def press(self, name, at_ms):
        self.down.add(name)
        self._edges.append((name, True, at_ms))

    def release(self, name, at_ms):
        self.down.discard(name)
        self._edges.append((name, False, at_ms))


class Canvas:
    """Counts what is drawn; `fault` (type, message) is raised by show_page."""

    def __init__(self):
        self.ok = True
        self.fault = None
        self.pages = 0

    def fill(self, colour):
        pass

    def fill_rect(self, x, y, width, height, colour):
        pass

    def glyph(self, bits, width, height, x, y, inverse):
        pass

    def invert(self, on):
        pass

    def show_page(self):
        if self.fault:
            raise self.fault[0](self.fault[1])
        self.pages += 1
        return False


class Chip:
    uid = "a4cf12b3d0e8"
    reset_cause = "PWRON"
    kept = None

    def __init__(self):
        self.resets = []

    def random(self, n):
        return bytes(range(n))

    def reset(self, mode):
        self.resets.append(mode)


class Board:
    """`now_ms` are its ticks."""

    def __init__(self):
        self.now_ms = 0
        self.buttons = Buttons()
        self.canvas = Canvas()
        self.stream = Stream()
        self.storage = Flash()
        self.chip = Chip()

    def ticks_ms(self):
        return self.now_ms
