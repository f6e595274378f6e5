"""unit.codec and unit.parser against the shared frames, and against bytes that nobody promised."""

import json
import unittest

from chance import Chance
from unit import codec
from unit.parser import Parser

BOOT = "41-9f3c77e1"
TIME = b'\x1e["T",7]*85f8fa49\n'


def vectors(to):
    with open("tests/vectors/frames.json", "rb") as file:
        frames = json.loads(file.read().decode())["frames"]
    return [frame for frame in frames if frame["to"] == to]


def on_the_wire(frame):
    return b"\x1e" + frame["payload"].encode() + b"*" + frame["crc"].encode() + b"\n"


def framed(text):
    return codec.encode(text)


def written_again():
    """The unit's frames of the vectors, built from their parts."""
    held = [["40-77aa01b2", 118, 131], [BOOT, 1, 3]]
    about = (("fw", "1.4.2"), ("rst", "PWRON"), ("up", 1840), ("hold", held), ("win", 16))
    about += (("max", 240), ("cap", ["t", "x", "r"]), ("safe", 0))
    status = (("st", "talking"), ("q", 0), ("bad", 2), ("mem", 91024), ("jr", 0))
    state = (("to", "talking"), ("by", "btn"))
    who = ("a4cf12b3d0e8", "0.2.0", "WDT", True)
    more = [
        ["40-77aa01b2", 20, 131],
        [BOOT, 1, 3],
        ["42-00c0ffee", 1, 1],
        ["43-1", 1, 1],
        ["44-1", 1, 2],
    ]
    later = (("st", "hold"), ("q", 118), ("bad", 0), ("mem", 70112), ("jr", 9216), ("re", 3))
    return [
        codec.array(("H", 1, "a4cf12b3d0e8", BOOT), codec.body(about)),
        codec.event_payload(1, BOOT, 120, 7733145, "st", state),
        codec.gap_payload("40-77aa01b2", 20, 57, "full").decode(),
        codec.array(("t", 7, 7733201, 7733203)),
        codec.array(("h", BOOT, 120, 7735000), codec.body(status)),
        codec.text_payload(("r", 9, 1), "flushed"),
        codec.text_payload(("L", 2), "wifi off"),
        codec.hello(who, "44-0badcafe", more, 93000),
        codec.event_payload(3, "40-77aa01b2", 58, 912, "remind", (("hold", 1), ("n", 2))),
        codec.heartbeat("44-0badcafe", 2, 95000, later),
    ]


