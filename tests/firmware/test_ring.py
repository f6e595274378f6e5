"""unit.ring: lines in memory of a fixed size, back as they were put in, however they wrap."""

import unittest

from chance import Chance
from unit import codec
from unit.ring import Ring

BOOT = "41-9f3c77e1"


def line(seq, text="ready"):
    return codec.event_payload(
        0, BOOT, seq, 1000 * seq, "st", (("to", text), ("by", "btn"))
    ).encode()


class TestRing(unittest.TestCase):
    def test_a_line_comes_back_whole(self):
        ring = Ring(BOOT)
        ring.put(line(1))
        self.assertEqual((ring.first, ring.top), (1, 1))
        self.assertEqual(ring.line(1), line(1))

    def test_what_is_not_held_is_an_index_error(self):
        ring = Ring(BOOT)
        ring.put(line(1))
        ring.put(line(2))
        ring.drop()
        for seq in (0, 1, 3):
            self.assertRaises(IndexError, ring.line, seq)

    def test_full_of_events_nothing_fits_until_one_goes(self):
        ring = Ring(BOOT, 3)
        for seq in (1, 2, 3):
            self.assertTrue(ring.put(line(seq)))
        self.assertFalse(ring.put(line(4)))
        self.assertEqual((ring.first, ring.top), (1, 3))
        ring.drop()
        self.assertTrue(ring.put(line(4)))
        self.assertEqual([ring.line(seq) for seq in (2, 3, 4)], [line(2), line(3), line(4)])

    def test_full_of_bytes_nothing_fits_until_one_goes(self):
        ring = Ring(BOOT, 256, 60)
        self.assertTrue(ring.put(line(1)))
        self.assertTrue(ring.put(line(2)))
        self.assertFalse(ring.put(line(3, "x" * 30)))
        self.assertEqual((ring.line(1), ring.line(2)), (line(1), line(2)))
        ring.drop()
        ring.drop()
        self.assertEqual(ring.room, 60)
        self.assertTrue(ring.put(line(3, "x" * 30)))

    def test_lines_of_all_lengths_survive_many_wraps(self):
        chance = Chance(5)
        ring = Ring(BOOT, 9, 700)
        wanted = {}
        for seq in range(1, 600):
            wanted[seq] = line(seq, "x" * chance.below(90))
            while not ring.put(wanted[seq]):
                ring.drop()
            for held in range(ring.first, ring.top + 1):
                self.assertEqual(ring.line(held), wanted[held])

    def test_every_kind_of_event_comes_back_as_it_was(self):
        events = (
            ("boot", (("rst", "PWRON"), ("fw", "0.2.0"), ("st", "hold"), ("call", 3), ("hold", 1))),
            ("st", (("to", "hold"), ("by", "btn"), ("ag", "1001"), ("call", 3), ("hold", 2))),
            ("st", (("to", "not_ready"), ("by", "host"), ("rc", 90), ("ag", "李"), ("rs", 1))),
            ("refused", (("b", "READY"), ("g", "tap"), ("st", "hold"))),
            ("remind", (("hold", 2), ("n", 4))),
            ("error", (("t", "ValueError"), ("m", 'a "\x01\x02\n" b'), ("at", "x.py:4"))),
        )
        ring = Ring(BOOT)
        for at, (kind, pairs) in enumerate(events):
            one = codec.event_payload(0, BOOT, at + 1, 7733145, kind, pairs).encode()
            ring.put(one)
            self.assertEqual(ring.line(at + 1), one)

    def test_256_events_of_a_shift_find_room(self):
        ring = Ring(BOOT)
        for seq in range(1, 257):
            pairs = (("to", "talking"), ("by", "btn"), ("ag", "1001"), ("call", seq // 5))
            one = codec.event_payload(0, BOOT, seq, 90000 * seq, "st", pairs).encode()
            self.assertTrue(ring.put(one), seq)


if __name__ == "__main__":
    unittest.main()
