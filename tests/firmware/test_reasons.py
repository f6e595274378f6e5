"""unit.reasons against the table that host and firmware share."""

import json
import unittest

from unit import reasons


def vectors():
    with open("tests/vectors/reasons.json", "rb") as file:
        return json.loads(file.read().decode())["reasons"]


class TestReasons(unittest.TestCase):
    def test_every_shared_code_means_the_same_here(self):
        for row in vectors():
            code = row["code"]
            self.assertEqual(reasons.word(code), row["word"])
            self.assertEqual(reasons.is_away(code), row["away"] == 1)
            self.assertEqual(reasons.is_productive(code), row["productive"] == 1)
            self.assertEqual(reasons.longest_s(code), row["max_s"])

    def test_no_code_is_known_here_alone(self):
        self.assertEqual([row[0] for row in reasons.TABLE], [row["code"] for row in vectors()])

    def test_nothing_is_claimed_of_a_code_that_the_site_made(self):
        self.assertEqual(reasons.word(50), "")
        self.assertFalse(reasons.is_away(50))
        self.assertFalse(reasons.is_productive(50))
        self.assertEqual(reasons.longest_s(50), 0)
