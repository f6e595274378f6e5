"""unit.thinning: what gives way when the journal is full, and that all of it is declared."""

import unittest

from flash import Flash
from journals import BOOT, OLD, add, flush, records
from unit.journal import Journal
from unit.thinning import Thinning


class TestFull(unittest.TestCase):
    def full(self):
        """A journal that had room for about 550 of its 900 events, every third a reminder."""
        flash = Flash()
        journal = Journal(flash, OLD)
        journal.segments.max_bytes = 40000
        for _ in range(300):
            add(journal, 2)
            journal.add(0, "remind", (("hold", 1), ("n", 1)))
            flush(journal)
        return flash, journal

    def test_the_oldest_reminders_go_first_then_the_oldest_events_and_all_is_declared(self):
        flash, journal = self.full()
        size = sum([len(flash.files[name]) for name in flash.files if name.startswith("journal")])
        self.assertTrue(size <= 40000)
        journal = Journal(flash, BOOT)
        found = records(journal)
        covered = []
        for _, _, first, last in found:
            covered += range(first, last + 1)
        self.assertEqual(covered, list(range(1, 901)))
        kinds = [letter for letter, _, _, _ in found]
        self.assertEqual(kinds[:2], ["X", "E"])  # a whole file is one gap
        self.assertTrue(kinds.count("X") > 20)  # reminders are gone one by one
        self.assertEqual(found[-1], ("E", OLD, 900, 900))

    def test_the_desk_s_own_presses_outlive_its_reminders(self):
        flash = Flash()
        journal = Journal(flash, OLD)
        journal.segments.max_bytes = 42000
        for _ in range(330):
            add(journal, 1)
            journal.add(0, "remind", (("hold", 1), ("n", 1)))
            flush(journal)
        gone = [record for record in records(Journal(flash, BOOT)) if record[0] == "X"]
        self.assertTrue(len(gone) > 20)
        for _, _, first, last in gone:
            self.assertEqual((first, first % 2), (last, 0))

    def test_a_cut_at_any_operation_of_it_loses_nothing_that_was_safe(self):
        _, whole = self.full()
        for left in range(0, whole.segments.storage.operations, 13):
            flash = Flash()
            flash.left = left
            journal = Journal(flash, OLD)
            journal.segments.max_bytes = 40000
            safe = 0
            for _ in range(300):
                add(journal, 2)
                journal.add(0, "remind", (("hold", 1), ("n", 1)))
                flush(journal)
                if flash.left > 0:
                    safe = journal.safe_top
                else:
                    break
            flash.left = None
            covered = []
            for _, _, first, last in records(Journal(flash, BOOT)):
                covered += range(first, last + 1)
            self.assertEqual(covered[:safe], list(range(1, safe + 1)), "cut after %d" % left)

    def test_a_cut_before_the_file_that_was_given_up_is_removed_sends_nothing_twice(self):
        flash = Flash()
        for boot in (OLD, BOOT):
            journal = Journal(flash, boot)
            for _ in range(150):
                add(journal, 1)
                flush(journal)
        remove, flash.remove = flash.remove, lambda name: None
        journal.segments.max_bytes = 20000
        thinning = Thinning(journal.segments)
        while not thinning.make_room(100):
            pass
        flash.remove = remove
        self.assertTrue(0 in [file[0] for file in journal.segments.files])
        found = records(Journal(flash, "42-00000001"))
        covered = []
        for _, boot, first, last in found:
            covered += [(boot, seq) for seq in range(first, last + 1)]
        self.assertEqual(covered, [(boot, seq) for boot in (OLD, BOOT) for seq in range(1, 151)])

    def test_gaps_after_those_that_the_host_has_do_not_go_with_them(self):
        flash, journal = self.full()
        self.assertEqual(journal.segments.files[0][0], 0)
        place = journal.start()
        while place[0] == 0 or place[1] < 300:  # a little of the file after the gaps
            record = journal.read(place)
            place = record[4]
        journal.ack(OLD, record[2], place)
        self.assertEqual(journal.segments.doomed, [0])
        journal.segments.max_bytes = 20000
        add(journal, 1)
        flush(journal)
        while journal.segments.tidy():
            pass
        covered = []
        for _, _, first, last in records(Journal(flash, BOOT)):
            covered += range(first, last + 1)
        self.assertEqual(covered[-1], 901)
        self.assertEqual(covered, list(range(covered[0], 902)))
        self.assertTrue(covered[0] <= record[2] + 1)


class TestFree(unittest.TestCase):
    def test_what_others_need_of_flash_is_left_to_them(self):
        flash = Flash()
        flash.room = 65536 + 40000
        journal = Journal(flash, OLD)
        for _ in range(150):
            add(journal, 10)
            flush(journal)
        self.assertTrue(flash.free() >= 65536 - 16384)
        self.assertEqual(records(Journal(flash, BOOT))[0][:3], ("X", OLD, 1))
        self.assertEqual(journal.safe_top, 1500)

    def test_free_flash_is_counted_once_a_file_not_once_a_flush(self):
        flash = Flash()
        journal = Journal(flash, OLD)
        for _ in range(100):
            add(journal, 1)
            flush(journal)
        self.assertEqual(flash.counted, 1)


if __name__ == "__main__":
    unittest.main()
