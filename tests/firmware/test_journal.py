"""unit.journal, unit.segments: nothing leaves the unit but what the host has; the rest is in order."""

import unittest

from flash import Flash
from journals import BOOT, OLD, ack, add, flush, records, seqs
from unit import codec
from unit.journal import ACKED, ON_FLASH, PENDING, Journal


class Kept:
    """Memory that survives a reset."""

    def __init__(self):
        self.data = b""

    def read(self):
        return self.data

    def write(self, data):
        self.data = data


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
