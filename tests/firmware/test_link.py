"""unit.link, unit.window, unit.outbox: the rules of docs/protocol.md from the unit's side."""

import unittest

from line import BOOT, UID, Unit
from unit import codec


def kinds(said):
    return "".join([frame[0] for _, frame in said])


def only(said, letter):
    return [frame for _, frame in said if frame[0] == letter]


def times(said, letter):
    return [at_ms for at_ms, frame in said if frame[0] == letter]


def seqs(said):
    return [frame[3] for frame in only(said, "E")]


def in_session(events=0):
    """A unit in a fresh session, its H and first heartbeat already read."""
    unit = Unit()
    unit.hear("S", 1, "5be0c211", "pc-7f31")
    unit.run(100)
    unit.add(events)
    return unit


class TestSession(unittest.TestCase):
    def test_alone_it_says_only_h_every_two_seconds(self):
        unit = Unit()
        unit.add(3)
        unit.link.log(2, "wifi off")
        said = unit.run(6100)
        self.assertEqual(kinds(said), "HHHH")
        for at_ms, wanted_ms in zip(times(said, "H"), (0, 2000, 4000, 6000)):
            self.assertTrue(0 <= at_ms - wanted_ms <= 60)
        self.assertFalse(unit.link.session)

    def test_h_says_who_and_what_is_held(self):
        unit = Unit()
        self.assertEqual(unit.run(10)[0][1][:4], ["H", 1, UID, BOOT])
        unit.add(3)
        about = only(unit.run(2100), "H")[0][4]
        self.assertEqual(about["hold"], [[BOOT, 1, 3]])
        self.assertEqual((about["fw"], about["rst"], about["safe"]), ("0.2.0", "PWRON", 0))
        self.assertEqual((about["win"], about["max"]), (16, 240))

    def test_s_is_answered_by_h_then_state_and_events(self):
        unit = Unit()
        unit.add(2)
        unit.run(500)
        unit.hear("S", 1, "5be0c211", "pc-7f31")
        self.assertEqual(kinds(unit.run(100)), "HhEE")
        self.assertTrue(unit.link.session)

    def test_another_protocol_gets_h_and_no_session(self):
        unit = Unit()
        unit.run(500)
        unit.hear("S", 2, "5be0c211", "pc-7f31")
        self.assertEqual(kinds(unit.run(100)), "H")
        self.assertFalse(unit.link.session)

    def test_twelve_silent_seconds_end_it(self):
        unit = in_session()
        unit.run(11850)
        self.assertTrue(unit.link.session)
        said = unit.run(4200)
        self.assertFalse(unit.link.session)
        self.assertEqual(kinds(said), "HHH")

    def test_any_sound_frame_keeps_it_and_a_damaged_one_does_not(self):
        unit = in_session()
        unit.run(9000)
        unit.hear("U", 1790000000123, 4)
        unit.run(9000)
        self.assertTrue(unit.link.session)
        unit.stream.inbox = b'\x1e["U",1790000000123,4]*00000000\n'
        unit.run(4000)
        self.assertFalse(unit.link.session)
        self.assertEqual(unit.link.parser.bad, 1)

    def test_heartbeats_come_at_their_setting_and_tell_top_and_queue(self):
        unit = in_session()
        unit.link.heartbeat_s = 2
        unit.run(5000)
        unit.add(3)
        said = unit.run(4000)
        self.assertEqual(len(only(said, "h")), 2)
        beat = only(said, "h")[0]
        self.assertEqual(beat[:3], ["h", BOOT, 3])
        status = beat[4]
        self.assertEqual(
            (status["st"], status["q"], status["bad"], status["jr"]), ("ready", 3, 0, 0)
        )

    def test_log_lines_wait_for_a_session_and_what_is_too_much_is_dropped(self):
        unit = Unit()
        for number in range(30):
            unit.link.log(1, "line %d" % number)
        unit.hear("S", 1, "5be0c211", "pc-7f31")
        said = [frame[2] for frame in only(unit.run(600), "L")]
        self.assertEqual(said, ["line %d" % number for number in range(24)])

    def test_utc_is_kept_for_display(self):
        unit = in_session()
        unit.hear("U", 1790000000123, 4)
        read_ms = unit.now_ms
        unit.run(10)
        self.assertEqual(unit.link.utc_offset_ms, 1790000000123 - read_ms)


