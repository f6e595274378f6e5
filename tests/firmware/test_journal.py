"""unit.journal, unit.segments: nothing leaves the unit but what the host has; the rest is in order."""

import json
import unittest

from flash import Flash
from unit import codec
from unit.journal import ACKED, ON_FLASH, PENDING, Journal

BOOT = "41-9f3c77e1"
OLD = "40-77aa01b2"
PAIRS = (("to", "talking"), ("by", "btn"))


class Kept:
    """Memory that survives a reset."""

    def __init__(self):
        self.data = b""

    def read(self):
        return self.data

    def write(self, data):
        self.data = data


def add(journal, count):
    for _ in range(count):
        journal.add(0, "st", PAIRS)


def flush(journal, now_ms=0):
    journal.flush_soon()
    while journal.wait_ms(now_ms) <= 0:
        journal.work(now_ms)


def records(journal):
    """[(letter, boot, first, last)] of what the host would be sent."""
    found = []
    record = journal.read(journal.start())
    while record:
        boot, first, last, payload, place = record
        found.append((json.loads(payload.decode())[0], boot, first, last))
        record = journal.read(place)
    return found


def seqs(journal, boot=BOOT):
    return [record[2] for record in records(journal) if record[1] == boot]


def ack(journal, boot, last):
    """As the window does when the host names this record."""
    record = journal.read(journal.start())
    while (record[0], record[2]) != (boot, last):
        record = journal.read(record[4])
    journal.ack(boot, last, record[4])


