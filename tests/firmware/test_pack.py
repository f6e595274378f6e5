"""The reader of prompt packs, on the vector that the compiler has to write byte for byte."""

import binascii
import json
import struct
import unittest

import paper
from unit import pack


def vector():
    with open("tests/vectors/pack.json") as file:
        return json.load(file)


def shelf():
    return paper.Shelf({"zh.pack": binascii.unhexlify(vector()["pack"])})


def rows_of(glyph):
    """A glyph of the vector as the canvas would show it alone."""
    number = binascii.unhexlify(glyph[2])
    rows = []
    for i in range(0, 24, 2):
        value = number[i] << 8 | number[i + 1]
        rows.append("".join("#" if value & 0x8000 >> x else "." for x in range(12)))
    return rows


class Texts(unittest.TestCase):
    def test_each_text_is_found_by_its_key(self):
        zh = pack.Pack(shelf(), "zh")
        for key, text in vector()["texts"].items():
            self.assertEqual(zh.text(key), text)

    def test_an_unknown_key_has_no_text(self):
        self.assertIsNone(pack.Pack(shelf(), "zh").text("prompt.unheard_of"))

    def test_it_knows_its_language(self):
        self.assertEqual(pack.Pack(shelf(), "zh").lang, "zh")


class Glyphs(unittest.TestCase):
    def test_width_is_the_sum_of_advances(self):
        self.assertEqual(pack.Pack(shelf(), "zh").width("12: 好。"), 4 + 4 + 3 + 4 + 12 + 7)

    def test_a_break_mark_is_neither_measured_nor_drawn(self):
        zh = pack.Pack(shelf(), "zh")
        marked, plain = paper.Canvas(), paper.Canvas()
        self.assertEqual(zh.width("1\x1f2"), zh.width("12"))
        self.assertEqual(zh.draw(marked, "1\x1f2", 0, 0), zh.draw(plain, "12", 0, 0))
        self.assertEqual(marked.pixels, plain.pixels)
        self.assertEqual(zh.missing, [])

    def test_every_glyph_is_drawn_bit_for_bit(self):
        zh = pack.Pack(shelf(), "zh")
        for glyph in vector()["glyphs"]:
            canvas = paper.Canvas()
            x = zh.draw(canvas, chr(glyph[0]), 20, 16)
            self.assertEqual(x, 20 + glyph[1])
            self.assertEqual(canvas.rows(20, 16, 12, 12), rows_of(glyph))

    def test_inverse_draws_in_the_background_colour(self):
        zh = pack.Pack(shelf(), "zh")
        canvas, plain = paper.Canvas(), paper.Canvas()
        canvas.pixels = bytearray(b"\x01" * (128 * 64))
        zh.draw(canvas, "1", 0, 0, True)
        zh.draw(plain, "1", 0, 0)
        self.assertEqual(canvas.pixels, bytes(1 - pixel for pixel in plain.pixels))

    def test_drawing_ends_at_the_right_edge(self):
        zh = pack.Pack(shelf(), "zh")
        canvas = paper.Canvas()
        x = zh.draw(canvas, "好" * 40, 0, 0)
        self.assertEqual(x, 132)
        self.assertEqual(canvas.rows(120, 1, 8, 1), ["########"])

    def test_a_missing_glyph_is_a_box_and_noted_once(self):
        zh = pack.Pack(shelf(), "zh")
        canvas, boxes = paper.Canvas(), paper.Canvas()
        zh.draw(canvas, "鑫鑫", 0, 0)
        zh.draw(boxes, "□□", 0, 0)
        self.assertEqual(canvas.pixels, boxes.pixels)
        self.assertEqual(zh.missing, [ord("鑫")])
        zh.missing.clear()
        zh.width("鑫")
        self.assertEqual(zh.missing, [])


class Cells(unittest.TestCase):
    def test_a_clock_that_ticks_reads_no_flash(self):
        files = shelf()
        zh = pack.Pack(files, "zh")
        zh.draw(paper.Canvas(), "1:22", 0, 0)
        before = files.reads
        zh.draw(paper.Canvas(), "2:11", 0, 0)
        self.assertEqual(files.reads, before)

    def test_a_glyph_comes_in_the_same_buffer_each_time(self):
        zh = pack.Pack(shelf(), "zh")
        canvas = paper.Canvas()
        for _ in range(3):
            zh.draw(canvas, "1212", 0, 0)
        self.assertEqual(len(canvas.cells), 2)


class Damage(unittest.TestCase):
    def reason(self, content):
        """Why `content` is refused as a pack."""
        try:
            pack.Pack(paper.Shelf({"zh.pack": content}), "zh")
        except ValueError as why:
            return str(why)
        return "taken"

    def test_an_absent_pack_is_an_os_error(self):
        with self.assertRaises(OSError):
            pack.Pack(shelf(), "en")

    def test_any_flipped_bit_is_noticed(self):
        whole = binascii.unhexlify(vector()["pack"])
        for at in range(0, len(whole), 7):
            content = bytearray(whole)
            content[at] ^= 0x10
            self.assertNotEqual(self.reason(bytes(content)), "taken", at)

    def test_a_cut_or_a_grown_file_is_damaged(self):
        whole = binascii.unhexlify(vector()["pack"])
        for content in (whole[:-1], whole[:-4], whole[:100], whole + b"\x00"):
            self.assertTrue("damaged" in self.reason(content))
        for content in (b"", whole[:23], b"<html>" + whole):
            self.assertTrue("not a prompt pack" in self.reason(content))

    def test_a_newer_version_asks_for_newer_firmware(self):
        content = bytearray(binascii.unhexlify(vector()["pack"]))
        content[4:6] = struct.pack("<H", 2)
        self.assertTrue("update the firmware" in self.reason(bytes(content)))
