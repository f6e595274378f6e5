"""unit.settings against the table that host and firmware share."""

import json
import unittest

from unit import settings


def vectors():
    with open("tests/vectors/settings.json", "rb") as file:
        return json.loads(file.read().decode())["settings"]


class TestSettings(unittest.TestCase):
    def test_the_table_is_the_shared_one(self):
        shared = [(row["name"], row["default"], row["low"], row["high"]) for row in vectors()]
        self.assertEqual(list(settings.rows()), shared)

    def test_starts_with_the_defaults(self):
        fresh = settings.Settings()
        for row in vectors():
            self.assertEqual(getattr(fresh, row["name"]), row["default"])

    def test_takes_both_ends_of_a_range_and_nothing_beyond(self):
        for row in vectors():
            name = row["name"]
            for value in (row["low"], row["high"]):
                changed = settings.Settings()
                self.assertEqual(changed.apply({name: value}), None)
                self.assertEqual(getattr(changed, name), value)
            for value in (row["low"] - 1, row["high"] + 1, -1, 2**40):
                self.assertIn(name, settings.Settings().apply({name: value}))

    def test_one_bad_value_refuses_the_whole_frame(self):
        for bad in ({"menu_s": 121}, {"colour": 1}, {"menu_s": True}, {"menu_s": "9"}, {7: 9}):
            kept = settings.Settings()
            wanted = {"hold_remind_s": 45, "heartbeat_s": 9}
            wanted.update(bad)
            self.assertTrue(kept.apply(wanted))
            self.assertEqual(kept.kept(), settings.Settings().kept())

    def test_the_refusal_names_the_setting_and_its_range(self):
        self.assertEqual(settings.Settings().apply({"menu_s": 1}), "menu_s: whole number 2 to 120")
        self.assertEqual(settings.Settings().apply({"colour": 1}), "unknown setting colour")

    def test_what_is_kept_can_be_applied_again(self):
        before = settings.Settings()
        before.apply({"hold_remind_s": 45, "wrap_up_s": 90})
        after = settings.Settings()
        self.assertEqual(after.apply(before.kept()), None)
        self.assertEqual((after.hold_remind_s, after.wrap_up_s), (45, 90))
