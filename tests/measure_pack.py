"""On MicroPython: what an open pack takes of the heap, and what drawing a page of 30 hanzi costs."""

import gc
import json
import sys

sys.path.append("/")

from unit import pack


class Counted:
    """A file that counts what is asked of it."""

    def __init__(self, file):
        self.file = file
        self.calls = 0

    def seek(self, at):
        self.calls += 1
        self.file.seek(at)

    def read(self, n):
        self.calls += 1
        return self.file.read(n)

    def readinto(self, buffer):
        self.calls += 1
        return self.file.readinto(buffer)


class Storage:
    def open(self, name, mode):
        return open("/" + name, mode)


class Blank:
    """A canvas that draws nothing."""

    def glyph(self, bits, width, height, x, y, inverse):
        pass


def cost(font, file, lines):
    """(bytes allocated, calls on the file) of drawing `lines`."""
    font.file = file
    canvas = Blank()
    font.draw(canvas, lines[0], 0, 0)
    gc.disable()
    file.calls = 0
    before = gc.mem_alloc()
    for line in lines:
        font.draw(canvas, line, 0, 16)
    taken = gc.mem_alloc() - before
    gc.enable()
    return taken, file.calls


pack.Pack(Storage(), "zh").close()  # what is imported once is not the pack's
# -- nothing is open
before = gc.mem_alloc()
zh = pack.Pack(Storage(), "zh")
# -- one pack is open
small = gc.mem_alloc() - before
zh.large()
# -- with its large font
both = gc.mem_alloc() - before
lines = [("".join([chr(0x4E00 + 37 * (10 * i + j)) for j in range(10)])).encode() for i in range(3)]
taken, calls = cost(zh.font, Counted(zh.file), lines)
large_taken, large_calls = cost(zh.large(), Counted(zh.file), [line[:24] for line in lines[:2]])
sys.stdout.write(
    json.dumps(
        {
            "pack_heap_bytes": small,
            "pack_heap_with_large_text_bytes": both,
            "page_of_30_hanzi_allocated_bytes": taken,
            "page_of_30_hanzi_file_calls": calls,
            "page_of_16_large_hanzi_allocated_bytes": large_taken,
            "page_of_16_large_hanzi_file_calls": large_calls,
        }
    )
    + "\n"
)
