"""The longest time of each reason against the table that host and firmware share."""

import json
import unittest

from unit import alerts


def vectors():
    with open("tests/vectors/reasons.json", "rb") as file:
        return json.loads(file.read().decode())["reasons"]


class TestReasons(unittest.TestCase):
    def test_every_code_lasts_as_long_as_the_shared_table_says(self):
        shared = {row["code"]: row["max_s"] for row in vectors()}
        self.assertTrue(len(shared) > 20)
        for code in range(256):
            self.assertEqual(alerts.longest_s(code), shared.get(code, 0), code)