class TestWriting(unittest.TestCase):
    def test_every_shared_frame_comes_out_byte_for_byte(self):
        expected = [on_the_wire(frame) for frame in vectors("host")]
        self.assertEqual([codec.encode(text) for text in written_again()], expected)

    def test_the_ecrc_of_the_shared_ack_is_that_of_the_shared_event_with_flags_0(self):
        event = vectors("host")[1]["payload"].encode()
        self.assertEqual(codec.crc(codec.flagged(event, 0)), "b882ee7d")

    def test_the_shared_ack_of_a_gap_names_the_crc_of_its_payload(self):
        gap = vectors("host")[2]
        acks = [json.loads(frame["payload"]) for frame in vectors("unit")]
        self.assertTrue(["A", "40-77aa01b2", 57, gap["crc"]] in acks)

    def test_h_names_as_many_boots_as_fit(self):
        held = [["4294967295-9f3c77e1", 100000, 200000] for _ in range(5)]
        who = ("a4cf12b3d0e8", "0.2.0", "PWRON", False)
        text = codec.hello(who, "4294967295-9f3c77e1", held, 2**40)
        self.assertTrue(len(codec.encode(text)) <= 240)
        about = json.loads(text)[4]
        self.assertEqual(len(about["hold"]) + about["more"], 5)

    def test_records_are_read_from_lines_of_the_wire(self):
        for frame in vectors("host"):
            payload = frame["payload"].encode()
            wanted = {
                "E": (3, 3),
                "X": (2, 3),
            }.get(frame["payload"][2])
            found = codec.record(b"noise" + on_the_wire(frame)[:-1])
            if wanted is None:
                self.assertEqual(found, None)
            else:
                fields = json.loads(frame["payload"])
                boot = fields[2] if fields[0] == "E" else fields[1]
                self.assertEqual(found, (boot, fields[wanted[0]], fields[wanted[1]], payload))

    def test_flags_change_one_digit(self):
        event = b'["E",0,"b",1,2,"st",{}]'
        self.assertEqual(codec.flagged(event, 3), b'["E",3,"b",1,2,"st",{}]')

    def test_text_outside_of_ascii_is_raw_utf8(self):
        text = codec.body((("ag", "0731"), ("text", "王芳 🎧")))
        self.assertEqual(text, '{"ag":"0731","text":"王芳 🎧"}')
        self.assertIn("王芳 🎧".encode(), codec.encode(text))

    def test_what_json_must_escape_is_escaped_and_nothing_below_space_is_left(self):
        odd = '"\\/' + "".join([chr(code) for code in range(33)]) + "\x7f\x85\u2028é"
        text = codec.text_payload(("L", 0), odd)
        self.assertEqual(json.loads(text), ["L", 0, odd])
        self.assertEqual([char for char in text if ord(char) < 32], [])
        self.assertEqual(
            codec.body((("a", '\b\f\n\r\t"\\\x01'),)), '{"a":"\\b\\f\\n\\r\\t\\"\\\\\\u0001"}'
        )

    def test_half_a_character_is_replaced(self):
        self.assertEqual(codec.body((("a", "x" + chr(0xD800) + "y"),)), '{"a":"x\ufffdy"}')

    def test_lists_and_numbers_nest(self):
        pairs = (("n", -1), ("big", 2**40), ("l", (["a", 1], [])))
        self.assertEqual(codec.body(pairs), '{"n":-1,"big":1099511627776,"l":[["a",1],[]]}')

    def test_a_log_text_of_any_length_fills_a_frame_and_no_more(self):
        for char in ("x", "é", "话", "🎧", '"', "\x01"):
            for length in (1, 30, 219, 220, 221, 4000):
                text = codec.text_payload(("L", 3), char * length)
                frame = codec.encode(text)
                self.assertTrue(len(frame) <= 240)
                said = json.loads(text)[2]
                self.assertEqual(said, char * len(said))
                left = 240 - len(frame)
                self.assertTrue(len(said) == length or left < 6)

    def test_an_error_event_is_cut_in_its_longest_text_only(self):
        for char in ("x", "话", "🎧", "\\"):
            pairs = (("t", "ValueError"), ("m", char * 900), ("at", "desk.py:120"))
            text = codec.event_payload(0, BOOT, 2**31, 2**45, "error", pairs)
            self.assertTrue(236 <= len(codec.encode(text)) <= 240)
            body = json.loads(text)[6]
            self.assertEqual((body["t"], body["at"]), ("ValueError", "desk.py:120"))
            self.assertEqual(body["m"], char * len(body["m"]))

    def test_an_event_with_several_long_texts_still_fits(self):
        pairs = (("t", "T" * 300), ("m", "话" * 300), ("at", '"' * 300))
        text = codec.event_payload(0, BOOT, 1, 2, "error", pairs)
        self.assertTrue(len(codec.encode(text)) <= 240)
        self.assertEqual(json.loads(text)[5], "error")

    def test_an_event_without_text_to_cut_is_an_error_not_a_long_frame(self):
        pairs = [("k%02d" % number, 2**50) for number in range(20)]
        self.assertRaises(ValueError, codec.event_payload, 0, BOOT, 1, 2, "st", pairs)


