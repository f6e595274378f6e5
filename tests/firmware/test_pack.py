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


class Texts(unittest.TestCase):
    def test_each_text_is_found_by_its_key(self):
        zh = pack.Pack(shelf(), "zh")
        for key, text in vector()["texts"].items():
            self.assertEqual(zh.text(key), text.encode())

    def test_an_unknown_key_has_no_text(self):
        self.assertIsNone(pack.Pack(shelf(), "zh").text("prompt.unheard_of"))

    def test_lists_of_ids_are_words(self):
        zh = pack.Pack(shelf(), "zh")
        self.assertEqual(zh.words("groups"), ["start", "line"])
        self.assertEqual(zh.words("in.line"), ["silent"])
        self.assertEqual(zh.words("in.nowhere"), [])

    def test_each_condition_of_a_step_has_its_sentence(self):
        zh = pack.Pack(shelf(), "zh")
        for scenario in ("greeting", "silent"):
            lines = zh.text("steps." + scenario).decode().split("\n")
            for at in range(len(lines)):
                conditions = lines[at].split(",")[8].split("|")
                for k in range(len(conditions)):
                    self.assertIsNotNone(zh.text("say.%s.%d.%d" % (scenario, at, k)))
                self.assertIsNone(zh.text("say.%s.%d.%d" % (scenario, at, len(conditions))))

    def test_it_knows_its_language(self):
        self.assertEqual(pack.Pack(shelf(), "zh").lang, "zh")


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

    def test_a_pack_cut_at_any_length_is_refused(self):
        whole = binascii.unhexlify(vector()["pack"])
        for length in range(len(whole)):
            said = self.reason(whole[:length])
            wanted = "damaged" if length >= 32 else "not a script pack"
            self.assertTrue(wanted in said, (length, said))

    def test_a_grown_file_and_another_one_are_refused(self):
        whole = binascii.unhexlify(vector()["pack"])
        self.assertTrue("damaged" in self.reason(whole + b"\x00"))
        self.assertTrue("not a script pack" in self.reason(b"<html>" + whole))

    def test_another_format_is_refused(self):
        for version in (1, 3):
            content = bytearray(binascii.unhexlify(vector()["pack"]))
            content[4:6] = struct.pack("<H", version)
            self.assertTrue("has format %d, not 2" % version in self.reason(bytes(content)))


class Opened(unittest.TestCase):
    """A sent pack goes before the built-in one, unless it cannot be used."""

    def opened(self, files):
        heard = []
        return pack.opened(paper.Shelf(files), "zh", heard.append).kind, heard

    def test_the_built_in_one_speaks_when_none_was_sent(self):
        whole = binascii.unhexlify(vector()["pack"])
        self.assertEqual(self.opened({"zh.pack": whole}), (".pack", []))

    def test_a_sent_one_goes_before_it(self):
        whole = binascii.unhexlify(vector()["pack"])
        self.assertEqual(self.opened({"zh.pack": whole, "zh.site": whole}), (".site", []))

    def test_a_damaged_one_is_named_and_left_out(self):
        whole = binascii.unhexlify(vector()["pack"])
        kind, heard = self.opened({"zh.pack": whole, "zh.site": whole[:-1]})
        self.assertEqual(kind, ".pack")
        self.assertEqual(heard, ["zh.site is damaged: build it again and send it"])

    def test_without_any_there_is_an_os_error(self):
        with self.assertRaises(OSError):
            self.opened({})
