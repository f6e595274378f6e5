"""unit.incoming: a script pack block by block onto flash, through power cuts, refusals and damage."""

import binascii
import struct
import unittest

from flash import Flash
from line import Stream
from unit import codec
from unit.incoming import Incoming
from unit.recorder import Recorder

PIECE = 66


def pack(size, lang="zh", version=2, first=0):
    """A pack's head, `size` bytes in all, and its sum at the end."""
    head = struct.pack("<4s4H8sIII", b"DUPK", version, 0, 0, 0, lang.encode(), 0, 0, size)
    body = bytes([(first + 7 * at) & 0xFF for at in range(size - len(head) - 4)])
    return head + body + struct.pack("<I", binascii.crc32(head + body) & 0xFFFFFFFF)


def crc_of(content):
    return "%08x" % int.from_bytes(content[-4:], "little")


def coded(data):
    return binascii.b2a_base64(data).decode().strip().replace("C", "-")


class Sender:
    """A right host: one request at a time; flash has its turn after each, unless `holds`."""

    def __init__(self, flash, content, lang="zh"):
        self.flash = flash
        self.content = content
        self.lang = lang
        self.holds = False
        self.said = []
        self.told = []
        self.number = 0
        self.at = 0  # the offset that the unit wants
        self.unit = Incoming(flash, self._reply, self._releasing, self._installed)

    def _reply(self, number, ok, text):
        self.said.append((number, ok, text))

    def _releasing(self, lang):
        self.told.append(("releasing", lang))

    def _installed(self, lang):
        self.told.append(("installed", lang, self.flash.files.get(lang + ".site")))

    def work(self):
        while self.unit.wait_ms(0) <= 0:
            self.unit.step()

    def _ask(self, ask, *values):
        self.number += 1
        ask(self.number, *values)
        if not self.holds:
            self.work()
        said, self.said = self.said, []
        if not said:
            return None
        assert [one[0] for one in said] == [self.number], said
        if said[0][1]:
            self.at = int(said[0][2])
        return said[0][1:]

    def announce(self):
        return self._ask(self.unit.announce, self.lang, len(self.content), crc_of(self.content))

    def send(self, offset, size=PIECE):
        return self._ask(self.unit.take, offset, coded(self.content[offset : offset + size]))

    def run(self, until=1 << 30):
        """From the announcement on to the end, or to an offset; the last answer."""
        said = self.announce()
        while said and said[0] and int(said[1]) < min(until, len(self.content)):
            said = self.send(int(said[1]))
        return said


def flash_with(**files):
    flash = Flash()
    flash.files = {"zh.pack": b"built-in", "en.pack": b"built-in"}
    for name in files:
        flash.files[name.replace("_", ".")] = files[name]
    return flash