class TestReading(unittest.TestCase):
    def read(self, data):
        parser = Parser()
        return parser.feed(data), parser.bad, parser.text

    def test_every_shared_frame_is_read(self):
        for frame in vectors("unit"):
            frames, bad, text = self.read(on_the_wire(frame))
            self.assertEqual(frames, [json.loads(frame["payload"])])
            self.assertEqual((bad, text), (0, 0))

    def test_bytes_may_come_one_by_one(self):
        parser = Parser()
        frames = []
        for at in range(len(TIME)):
            frames += parser.feed(TIME[at : at + 1])
        self.assertEqual(frames, [["T", 7]])

    def test_several_frames_in_one_piece(self):
        self.assertEqual(self.read(TIME + TIME), ([["T", 7], ["T", 7]], 0, 0))

    def test_text_around_and_before_a_frame_is_counted_and_not_obeyed(self):
        self.assertEqual(self.read(b"boot\n" + TIME + b"rst:0x1\n"), ([["T", 7]], 0, 11))
        self.assertEqual(self.read(b">>> " + TIME), ([["T", 7]], 0, 4))

    def test_the_last_rs_of_a_line_counts(self):
        self.assertEqual(self.read(b'\x1e["T",' + TIME), ([["T", 7]], 0, 6))

    def test_cr_before_lf_is_ignored(self):
        self.assertEqual(self.read(TIME[:-1] + b"\r\n"), ([["T", 7]], 0, 0))

    def test_any_flipped_bit_loses_the_frame_and_only_it(self):
        for at in range(len(TIME) - 1):
            for bit in range(8):
                hit = bytearray(TIME)
                hit[at] ^= 1 << bit
                frames, _, _ = self.read(bytes(hit) + TIME)
                self.assertEqual(frames, [["T", 7]], hit)

    def test_a_damaged_frame_is_counted(self):
        for line in (b"\x1e\n", b"\x1e[]\n", b'\x1e["T",7]*85f8fa48\n', b'\x1e["T",7]*85F8FA49\n'):
            self.assertEqual(self.read(line), ([], 1, 0))

    def test_a_line_beyond_the_buffer_is_dropped_whole_and_the_next_is_read(self):
        long = b"\x1e" + b"x" * 300
        for cut in (1, 100, 255, 256, 257):
            parser = Parser()
            frames = []
            data = long + b"\n" + TIME
            for at in range(0, len(data), cut):
                frames += parser.feed(data[at : at + cut])
            self.assertEqual((frames, parser.bad), ([["T", 7]], 1))

    def test_what_is_right_by_crc_but_no_frame_is_counted_as_bad(self):
        for text in (
            "[]",
            "7",
            '"T"',
            "{}",
            "[7]",
            '["Z",1]',
            '["T"]',
            '["T",7,8]',
            '["T","7"]',
            '["T",-1]',
            '["T",10000]',
            '["T",true]',
            '["T",null]',
            '["T",7.0]',
            '["T",1e400]',
            '["T",NaN]',
            '["T",7',
            '["U",9223372036854775808,1]',
            '["A","b",-1,"x"]',
            '["K",1,[]]',
            '["K",1,{"a":1.5}]',
            '["S",1,"5be0c211"]',
            '["R",1,["repl"]]',
            '["N",1,"seat",[[[[1]]]]]',
            '["N",1,"seat",null]',
            '["N",1,"seat","\\ud800"]',
            '["N",1,"seat","\\udc00\\ud800"]',
            '["N",1,"seat","é"]',
            '["E",1,"41-9f3c77e1",120,7733145,"st",{}]',
        ):
            self.assertEqual(self.read(framed(text)), ([], 1, 0), text)

    def test_deep_nesting_does_not_end_the_loop(self):
        text = '["N",1,"a",' + "[" * 100 + "]" * 100 + "]"
        self.assertEqual(self.read(framed(text)), ([], 1, 0))

    def test_escaped_text_is_read_as_characters(self):
        for escaped, name in (
            ("\\u738b\\u82b3", "王芳"),
            ("\\ud83c\\udfa7 \\u0043", "🎧 C"),
            ("\\\\ud83c", "\\ud83c"),
        ):
            frames, bad, _ = self.read(framed('["N",9,"roster",[1,1,"0731","' + escaped + '"]]'))
            self.assertEqual((frames, bad), ([["N", 9, "roster", [1, 1, "0731", name]]], 0))

    def test_no_bytes_whatever_raise_or_pile_up(self):
        chance = Chance(7)
        parser = Parser()
        sound = [on_the_wire(frame) for frame in vectors("unit")]
        parts = (
            b"\x1e",
            b"\n",
            b"\r\n",
            b"*",
            b"[",
            b"]",
            b'"',
            b"\\u",
            b"{",
            b":",
            b",",
            b"-",
            b"1e9",
        )
        for _ in range(3000):
            dice = chance.below(4)
            if dice == 0:
                parser.feed(chance.data(chance.below(40)))
            elif dice == 1:
                parser.feed(parts[chance.below(len(parts))])
            elif dice == 2:
                self.assertTrue(len(parser.feed(sound[chance.below(len(sound))])) <= 1)
            else:
                pieces = [parts[2 + chance.below(len(parts) - 2)] for _ in range(chance.below(20))]
                parser.feed(codec.sealed(b'["N",1,"a",' + b"".join(pieces)))
        self.assertEqual(parser.feed(b"\n" + TIME)[-1], ["T", 7])
        self.assertTrue(parser.bad > 500 and parser.text > 500, (parser.bad, parser.text))
