"""The app as a whole on a board of paper: faults in a part, orders, and what flash keeps."""

import json
import unittest

from desk_board import Board
from unit import codec
from unit.app import App


class Unit:
    """An app and its board, stepped every 5 ms. Without packs: it has to work without words too."""

    def __init__(self, board=None):
        self.board = board or Board()
        self.app = App(self.board)

    def run(self, span_ms):
        until_ms = self.board.now_ms + span_ms
        while self.board.now_ms < until_ms:
            self.app.step(self.board.now_ms)
            self.board.now_ms += 5

    def tap(self, button, held_ms=100):
        self.board.buttons.press(button, self.board.now_ms)
        self.run(held_ms)
        self.board.buttons.release(button, self.board.now_ms)
        self.run(300)

    def hear(self, *fields):
        self.board.stream.inbox += codec.encode(json.dumps(fields))
        self.run(50)

    def events(self, kind=None):
        ring = self.app.journal.ring
        found = [json.loads(ring.line(seq).decode()) for seq in range(ring.first, ring.top + 1)]
        return [event for event in found if kind is None or event[5] == kind]

    def states(self):
        return [event[6]["to"] for event in self.events("st")]


class TestFaults(unittest.TestCase):
    def test_a_fault_becomes_one_event_and_the_unit_goes_on(self):
        unit = Unit()
        unit.run(100)
        before = len(unit.events("error"))
        unit.board.canvas.fault = (ValueError, "glass broke")
        unit.run(2000)
        errors = unit.events("error")[before:]
        self.assertEqual(len(errors), 1)
        body = errors[0][6]
        self.assertEqual((body["t"], body["m"]), ("ValueError", "glass broke"))
        file, function = body["at"].split(":")
        self.assertEqual(file, "desk_board.py")
        self.assertEqual(function, "show_page")
        unit.tap("READY", 1000)
        self.assertEqual(unit.states(), ["not_ready"])

    def test_the_whole_text_goes_out_as_log_lines(self):
        unit = Unit()
        unit.hear("S", 1, "5be0c211", "pc-7f31")
        unit.run(500)
        unit.board.canvas.fault = (ValueError, "glass broke")
        unit.board.stream.written = b""
        unit.run(500)
        sent = unit.board.stream.written.decode()
        self.assertTrue('["L",3,"Traceback' in sent)
        self.assertTrue('["L",3,"ValueError: glass broke"]' in sent)

    def test_a_long_message_still_fits_a_frame(self):
        unit = Unit()
        unit.board.canvas.fault = (ValueError, "字" * 500)
        unit.run(500)
        for seq in range(unit.app.journal.ring.first, unit.app.journal.ring.top + 1):
            self.assertTrue(len(unit.app.journal.ring.line(seq)) <= 229)

    def test_a_full_flash_does_not_stop_a_shift(self):
        unit = Unit()
        unit.board.storage.fault = 28
        unit.tap("READY", 1000)
        unit.tap("READY")
        self.assertEqual(unit.states(), ["not_ready", "ready"])
        self.assertEqual([event[6]["ok"] for event in unit.events("flash")], [0])
        unit.board.storage.fault = None
        unit.run(5000)
        self.assertEqual([event[6]["ok"] for event in unit.events("flash")], [0, 1])
        self.assertEqual(unit.app.journal.safe_top, unit.app.journal.top)


class TestWithoutWords(unittest.TestCase):
    def test_a_press_before_the_first_pack_is_read_is_no_error(self):
        unit = Unit()
        unit.app.screen.pack = unit.app._packed = None
        unit.app._change_pack = lambda now_ms: None
        unit.tap("READY", 1000)
        for button in ("READY", "BUSY", "BUSY", "HOLD", "BUSY"):
            unit.tap(button)
        self.assertEqual(unit.states(), ["not_ready", "ready", "talking", "hold"])
        self.assertEqual(unit.events("error"), [])


class TestFlash(unittest.TestCase):
    def test_the_boot_counter_grows(self):
        board = Board()
        first = Unit(board).app.journal.boot
        second = Unit(board).app.journal.boot
        self.assertEqual((first[:2], second[:2]), ("1-", "2-"))

    def test_a_snapshot_makes_the_next_start_ask(self):
        board = Board()
        unit = Unit(board)
        unit.tap("READY", 1000)
        unit.tap("READY")
        again = Unit(board)
        self.assertEqual(again.events("boot")[0][6]["st"], "ready")
        again.tap("BUSY")
        self.assertEqual(again.states(), [])
        again.tap("READY")
        self.assertEqual(again.events("st")[0][6]["rs"], 1)

    def test_no_write_while_a_button_is_down_or_just_up(self):
        unit = Unit()
        unit.tap("READY", 1000)
        unit.board.storage.files.pop("state")
        unit.board.buttons.press("READY", unit.board.now_ms)
        unit.run(100)
        unit.board.buttons.release("READY", unit.board.now_ms)
        unit.run(90)
        self.assertEqual(unit.states()[-1], "ready")
        self.assertFalse("state" in unit.board.storage.files)
        unit.run(60)
        self.assertTrue("state" in unit.board.storage.files)

    def test_what_the_host_said_outlives_a_restart(self):
        board = Board()
        unit = Unit(board)
        unit.hear("N", 1, "seat", "12")
        unit.hear("N", 2, "roster", [0, 2, "1001", "Wang Fang"])
        unit.hear("N", 3, "roster", [1, 2, "1002", "Li Wei"])
        unit.hear("K", 4, {"hold_remind_s": 45})
        unit.run(500)
        again = Unit(board).app
        self.assertEqual(again.context.seat, "12")
        self.assertEqual(again.context.roster, [("1001", "Wang Fang"), ("1002", "Li Wei")])
        self.assertEqual(again.settings.hold_remind_s, 45)

    def test_a_damaged_snapshot_never_stops_the_start(self):
        for damage in (b"", b"{}", b"\xff" * 40, b'{"v":1}00000000'):
            board = Board()
            board.storage.files["state"] = board.storage.files["boot"] = damage
            unit = Unit(board)
            self.assertEqual(unit.app.journal.boot[:2], "1-")
            self.assertFalse("st" in unit.events("boot")[0][6])