class TestASend(unittest.TestCase):
    def test_the_pack_is_in_place_when_its_size_is_answered(self):
        for size in (100, 4096, 4097, 8192, 10000):
            content = pack(size)
            sender = Sender(flash_with(), content)
            self.assertEqual(sender.run(), (1, str(size)))
            self.assertEqual(sender.flash.files["zh.site"], content)
            self.assertEqual([n for n in sender.flash.files if n.endswith(".part")], [])
            self.assertEqual(sender.told, [("releasing", "zh"), ("installed", "zh", content)])

    def test_a_frame_is_answered_from_ram_and_a_full_block_waits_for_flash(self):
        sender = Sender(flash_with(), pack(10000))
        self.assertEqual(sender.announce(), (1, "0"))
        sender.holds = True
        offset = 0
        while offset < 4096:
            self.assertEqual(sender.flash.operations, 0)
            said = sender.send(offset)
            self.assertEqual(said, (1, str(min(4096, offset + PIECE))))
            offset = int(said[1])
        self.assertEqual(sender.send(4096), (1, "4096"))
        self.assertEqual(sender.send(4096), (1, "4096"))
        sender.work()
        self.assertEqual(sender.flash.operations, 1)
        self.assertEqual(sender.send(4096), (1, "4162"))

    def test_another_offset_changes_nothing_and_gets_the_wanted_one(self):
        sender = Sender(flash_with(), pack(10000))
        sender.announce()
        sender.send(0)
        for offset in (0, 65, 67, 132, 9999, 10000, 123456):
            self.assertEqual(sender.send(offset), (1, "66"))
        self.assertEqual(sender.run(), (1, "10000"))

    def test_cut_base64_changes_nothing(self):
        sender = Sender(flash_with(), pack(10000))
        sender.announce()
        for text in ("A", "", "AAA", "AAAAA"):
            self.assertEqual(sender._ask(sender.unit.take, 0, text), (1, "0"))

    def test_bytes_beyond_the_size_are_left(self):
        content = pack(100)
        sender = Sender(flash_with(), content)
        sender.announce()
        sender.send(0)
        more = coded(content[66:] + b"beyond")
        self.assertEqual(sender._ask(sender.unit.take, 66, more), (1, "100"))
        self.assertEqual(sender.flash.files["zh.site"], content)

    def test_the_last_answer_is_said_again(self):
        sender = Sender(flash_with(), pack(100))
        sender.run()
        self.assertEqual(sender.send(66), (1, "100"))
        self.assertEqual(sender.announce(), (1, "100"))
        self.assertEqual(len(sender.told), 2)

    def test_asked_again_while_flash_is_checked_the_newest_request_is_answered(self):
        sender = Sender(flash_with(), pack(9000))
        sender.run(until=9000 - PIECE)
        sender.holds = True
        self.assertEqual(sender.send(sender.at), None)
        self.assertEqual(sender.send(sender.at), None)
        sender.work()
        self.assertEqual(sender.said, [(sender.number, 1, "9000")])

    def test_a_check_takes_no_more_than_a_block_a_step(self):
        sender = Sender(flash_with(), pack(20000))
        sender.run(until=20000 - PIECE)
        sender.holds = True
        sender.send(sender.at)
        steps = 0
        while sender.unit.wait_ms(0) <= 0:
            sender.unit.step()
            steps += 1
        self.assertEqual(steps, 1 + 5)  # one write, five blocks read

    def test_a_pack_of_another_language_lies_beside(self):
        flash = flash_with(en_site=b"the english one")
        self.assertEqual(Sender(flash, pack(5000)).run(), (1, "5000"))
        self.assertEqual(flash.files["en.site"], b"the english one")

    def test_the_block_is_given_back_a_minute_after_the_last_word(self):
        sender = Sender(flash_with(), pack(10000))
        sender.run(until=5000)
        self.assertEqual(sender.unit.wait_ms(1000), 59000)
        self.assertEqual(sender.unit.wait_ms(60000), 0)
        sender.unit.step()
        self.assertEqual(sender.unit._block, None)
        self.assertEqual(sender.send(sender.at), (0, "announce it first"))
        self.assertEqual(sender.announce(), (1, "4096"))


