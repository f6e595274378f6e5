"""Glyphs of the pack that the compiler has to write byte for byte: measured and drawn, nothing allocated."""

import binascii
import io
import json
import unittest

import micropython
import paper
from unit import pack


class Blank:
    """A canvas that draws nothing, and so allocates nothing."""

    def glyph(self, bits, width, height, x, y, inverse):
        pass


def vector():
    with open("tests/vectors/pack.json") as file:
        return json.load(file)


def opened():
    return pack.Pack(paper.Shelf({"zh.pack": binascii.unhexlify(vector()["pack"])}), "zh")


def rows_of(bits, rows):
    """A glyph of the vector as the canvas would show it alone."""
    number = binascii.unhexlify(bits)
    found = []
    for i in range(0, 2 * rows, 2):
        value = number[i] << 8 | number[i + 1]
        found.append("".join("#" if value & 0x8000 >> x else "." for x in range(16)))
    return found


class Small(unittest.TestCase):
    def test_width_is_the_sum_of_advances(self):
        self.assertEqual(opened().font.width("12: 好。".encode()), 4 + 4 + 3 + 4 + 12 + 7)

    def test_a_break_mark_is_neither_measured_nor_drawn(self):
        zh = opened().font
        marked, plain = paper.Canvas(), paper.Canvas()
        self.assertEqual(zh.width(b"1\x1f2"), zh.width(b"12"))
        self.assertEqual(zh.draw(marked, b"1\x1f2", 0, 0), zh.draw(plain, b"12", 0, 0))
        self.assertEqual(marked.pixels, plain.pixels)
        self.assertEqual(zh.missing, [])

    def test_every_glyph_is_drawn_bit_for_bit(self):
        zh = opened().font
        for point, advance, bits in vector()["glyphs"]:
            canvas = paper.Canvas()
            x = zh.draw(canvas, chr(point).encode(), 20, 16)
            self.assertEqual(x, 20 + advance)
            self.assertEqual(canvas.rows(20, 16, 16, 12), rows_of(bits, 12))

    def test_inverse_draws_in_the_background_colour(self):
        zh = opened().font
        canvas, plain = paper.Canvas(), paper.Canvas()
        canvas.pixels = bytearray(b"\x01" * (128 * 64))
        zh.draw(canvas, b"1", 0, 0, True)
        zh.draw(plain, b"1", 0, 0)
        self.assertEqual(canvas.pixels, bytes(1 - pixel for pixel in plain.pixels))

    def test_drawing_ends_at_the_right_edge(self):
        canvas = paper.Canvas()
        x = opened().font.draw(canvas, ("好" * 40).encode(), 0, 0)
        self.assertEqual(x, 132)
        self.assertEqual(canvas.rows(120, 1, 8, 1), ["########"])

    def test_a_missing_glyph_is_a_box_and_noted_once(self):
        zh = opened().font
        canvas, boxes = paper.Canvas(), paper.Canvas()
        zh.draw(canvas, "鑫鑫".encode(), 0, 0)
        zh.draw(boxes, "□□".encode(), 0, 0)
        self.assertEqual(canvas.pixels, boxes.pixels)
        self.assertEqual(zh.missing, [ord("鑫")])
        zh.missing.clear()
        zh.draw(canvas, "鑫".encode(), 0, 0)
        self.assertEqual(zh.missing, [])

    def test_a_character_beyond_the_first_plane_is_a_box_too(self):
        zh = opened().font
        self.assertEqual(zh.width("\U0001f600".encode()), zh.width("□".encode()))
        self.assertEqual(zh.missing, [0x1F600])


class Large(unittest.TestCase):
    def test_every_glyph_is_drawn_bit_for_bit(self):
        for point, advance, bits in vector()["large"]:
            canvas = paper.Canvas()
            x = opened().large().draw(canvas, chr(point).encode(), 20, 16)
            self.assertEqual(x, 20 + advance)
            self.assertEqual(canvas.rows(20, 16, 16, 16), rows_of(bits, 16))

    def test_what_it_lacks_comes_from_the_small_one_on_the_same_base(self):
        zh = opened()
        canvas, small = paper.Canvas(), paper.Canvas()
        self.assertEqual(zh.large().width("2。".encode()), zh.font.width("2。".encode()))
        zh.large().draw(canvas, "2。".encode(), 0, 0)
        zh.font.draw(small, "2。".encode(), 0, 4)
        self.assertEqual(canvas.pixels, small.pixels)


class Flash(unittest.TestCase):
    def test_a_glyph_takes_one_seek_and_two_reads(self):
        zh = opened()
        before = zh.file.calls
        zh.font.draw(paper.Canvas(), "好".encode(), 0, 0)
        self.assertEqual(zh.file.calls, before + 3)

    def test_a_letter_takes_one_seek_and_one_read(self):
        zh = opened()
        before = zh.file.calls
        zh.font.draw(paper.Canvas(), b" ", 0, 0)
        self.assertEqual(zh.file.calls, before + 2)

    def test_a_page_of_hanzi_is_measured_without_flash(self):
        zh = opened()
        before = zh.file.calls
        self.assertEqual(zh.font.width(("好" * 30).encode()), 360)
        self.assertEqual(zh.file.calls, before)

    def test_drawing_and_measuring_allocate_nothing(self):
        zh = opened().font
        zh.file = io.BytesIO(binascii.unhexlify(vector()["pack"]))
        canvas, page = Blank(), ("好" * 27 + "12。").encode()
        zh.draw(canvas, page, 0, 0)
        micropython.heap_lock()
        try:
            zh.width(page)
            x = zh.draw(canvas, page, 0, 16)
        finally:
            micropython.heap_unlock()
        self.assertEqual(x, 132)

    def test_every_glyph_comes_in_the_same_buffer(self):
        canvas = paper.Canvas()
        opened().font.draw(canvas, "1212好。".encode(), 0, 0)
        self.assertEqual(len(canvas.cells), 1)