class TestFlushing(unittest.TestCase):
    def test_flushed_after_250_ms_without_an_acknowledgement(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        add(journal, 1)
        self.assertEqual((journal.mark, journal.wait_ms(1000)), (PENDING, 250))
        self.assertEqual(journal.wait_ms(1240), 10)
        journal.work(1250)
        self.assertEqual((journal.mark, journal.safe_top), (ON_FLASH, 1))
        self.assertEqual(flash.files["journal.000001"], codec.sealed(journal.line(1)))

    def test_acknowledged_in_time_nothing_is_written(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        for seq in range(1, 50):
            add(journal, 1)
            self.assertTrue(journal.wait_ms(1000 * seq) > 0)
            ack(journal, BOOT, seq)
            self.assertEqual(journal.mark, ACKED)
            self.assertTrue(journal.wait_ms(1000 * seq + 200) > 200)
        self.assertEqual(flash.operations, 0)

    def test_one_flush_takes_what_has_gathered_and_no_more_than_4_kb(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        add(journal, 100)
        journal.wait_ms(0)
        journal.work(250)
        self.assertEqual(flash.operations, 1)
        self.assertTrue(40 < journal.safe_top < 60)
        flush(journal)
        self.assertEqual(journal.safe_top, 100)

    def test_a_flash_that_refuses_is_tried_again_and_nothing_is_ticked(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        add(journal, 1)
        flash.fault = 28
        journal.wait_ms(0)
        journal.work(250)
        self.assertEqual((journal.mark, bool(journal.fault)), (PENDING, True))
        self.assertEqual(journal.wait_ms(250), 2000)
        flash.fault = None
        journal.work(2250)
        self.assertEqual((journal.mark, journal.fault), (ON_FLASH, ""))

    def test_a_write_that_failed_but_happened_is_sent_once(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        add(journal, 2)
        flush(journal)
        flash.files["journal.000001"] += codec.sealed(journal.line(2)) + b'\x1e["E",0,"41-9f'
        add(journal, 1)
        journal.segments._sealed = True
        flush(journal)
        again = Journal(flash, "42-00000001")
        self.assertEqual(seqs(again), [1, 2, 3])


class TestPowerCut(unittest.TestCase):
    def test_what_was_flushed_is_sent_after_it_oldest_boot_first(self):
        flash = Flash()
        for boot, count in ((OLD, 3), (BOOT, 2)):
            journal = Journal(flash, boot)
            add(journal, count)
            flush(journal)
        add(journal, 5)  # these were not
        journal = Journal(flash, "42-00000001")
        add(journal, 1)
        self.assertEqual(
            [record[1:3] for record in records(journal)],
            [(OLD, 1), (OLD, 2), (OLD, 3), (BOOT, 1), (BOOT, 2), ("42-00000001", 1)],
        )
        self.assertEqual(journal.held(), [[OLD, 1, 3], [BOOT, 1, 2], ["42-00000001", 1, 1]])
        self.assertEqual(journal.mark, PENDING)

    def test_old_boots_are_trimmed_as_they_are_acknowledged_and_their_files_go(self):
        flash = Flash()
        old = Journal(flash, OLD)
        for _ in range(6):  # several files
            add(old, 100)
            flush(old)
        journal = Journal(flash, BOOT)
        before = len([name for name in flash.files if name.startswith("journal")])
        self.assertTrue(before > 2)
        ack(journal, OLD, 400)
        self.assertEqual(journal.held(), [[OLD, 401, 600]])
        self.assertEqual(seqs(journal, OLD), list(range(401, 601)))
        ack(journal, OLD, 600)
        self.assertEqual(journal.held(), [])
        add(journal, 1)
        ack(journal, BOOT, 1)
        flush(journal)
        self.assertEqual([name for name in flash.files if name.startswith("journal")], [])

    def test_more_than_ram_holds_is_read_from_flash_then_from_ram(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        for _ in range(40):
            add(journal, 20)
            flush(journal)
        self.assertEqual(journal.lost, 0)
        self.assertEqual(seqs(journal), list(range(1, 801)))
        ack(journal, BOOT, 700)
        self.assertEqual(seqs(journal), list(range(701, 801)))

    def test_a_hole_that_the_host_had_already_is_a_gap_record(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        add(journal, 4)
        flush(journal)
        ack(journal, BOOT, 4)
        add(journal, 4)
        ack(journal, BOOT, 8)  # from RAM, never on flash
        add(journal, 2)
        journal.flush_soon()
        journal.work(0)  # the file of 1..4 is still to be removed
        again = Journal(flash, "42-00000001")
        self.assertEqual(
            records(again),
            [("E", BOOT, n, n) for n in (1, 2, 3, 4)]
            + [("X", BOOT, 5, 8)]
            + [("E", BOOT, n, n) for n in (9, 10)],
        )

    def test_what_ram_lost_before_flash_could_take_it_is_a_gap(self):
        flash = Flash()
        journal = Journal(flash, BOOT)
        journal.ring.max_events = 8
        add(journal, 3)
        flush(journal)
        flash.fault = 5
        add(journal, 20)
        self.assertEqual(journal.lost, 12)
        wanted = [("E", BOOT, n, n) for n in (1, 2, 3)]
        wanted += [("X", BOOT, 4, 15)] + [("E", BOOT, n, n) for n in range(16, 24)]
        self.assertEqual(records(journal), wanted)
        flash.fault = None
        flush(journal)
        self.assertEqual(records(journal), wanted)
        self.assertEqual(records(Journal(flash, "42-00000001")), wanted)


class TestDamage(unittest.TestCase):
    def flash_with(self, count):
        flash = Flash()
        journal = Journal(flash, OLD)
        add(journal, count)
        flush(journal)
        return flash

    def damaged(self, flash, numbers):
        lines = flash.files["journal.000001"].split(b"\n")
        for number in numbers:
            lines[number - 1] = lines[number - 1][:20] + b"?" + lines[number - 1][21:]
        flash.files["journal.000001"] = b"\n".join(lines)
        return Journal(flash, BOOT)

    def test_damaged_lines_are_declared_and_the_rest_is_kept(self):
        journal = self.damaged(self.flash_with(9), (4, 5))
        self.assertEqual(journal.segments.damaged, 2)
        self.assertEqual(
            records(journal),
            [("E", OLD, n, n) for n in (1, 2, 3)]
            + [("X", OLD, 4, 5)]
            + [("E", OLD, n, n) for n in (6, 7, 8, 9)],
        )

    def test_damaged_at_the_end_as_many_are_declared_as_there_were_lines(self):
        journal = self.damaged(self.flash_with(5), (4, 5))
        self.assertEqual(records(journal)[3:], [("X", OLD, 4, 5)])
        self.assertEqual(journal.held(), [[OLD, 1, 5]])

    def test_no_content_stops_the_start(self):
        for content in (b"", b"\n" * 40, b"\xff" * 3000, b"\x1e" * 900, b'\x1e["E",0]*5ba3bd0e\n'):
            flash = Flash()
            flash.files["journal.000001"] = content
            flash.files["journal.new"] = content
            flash.files["journal.txt"] = content
            journal = Journal(flash, BOOT)
            add(journal, 1)
            flush(journal)
            self.assertEqual(records(journal), [("E", BOOT, 1, 1)])
            self.assertEqual(records(Journal(flash, "42-00000001"))[-1], ("E", BOOT, 1, 1))


class TestFull(unittest.TestCase):
    def full(self):
        """A journal that had room for about 550 of its 900 events, every third a reminder."""
        flash = Flash()
        journal = Journal(flash, OLD)
        journal.thinning.max_bytes = 40000
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
        journal.thinning.max_bytes = 42000
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
            journal.thinning.max_bytes = 40000
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
        journal.thinning.max_bytes = 20000
        while not journal.thinning.make_room(100):
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
        journal.thinning.max_bytes = 20000
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


class TestKept(unittest.TestCase):
    def test_a_reset_before_the_flush_loses_nothing_where_the_chip_keeps_memory(self):
        kept = Kept()
        flash = Flash()
        journal = Journal(flash, OLD, kept)
        add(journal, 3)
        flush(journal)
        add(journal, 2)
        journal = Journal(flash, BOOT, kept)
        self.assertEqual(seqs(journal, OLD), [1, 2, 3, 4, 5])
        self.assertEqual(kept.data, b"")
        self.assertEqual(seqs(Journal(flash, "42-00000001"), OLD), [1, 2, 3, 4, 5])

    def test_what_the_host_has_is_not_kept(self):
        kept = Kept()
        journal = Journal(Flash(), OLD, kept)
        add(journal, 2)
        self.assertTrue(len(kept.data) > 100)
        ack(journal, OLD, 2)
        self.assertEqual(kept.data, b"")

    def test_it_stays_within_2048_bytes_with_the_newest(self):
        kept = Kept()
        journal = Journal(Flash(), OLD, kept)
        add(journal, 60)
        self.assertTrue(1900 < len(kept.data) <= 2048)
        self.assertEqual(
            kept.data[-len(codec.sealed(journal.line(60))) :], codec.sealed(journal.line(60))
        )

    def test_whatever_stands_there_after_power_on_stops_nothing(self):
        for data in (b"", b"\xff" * 2048, b'\x1e["E",0,"40-77aa01b2",1', b"\n\n"):
            kept = Kept()
            kept.data = data
            self.assertEqual(records(Journal(Flash(), BOOT, kept)), [])


if __name__ == "__main__":
    unittest.main()