class TestGoingOn(unittest.TestCase):
    def test_after_a_restart_it_goes_on_behind_what_flash_has(self):
        content = pack(20000)
        flash = flash_with()
        Sender(flash, content).run(until=9000)
        sender = Sender(flash, content)
        self.assertEqual(sender.announce(), (1, "8192"))
        self.assertEqual(sender.run(), (1, "20000"))
        self.assertEqual(flash.files["zh.site"], content)

    def test_the_same_session_goes_on_behind_what_ram_has(self):
        sender = Sender(flash_with(), pack(20000))
        sender.run(until=9000)
        at = sender.at
        self.assertTrue(at >= 9000)
        self.assertEqual(sender.announce(), (1, str(at)))

    def test_another_pack_drops_the_part_of_the_first(self):
        flash = flash_with()
        Sender(flash, pack(20000)).run(until=9000)
        other = pack(20000, first=1)
        sender = Sender(flash, other)
        self.assertEqual(sender.announce(), (1, "0"))
        self.assertEqual(sender.run(), (1, "20000"))
        self.assertEqual(sorted(flash.files), ["en.pack", "zh.pack", "zh.site"])
        self.assertEqual(flash.files["zh.site"], other)

    def test_a_damaged_part_is_sent_anew_once(self):
        content = pack(9000)
        flash = flash_with()
        Sender(flash, content).run(until=8976)
        name = "zh.%s.part" % crc_of(content)
        flash.files[name] = b"X" + flash.files[name][1:]
        sender = Sender(flash, content)
        said = sender.announce()
        while int(said[1]) < 9000 and said[1] != "0":
            said = sender.send(int(said[1]))
        self.assertEqual(said, (1, "0"))
        self.assertFalse(name in flash.files)
        self.assertEqual(sender.run(), (1, "9000"))
        self.assertEqual(flash.files["zh.site"], content)

    def test_flash_that_damages_what_it_takes_ends_it(self):
        content = bytearray(pack(9000))
        content[5000] ^= 1  # the sum is that of the right one
        flash = flash_with()
        sender = Sender(flash, bytes(content))
        self.assertEqual(sender.run(), (0, "damaged on flash, twice"))
        self.assertEqual(sorted(flash.files), ["en.pack", "zh.pack"])
        self.assertEqual(sender.told, [])

    def test_a_part_longer_than_announced_is_no_part_of_it(self):
        content = pack(9000)
        flash = flash_with()
        flash.files["zh.%s.part" % crc_of(content)] = bytes(9001)
        self.assertEqual(Sender(flash, content).announce(), (1, "0"))

    def test_a_complete_part_is_checked_and_put_in_place(self):
        content = pack(9000)
        flash = flash_with()
        flash.files["zh.%s.part" % crc_of(content)] = content
        self.assertEqual(Sender(flash, content).announce(), (1, "9000"))
        self.assertEqual(flash.files["zh.site"], content)

    def test_what_is_in_place_is_not_sent_again_unless_it_is_damaged(self):
        content = pack(9000)
        flash = flash_with(zh_site=content)
        sender = Sender(flash, content)
        self.assertEqual(sender.announce(), (1, "9000"))
        self.assertEqual(sender.told, [])
        flash.files["zh.site"] = content[:4000] + b"?" + content[4001:]
        sender = Sender(flash, content)
        self.assertEqual(sender.announce(), (1, "0"))
        self.assertEqual(sender.run(), (1, "9000"))
        self.assertEqual(flash.files["zh.site"], content)

    def test_a_power_cut_at_any_operation_leaves_the_old_or_the_new_one_and_it_goes_on(self):
        old = pack(700, first=3)
        content = pack(9000)
        cuts = 0
        finished = False
        while not finished:
            flash = flash_with(zh_site=old)
            flash.left = cuts
            Sender(flash, content).run()
            finished = flash.left > 0
            cuts += 1
            self.assertTrue(flash.files["zh.site"] in (old, content))
            flash.left = None
            self.assertEqual(Sender(flash, content).run(), (1, "9000"))
            self.assertEqual(flash.files["zh.site"], content)
        self.assertTrue(cuts > 4)


