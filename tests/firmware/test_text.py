"""Variables first, then lines at the stored opportunities."""

import unittest

from unit import font, text


class Ruler(font.Font):
    """Measures like a font whose hanzi are 12 px wide and everything else 6; it has no file."""

    def __init__(self):
        pass

    def width(self, s):
        return sum(12 if ord(c) > 0x2E80 and c not in "，。" else 6 for c in s.decode())


def lines(marked, width_px=48):
    marked = marked.encode().replace(b"|", font.MARK)
    return [line.decode() for line in text.lines(Ruler(), marked, width_px)]


def fill(template, values):
    return text.fill(template.encode(), values).decode()


class Fill(unittest.TestCase):
    def test_each_variable_takes_its_value(self):
        self.assertEqual(fill("{hello}，{agent}号", {"hello": "您好", "agent": 7}), "您好，7号")

    def test_a_value_is_not_filled_again(self):
        self.assertEqual(fill("{name}?", {"name": "{name}"}), "{name}?")

    def test_text_without_variables_stays(self):
        self.assertEqual(fill("}a{", {}), "}a{")
        self.assertEqual(fill("", {}), "")

    def test_a_value_may_be_a_number_or_bytes(self):
        self.assertEqual(fill("{a} {b}", {"a": 12, "b": "好".encode()}), "12 好")

    def test_an_empty_value_leaves_no_second_space(self):
        self.assertEqual(fill("Hello {name} there", {"name": ""}), "Hello there")
        self.assertEqual(fill("{name} there", {"name": ""}), "there")

    def test_nor_a_comma_at_the_beginning(self):
        self.assertEqual(fill("{name}，\x1f您好，请讲", {"name": ""}), "您好，请讲")
        self.assertEqual(fill("{name}, \x1fhello", {"name": ""}), "hello")
        self.assertEqual(fill("您好{name}，请讲", {"name": ""}), "您好，请讲")

    def test_a_variable_without_a_value_is_an_error(self):
        with self.assertRaises(KeyError):
            fill("{who}", {"hello": "您好"})


class Lines(unittest.TestCase):
    def test_chinese_breaks_where_marked(self):
        self.assertEqual(lines("请|您|稍|等|一|会"), ["请您稍等", "一会"])

    def test_a_comma_stays_with_the_word_before_it(self):
        self.assertEqual(lines("请|您|稍|等，|好|吗"), ["请您稍", "等，好吗"])

    def test_a_space_at_the_end_of_a_line_takes_no_room(self):
        self.assertEqual(lines("stay |on |the |line"), ["stay on", "the line"])

    def test_an_overlong_piece_is_broken_hard(self):
        self.assertEqual(lines("ab |abcdefghijkl |z"), ["ab", "abcdefgh", "ijkl z"])

    def test_a_character_wider_than_the_line_still_goes_on(self):
        self.assertEqual(lines("好好", 6), ["好", "好"])

    def test_new_line_is_kept(self):
        self.assertEqual(lines("请|您\n稍|等"), ["请您", "稍等"])
        self.assertEqual(lines(""), [""])

    def test_no_mark_is_left(self):
        self.assertTrue("\x1f" not in "".join(lines("a|b|c")))


class Pages(unittest.TestCase):
    def test_three_lines_a_page(self):
        self.assertEqual(text.pages(["1", "2", "3", "4"], 3), [["1", "2", "3"], ["4"]])

    def test_nothing_is_no_page(self):
        self.assertEqual(text.pages([], 3), [])
