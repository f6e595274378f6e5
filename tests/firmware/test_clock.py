"""unit.clock: the only module that may know that ticks wrap."""

import unittest

from unit.clock import Clock

WRAP = 2**30


class TestClock(unittest.TestCase):
    def test_counts_from_the_first_reading(self):
        clock = Clock(123456)
        self.assertEqual(clock.update(123456), 0)
        self.assertEqual(clock.update(124456), 1000)

    def test_counts_from_an_offset(self):
        self.assertEqual(Clock(7, 5000).update(8), 5001)

    def test_a_wrap_five_seconds_after_the_start_is_not_seen(self):
        clock = Clock(WRAP - 5000)
        seen = [clock.update((WRAP - 5000 + ms) % WRAP) for ms in range(0, 10001, 100)]
        self.assertEqual(seen, list(range(0, 10001, 100)))

    def test_time_goes_on_past_the_range_of_ticks(self):
        clock = Clock(WRAP - 1)
        day_ms = 86400000
        for day in range(1, 31):
            self.assertEqual(clock.update((WRAP - 1 + day * day_ms) % WRAP), day * day_ms)

    def test_never_goes_back(self):
        clock = Clock(1000)
        clock.update(3000)
        self.assertEqual(clock.update(2990), 2000)
        self.assertEqual(clock.update(3001), 2001)

    def test_an_edge_latched_before_the_step_keeps_its_own_time(self):
        clock = Clock(WRAP - 100)
        clock.update(20)  # 120 ms later, past the wrap
        self.assertEqual(clock.at(WRAP - 50), 50)
        self.assertEqual(clock.at(25), 125)
        self.assertEqual(clock.now_ms, 120)

    def test_an_edge_from_before_the_start_is_at_zero(self):
        self.assertEqual(Clock(1000).at(990), 0)