class TestSafeMode(unittest.TestCase):
    def short_starts(self, count):
        board = Board()
        for _ in range(count):
            Unit(board).run(1000)
        return board

    def test_three_short_starts_lead_to_safe_mode_and_a_long_one_out_of_it(self):
        board = self.short_starts(3)
        unit = Unit(board)
        self.assertEqual(unit.events("boot")[0][6]["safe"], 1)
        unit.run(3000)
        self.assertTrue(b'"safe":1' in board.stream.written)
        unit.tap("READY", 1000)
        self.assertEqual(unit.events("st"), [])
        unit.run(30000)
        self.assertFalse("safe" in Unit(board).events("boot")[0][6])

    def test_two_short_starts_do_not(self):
        self.assertFalse("safe" in Unit(self.short_starts(2)).events("boot")[0][6])

    def test_a_restart_that_was_asked_for_is_no_short_start(self):
        board = self.short_starts(2)
        unit = Unit(board)
        unit.hear("R", 1, "reset")
        unit.run(300)
        self.assertEqual(board.chip.resets[0], "soft")
        self.assertFalse("safe" in Unit(board).events("boot")[0][6])

    def test_safe_mode_can_be_asked_for_and_keeps_who_was_signed_in(self):
        board = Board()
        unit = Unit(board)
        unit.tap("READY", 1000)
        unit.hear("R", 1, "safe")
        unit.run(300)
        again = Unit(board)
        self.assertEqual(
            again.events("boot")[0][6],
            {"rst": "PWRON", "fw": "0.3.0", "st": "not_ready", "safe": 1},
        )
        again.hear("S", 1, "5be0c211", "pc-7f31")
        again.run(500)
        self.assertTrue(b'["h","' in board.stream.written)
        again.hear("R", 2, "reset")
        again.run(300)
        self.assertEqual(Unit(board).events("boot")[0][6]["st"], "not_ready")


class TestOrders(unittest.TestCase):
    def test_reset_comes_after_its_reply(self):
        unit = Unit()
        unit.hear("R", 7, "repl")
        unit.run(300)
        self.assertTrue(b'["r",7,1,' in unit.board.stream.written)
        self.assertEqual(unit.board.chip.resets[0], "repl")

    def test_flush_is_answered_when_all_is_on_flash(self):
        unit = Unit()
        unit.run(1000)
        unit.app.journal.add(unit.board.now_ms, "idle", [("s", 600)])
        unit.board.stream.inbox += codec.encode(json.dumps(["R", 7, "flush"]))
        unit.run(15)
        self.assertEqual(unit.app.journal.mark, 1)
        unit.run(50)
        self.assertTrue(b'["r",7,1,"flushed"]' in unit.board.stream.written)
        self.assertEqual(unit.board.chip.resets, [])

    def test_a_flash_that_refuses_does_not_keep_the_unit_from_maintenance(self):
        unit = Unit()
        unit.board.storage.fault = 5
        unit.hear("R", 7, "repl")
        unit.run(300)
        self.assertTrue(b'["r",7,1,"not flushed: ' in unit.board.stream.written)
        self.assertEqual(unit.board.chip.resets[0], "repl")

    def test_what_is_not_offered_is_refused(self):
        unit = Unit()
        unit.hear("R", 8, "dance")
        unit.run(300)
        self.assertTrue(b'["r",8,0,"no such request: dance"]' in unit.board.stream.written)
        self.assertEqual(unit.board.chip.resets, [])

    def test_a_new_roster_closes_the_menu_that_shows_the_old_one(self):
        unit = Unit()
        unit.hear("N", 1, "roster", [0, 2, "1001", "A"])
        unit.hear("N", 2, "roster", [1, 2, "1002", "B"])
        unit.tap("READY", 1000)
        self.assertEqual(unit.app.desk.row(), "menu")
        unit.hear("N", 3, "roster", [0, 1, "1003", "C"])
        self.assertEqual(unit.app.desk.row(), "signed_out")


if __name__ == "__main__":
    unittest.main()