class TestRequests(unittest.TestCase):
    def test_t_tells_when_it_came_and_when_the_answer_left(self):
        unit = in_session()
        unit.stream.accepts = 0
        unit.add()
        unit.run(50)  # an event is stuck on its way out
        read_ms = unit.now_ms
        unit.hear("T", 7)
        unit.run(30)
        unit.stream.accepts = 64
        answer = only(unit.run(30), "t")[0]
        self.assertEqual(answer[:3], ["t", 7, read_ms])
        self.assertTrue(30 <= answer[3] - read_ms <= 45)

    def test_t_without_a_session_asks_the_boot_before_and_is_not_answered(self):
        unit = Unit()
        unit.hear("T", 7)
        self.assertEqual(kinds(unit.run(1000)), "H")

    def test_k_n_and_r_reach_the_app_and_are_answered(self):
        unit = in_session()
        unit.hear("K", 8, {"menu_s": 9})
        unit.hear("N", 9, "seat", "07")
        unit.hear("R", 10, "reset")
        said = only(unit.run(100), "r")
        self.assertEqual(said, [["r", 8, 1, ""], ["r", 9, 1, ""], ["r", 10, 1, ""]])
        expected = [("K", {"menu_s": 9}, None), ("N", "seat", "07"), ("R", "reset", None)]
        self.assertEqual(unit.asked, expected)

    def test_a_refusal_says_why(self):
        unit = in_session()
        unit.refuse = {"K": "unknown setting 颜色", "R": "x" * 400}
        unit.hear("K", 8, {"a": 9})
        unit.hear("R", 9, "safe")
        said = only(unit.run(100), "r")
        self.assertEqual(said[0], ["r", 8, 0, "unknown setting 颜色"])
        self.assertEqual(said[1][:3], ["r", 9, 0])
        self.assertTrue(len(said[1][3]) > 200)

    def test_a_granted_r_is_answered_before_all_is_quiet_and_nothing_follows(self):
        unit = in_session(events=5)
        unit.stream.accepts = 10
        unit.hear("R", 9, "repl")
        unit.link.step(unit.now_ms)
        self.assertFalse(unit.link.quiet)
        said = unit.run(200)
        self.assertEqual(said[-1][1], ["r", 9, 1, ""])
        self.assertTrue(unit.link.quiet)
        self.assertEqual(unit.run(9000), [])

    def test_a_refused_r_lets_events_go_on(self):
        unit = in_session(events=1)
        unit.refuse = {"R": "not offered yet"}
        unit.hear("R", 9, "safe")
        self.assertEqual(kinds(unit.run(100)), "rE")

    def test_a_request_is_answered_without_a_session_too(self):
        unit = Unit()
        unit.run(100)
        unit.hear("R", 9, "repl")
        self.assertEqual(kinds(unit.run(100)), "r")


class TestWindow(unittest.TestCase):
    def test_sixteen_frames_ahead_and_no_more(self):
        unit = in_session(events=40)
        self.assertEqual(seqs(unit.run(250)), list(range(1, 17)))
        unit.ack(4)
        self.assertEqual(seqs(unit.run(50)), [17, 18, 19, 20])

    def test_flag_1_is_on_the_oldest_only_and_flag_2_on_what_was_sent_before(self):
        unit = in_session(events=3)
        flags = [(frame[3], frame[1]) for frame in only(unit.run(100), "E")]
        self.assertEqual(flags, [(1, 1), (2, 0), (3, 0)])
        unit.ack(1)
        unit.hear("S", 1, "00000002", "pc-7f31")
        unit.add()
        flags = [(frame[3], frame[1]) for frame in only(unit.run(100), "E")]
        self.assertEqual(flags, [(2, 3), (3, 2), (4, 0)])

    def test_what_was_acknowledged_is_not_sent_again(self):
        unit = in_session(events=3)
        unit.run(100)
        unit.ack(3)
        self.assertEqual(seqs(unit.run(3000)), [])
        self.assertEqual((unit.journal.acked, unit.journal.mark == 2), (3, True))
        unit.add()
        self.assertNotEqual(unit.journal.mark, 2)

    def test_an_ack_with_another_content_or_of_another_boot_is_ignored(self):
        unit = in_session(events=3)
        unit.run(100)
        right = codec.crc(unit.journal.line(2))
        unit.hear("A", BOOT, 3, right)
        unit.hear("A", "40-77aa01b2", 2, right)
        unit.run(50)
        self.assertEqual((unit.journal.acked, unit.journal.ring.first), (0, 1))
        unit.hear("A", BOOT, 2, right)
        unit.run(50)
        self.assertEqual(unit.journal.acked, 2)

    def test_a_time_out_doubles_to_four_seconds_and_progress_resets_it(self):
        unit = in_session(events=1)
        sent_ms = []
        for _ in range(12):
            sent_ms += times(unit.run(1000), "E")
            unit.hear("T", 1)
        for at, wanted_ms in enumerate((300, 600, 1200, 2400, 4000)):
            gap_ms = sent_ms[at + 1] - sent_ms[at]
            self.assertTrue(wanted_ms <= gap_ms <= wanted_ms + 10, sent_ms)
        unit.ack(1)
        unit.add()
        self.assertEqual(len(times(unit.run(350), "E")), 2)

    def test_a_duplicate_ack_goes_back_at_most_every_80_ms(self):
        unit = in_session(events=1)
        unit.run(50)
        unit.ack(1)
        same = codec.crc(unit.journal.line(1))
        unit.run(50)
        unit.add(2)
        self.assertEqual(seqs(unit.run(20)), [2, 3])
        sent = []
        for _ in range(24):  # the same A every 10 ms
            unit.hear("A", BOOT, 1, same)
            sent += seqs(unit.run(10))
        self.assertEqual(sent, [2, 3] * 3)

    def test_a_duplicate_ack_with_nothing_in_flight_sends_nothing(self):
        unit = in_session(events=1)
        unit.run(50)
        ecrc = codec.crc(unit.journal.line(1))
        for _ in range(3):
            unit.hear("A", BOOT, 1, ecrc)
            self.assertEqual(unit.run(100), [])

    def test_events_dropped_in_flight_become_a_gap_and_the_next_has_flag_1(self):
        unit = Unit(max_events=8)
        unit.hear("S", 1, "5be0c211", "pc-7f31")
        unit.add(4)
        unit.run(100)
        unit.add(10)
        said = [frame for _, frame in unit.run(700) if frame[0] in "XE"]
        said = said[said.index(["X", BOOT, 1, 6, "ring"]) :]
        self.assertEqual((said[1][1] & 1, said[1][3]), (1, unit.journal.ring.first))
        self.assertEqual([frame[3] for frame in said[1:9]], list(range(7, 15)))
        self.assertEqual(unit.journal.lost, 6)
        unit.hear("A", BOOT, 6, codec.crc(codec.gap_payload(BOOT, 1, 6, "ring")))
        unit.run(50)
        self.assertEqual(unit.journal.acked, 6)