class TestRefusals(unittest.TestCase):
    def refused(self, flash, content, lang="zh"):
        sender = Sender(flash, content, lang)
        ok, text = sender.run()
        self.assertEqual(ok, 0)
        self.assertEqual(sender.send(0), (0, text))
        self.assertEqual(sender.unit._block, None)
        self.assertEqual([name for name in flash.files if name.endswith(".part")], [])
        self.assertEqual(sender.told, [])
        return text

    def test_a_d_before_any_p(self):
        sender = Sender(flash_with(), pack(100))
        self.assertEqual(sender.send(0), (0, "announce it first"))

    def test_another_format(self):
        text = self.refused(flash_with(), pack(9000, version=3))
        self.assertEqual(text, "format 3, this firmware reads 2")

    def test_another_language_than_announced(self):
        text = self.refused(flash_with(), pack(9000, lang="en"))
        self.assertEqual(text, "announced as another language")

    def test_what_is_no_pack(self):
        self.assertEqual(self.refused(flash_with(), b"PK" + pack(9000)), "not a script pack")

    def test_a_language_that_the_unit_has_not(self):
        for lang in ("fr", "../boot", ""):
            text = self.refused(flash_with(), pack(9000), lang)
            self.assertEqual(text, "no language of this unit: " + lang)

    def test_a_sum_or_size_that_is_none(self):
        sender = Sender(flash_with(), b"")
        for size, crc in (
            (9000, "1234567"),
            (9000, "12345678.."),
            (9000, "ABCDEF01"),
            (32, "12345678"),
        ):
            said = sender._ask(sender.unit.announce, "zh", size, crc)
            self.assertEqual(said, (0, "no size and sum of a pack"))

    def test_no_room_beside_the_journals_reserve(self):
        flash = flash_with()
        flash.room = 80 * 1024
        text = self.refused(flash, pack(20000))
        self.assertEqual(text, "no room: 20 KB needed, 7 KB free")
        flash.room = 72 * 1024 + 9000 + 16
        self.assertEqual(Sender(flash, pack(9000)).run(), (1, "9000"))

    def test_no_room_for_the_rest_gives_back_what_was_there(self):
        flash = flash_with()
        content = pack(20000)
        Sender(flash, content).run(until=9000)
        flash.room = 80 * 1024
        self.assertEqual(self.refused(flash, content), "no room: 12 KB needed, 0 KB free")

    def test_a_flash_that_fills_up_gives_back_what_was_there(self):
        flash = flash_with()
        sender = Sender(flash, pack(20000))
        sender.run(until=9000)
        flash.fault = 28
        said = (1, "")
        while said[0]:
            said = sender.send(sender.at)
        self.assertTrue(said[1].startswith("flash refused: "), said)
        self.assertEqual(sender.unit._block, None)

    def test_a_flash_that_fails_keeps_what_it_has(self):
        flash = flash_with()
        content = pack(20000)
        sender = Sender(flash, content)
        sender.run(until=9000)
        flash.fault = 5
        said = (1, "")
        while said[0]:
            said = sender.send(sender.at)
        flash.fault = None
        self.assertEqual(sender.announce(), (1, "8192"))
        self.assertEqual(sender.run(), (1, "20000"))

    def test_a_rename_that_is_refused_leaves_the_old_one_and_tells_the_app(self):
        flash = flash_with(zh_site=b"old")
        sender = Sender(flash, pack(4500))
        sender.run(until=4500 - PIECE)
        sender.holds = True
        sender.send(sender.at)
        sender.unit.step()  # writes
        sender.unit.step()
        flash.fault = 5
        sender.work()
        self.assertEqual(sender.said[-1][1], 0)
        self.assertEqual(sender.told, [("releasing", "zh"), ("installed", "zh", b"old")])


class Chip:
    uid = "a4cf12b3d0e8"
    reset_cause = "PWRON"
    kept = None

    def random(self, n):
        return bytes(range(n))


class TestInTheRecorder(unittest.TestCase):
    """From the bytes on the wire to flash, whose turn comes when no button is down."""

    def unit(self, flash):
        class Board:
            chip = Chip()
            storage = flash
            stream = Stream()

        recorder = Recorder(Board(), lambda: "ready")
        recorder.boot_event([])
        return recorder

    def hear(self, recorder, text, now_ms):
        recorder.link.stream.inbox += codec.encode(text)
        for late_ms in range(0, 50, 5):
            recorder.step_link(now_ms + late_ms)
        written = recorder.link.stream.written
        recorder.link.stream.written = b""
        return [codec.opened(line) for line in written.split(b"\n")[:-1] if line[1:4] == b'["r']

    def test_a_pack_comes_over_the_wire(self):
        flash = flash_with()
        content = pack(100)
        recorder = self.unit(flash)
        self.hear(recorder, '["S",1,"5be0c211","pc"]', 0)
        d = '["D",%d,0,"' + coded(content[:66]) + '"]'
        self.assertEqual(self.hear(recorder, d % 1, 50), [b'["r",1,0,"announce it first"]'])
        p = '["P",2,"zh",100,"%s"]' % crc_of(content)
        self.assertEqual(self.hear(recorder, p, 100), [])
        for _ in range(20):
            recorder.step_flash(1000, -1)  # a finger is on a button
        self.assertEqual(self.hear(recorder, '["T",3]', 1100), [])
        while recorder.step_flash(2000, 500) <= 0:
            pass
        self.assertEqual(self.hear(recorder, '["T",3]', 2000), [b'["r",2,1,"0"]'])
        self.assertEqual(self.hear(recorder, d % 4, 2100), [b'["r",4,1,"66"]'])
        d = '["D",5,66,"' + coded(content[66:]) + '"]'
        self.assertEqual(self.hear(recorder, d, 2200), [])
        while recorder.step_flash(2300, 500) <= 0:
            pass
        self.assertEqual(self.hear(recorder, '["T",6]', 2300), [b'["r",5,1,"100"]'])
        self.assertEqual(flash.files["zh.site"], content)
