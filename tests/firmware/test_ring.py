"""unit.ring: nothing leaves it but what the host has, or what is counted as lost."""

import json
import unittest

from unit import codec
from unit.ring import Ring

BOOT = "41-9f3c77e1"
PAIRS = (("to", "talking"), ("by", "btn"))


def filled(count, **limits):
    ring = Ring(BOOT, **limits)
    for number in range(count):
        ring.add(number, "st", PAIRS)
    return ring


def held(ring):
    return [json.loads(ring.line(seq).decode())[3] for seq in range(ring.first, ring.top + 1)]


class TestRing(unittest.TestCase):
    def test_seq_starts_at_one_without_holes(self):
        ring = Ring(BOOT)
        self.assertEqual((ring.first, ring.top, ring.acked), (1, 0, 0))
        self.assertEqual([ring.add(5, "st", PAIRS) for _ in range(3)], [1, 2, 3])

    def test_a_line_is_the_event_with_flags_0(self):
        ring = Ring(BOOT)
        ring.add(7733145, "st", PAIRS)
        self.assertEqual(
            ring.line(1),
            b'["E",0,"41-9f3c77e1",1,7733145,"st",{"to":"talking","by":"btn"}]',
        )

    def test_ms_never_falls_with_seq(self):
        ring = Ring(BOOT)
        for ms in (100, 90, 2**40, 5):
            ring.add(ms, "st", PAIRS)
        times = [json.loads(ring.line(seq).decode())[4] for seq in (1, 2, 3, 4)]
        self.assertEqual(times, [100, 100, 2**40, 2**40])

    def test_an_ack_drops_all_up_to_it(self):
        ring = filled(5)
        self.assertTrue(ring.ack(3, codec.crc(ring.line(3))))
        self.assertEqual((ring.first, ring.top, ring.acked, ring.lost), (4, 5, 3, 0))
        self.assertRaises(IndexError, ring.line, 3)
        self.assertEqual(held(ring), [4, 5])

    def test_the_same_ack_again_is_right_and_changes_nothing(self):
        ring = filled(5)
        ecrc = codec.crc(ring.line(3))
        ring.ack(3, ecrc)
        self.assertTrue(ring.ack(3, ecrc))
        self.assertFalse(ring.ack(3, "00000000"))
        self.assertEqual((ring.first, ring.acked), (4, 3))

    def test_an_ack_with_another_content_trims_nothing(self):
        ring = filled(5)
        for seq, ecrc in (
            (3, codec.crc(ring.line(2))),
            (3, ""),
            (6, "00000000"),
            (2**40, "00000000"),
        ):
            self.assertFalse(ring.ack(seq, ecrc))
        self.assertEqual((ring.first, ring.acked), (1, 0))

    def test_full_of_events_the_oldest_go_and_are_counted(self):
        ring = filled(11, max_events=4)
        self.assertEqual((ring.first, ring.top, ring.lost, ring.acked), (8, 11, 7, 0))
        self.assertEqual(held(ring), [8, 9, 10, 11])

    def test_full_of_bytes_the_oldest_go_and_are_counted(self):
        one = len(filled(1).line(1))
        ring = filled(9, max_bytes=3 * one)
        self.assertEqual((ring.first, ring.top, ring.lost), (7, 9, 6))
        self.assertEqual(held(ring), [7, 8, 9])

    def test_acknowledged_room_is_used_again(self):
        one = len(filled(1).line(1))
        ring = Ring(BOOT, 4, 4 * one)
        for number in range(9):
            seq = ring.add(number, "st", PAIRS)
            self.assertTrue(ring.ack(seq, codec.crc(ring.line(seq))))
        self.assertEqual((ring.lost, ring.acked, ring.first), (0, 9, 10))

    def test_events_lost_before_an_ack_do_not_come_back_with_it(self):
        ring = filled(4, max_events=2)
        self.assertFalse(ring.ack(1, "00000000"))
        self.assertTrue(ring.ack(4, codec.crc(ring.line(4))))
        self.assertEqual((ring.first, ring.acked, ring.lost), (5, 4, 2))