class TestWriting(unittest.TestCase):
    def test_at_most_64_bytes_a_step(self):
        unit = in_session(events=9)
        unit.stream.accepts = 1000
        steps = 0
        while unit.link.step(unit.now_ms) <= 5:
            self.assertTrue(len(unit.stream.written) <= 64 * (steps + 1))
            unit.now_ms += 5
            steps += 1
        self.assertTrue(steps > 5)

    def test_frames_stay_whole_whatever_a_write_takes(self):
        for accepts in (1, 2, 7, 31, 63):
            unit = in_session(events=3)
            unit.stream.accepts = accepts
            unit.hear("T", 7)
            self.assertEqual(kinds(unit.run(290 * 5))[:4], "tEEE")

    def test_replies_h_and_t_go_before_events(self):
        unit = in_session(events=16)
        unit.link.step(unit.now_ms)  # the first event is begun
        unit.hear("N", 9, "seat", "07")
        unit.hear("S", 1, "00000002", "pc-7f31")
        unit.hear("T", 3)
        self.assertEqual(kinds(unit.run(100))[:6], "EtrHhE")

    def test_a_stream_that_takes_nothing_stalls_nothing_and_grows_nothing(self):
        unit = in_session(events=3)
        unit.stream.accepts = 0
        unit.link.step(unit.now_ms)
        for number in range(300):
            unit.hear("T", number)
            unit.hear("N", number, "seat", "07")
            unit.link.log(1, "still here")
            unit.run(1000)
        self.assertEqual(len(unit.asked), 300)
        unit.stream.accepts = 64
        said = unit.run(295)
        self.assertEqual(seqs(said), [1, 1, 2, 3])  # the first was begun before the time-out
        self.assertEqual((len(only(said, "t")), len(only(said, "r"))), (1, 4))
        self.assertEqual((len(only(said, "h")), len(only(said, "L"))), (1, 24))

    def test_a_frame_that_fills_a_step_to_the_byte_does_not_delay_the_next(self):
        for length in range(64):
            unit = in_session()
            unit.link.log(1, "x" * length)
            unit.link.log(1, "second")
            self.assertEqual(len(only(unit.run(30), "L")), 2)

    def test_an_event_goes_out_in_the_step_after_it_was_added(self):
        unit = in_session()
        unit.add()
        unit.link.step(unit.now_ms)
        self.assertEqual(unit.stream.written[:5], b'\x1e["E"')

    def test_an_idle_link_sleeps_until_its_next_deadline(self):
        unit = in_session()
        unit.stream.inbox = b""
        wait_ms = unit.link.step(unit.now_ms)
        self.assertTrue(4000 < wait_ms <= 5000)
        self.assertEqual(unit.link.step(unit.now_ms + 1000), wait_ms - 1000)
