"""Gestures from raw edges: bounce, tap, long, two at once, stuck, and lost edges."""

import unittest

from unit.presses import Presses


class Buttons:
    """Buttons whose edges a test writes down."""

    names = ("READY", "BUSY", "HOLD")

    def __init__(self):
        self.edges = []
        self.levels = {}

    def is_down(self, name):
        return self.levels.get(name, False)

    def take_edge(self):
        return self.edges.pop(0) if self.edges else None

    def edge(self, name, down, at_ms):
        self.edges.append((name, down, at_ms))
        self.levels[name] = down


class Clock:
    """Ticks that are already ms since boot."""

    def at(self, raw):
        return raw


class Judge:
    """Writes down what it is told."""

    def __init__(self, long_ms=800):
        self.heard = []
        self.begins = []
        self._long_ms = long_ms

    def press_begins(self, at_ms):
        self.begins.append(at_ms)
        return at_ms

    def long_ms(self, button, token):
        return self._long_ms

    def gesture(self, button, kind, at_ms, token):
        self.heard.append((button, kind, at_ms))

    def both(self, first, second, at_ms):
        self.heard.append((first, second, at_ms))

    def stuck(self, button, at_ms):
        self.heard.append((button, "stuck", at_ms))


def play(edges, until_ms, every_ms, judge=None):
    """Feed `edges` to Presses stepped every `every_ms`; returns (judge, presses)."""
    buttons = Buttons()
    judge = judge or Judge()
    presses = Presses(buttons, Clock(), judge)
    for now_ms in range(0, until_ms + 1, every_ms):
        while edges and edges[0][2] <= now_ms:
            buttons.edge(*edges.pop(0))
        presses.step(now_ms)
    return judge, presses


def press(name, *times):
    """Edges down, up, down, up … at `times`."""
    return [(name, i % 2 == 0, times[i]) for i in range(len(times))]


class TestPresses(unittest.TestCase):
    def gestures(self, edges, until_ms=3000):
        """The same gestures whether stepped each ms, each 5 ms or seldom; returns them."""
        heard = None
        for every_ms in (1, 5, 50):
            judge, _ = play(list(edges), until_ms, every_ms)
            if heard is not None:
                self.assertEqual(heard, judge.heard)
            heard = judge.heard
        return heard

    def test_tap_acts_on_release_with_the_time_of_the_first_edge(self):
        judge, _ = play(press("HOLD", 100), 700, 5)
        self.assertEqual(judge.heard, [])
        self.assertEqual(self.gestures(press("HOLD", 100, 400)), [("HOLD", "tap", 100)])

    def test_long_fires_while_still_down(self):
        judge, _ = play(press("READY", 100), 899, 1)
        self.assertEqual(judge.heard, [])
        judge, _ = play(press("READY", 100), 900, 1)
        self.assertEqual(judge.heard, [("READY", "long", 100)])

    def test_nothing_more_happens_after_a_long_until_release(self):
        self.assertEqual(self.gestures(press("READY", 100, 2000)), [("READY", "long", 100)])

    def test_799_ms_is_a_tap(self):
        self.assertEqual(self.gestures(press("READY", 100, 899)), [("READY", "tap", 100)])

    def test_bounce_on_the_way_down_and_up(self):
        edges = press("BUSY", 100, 103, 105, 111, 118, 300, 304, 310)
        self.assertEqual(self.gestures(edges), [("BUSY", "tap", 100)])

    def test_a_glitch_of_less_than_20_ms_is_nothing(self):
        self.assertEqual(self.gestures(press("BUSY", 100, 119)), [])
        self.assertEqual(self.gestures(press("BUSY", 100, 121)), [("BUSY", "tap", 100)])

    def test_a_dropout_within_a_long_press_does_not_end_it(self):
        self.assertEqual(self.gestures(press("BUSY", 100, 500, 512, 1000)), [("BUSY", "long", 100)])

    def test_a_second_button_cancels_both(self):
        edges = [
            ("READY", True, 100),
            ("HOLD", True, 300),
            ("READY", False, 500),
            ("HOLD", False, 600),
        ]
        self.assertEqual(self.gestures(edges), [("READY", "HOLD", 100)])

    def test_after_both_the_next_press_counts_again(self):
        edges = [
            ("READY", True, 100),
            ("HOLD", True, 300),
            ("READY", False, 500),
            ("HOLD", False, 600),
        ]
        edges += press("HOLD", 700, 800)
        self.assertEqual(self.gestures(edges), [("READY", "HOLD", 100), ("HOLD", "tap", 700)])

    def test_stuck_once_and_the_others_go_on(self):
        edges = [("HOLD", True, 100)] + press("READY", 11000, 11100) + [("HOLD", False, 12000)]
        edges += press("HOLD", 13000, 13100)
        heard = self.gestures(edges, 14000)
        self.assertEqual(
            heard,
            [
                ("HOLD", "long", 100),
                ("HOLD", "stuck", 10100),
                ("READY", "tap", 11000),
                ("HOLD", "tap", 13000),
            ],
        )

    def test_held_since_names_the_first_edge_until_the_press_is_judged(self):
        _, presses = play(press("HOLD", 100, 400), 410, 5)
        self.assertEqual(presses.held_since_ms, 100)
        _, presses = play(press("HOLD", 100, 400), 425, 5)
        self.assertEqual(presses.held_since_ms, None)
        _, presses = play(press("HOLD", 100), 10200, 5)
        self.assertEqual(presses.held_since_ms, None)

    def test_an_edge_lost_by_the_latch_is_seen_by_the_level(self):
        buttons = Buttons()
        judge = Judge()
        presses = Presses(buttons, Clock(), judge)
        buttons.levels["BUSY"] = True
        presses.step(100)
        presses.step(200)
        buttons.levels["BUSY"] = False
        presses.step(300)
        presses.step(400)
        self.assertEqual(judge.heard, [("BUSY", "tap", 100)])


if __name__ == "__main__":
    unittest.main()
