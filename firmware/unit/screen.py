"""The 128×64 screen: header, body, footer. Draws what the desk says, in the pack's words.

Rows 0–14 inverse header (state, place in the script, marks, m:ss) · rows 16–51 body · rows 52–63 soft labels
of READY, BUSY, HOLD, or a notice. Row 15 stays dark, or a menu's inverse line would grow into the header.
The canvas sends only what changed, at most one page a step. Decides no behaviour.
"""

from micropython import const

from unit import alerts, menus, states, text
from unit.actions import clock_text
from unit.variables import Variables

_WIDTH = const(128)
_LINE = const(12)
_HEADER = const(15)
_BODY_Y = const(16)
_BODY_ROWS = const(36)
_FOOTER_Y = const(52)
_LABEL = const(42)  # px of a soft label, 43 from one to the next
_TIME_X = const(92)
_MARKS_X = const(76)
_DUE_X = const(67)
# 8×8 marks, rows from the top: no host · the newest event is in RAM alone · on flash · with the host
_AWAY = const(b"\x00\x42\x24\x18\x18\x24\x42\x00")
_PENDING = const(b"\x00\x00\x00\x92\x92\x00\x00\x00")
_ON_FLASH = const(b"\x01\x02\x84\x48\x30\x00\x7e\x7e")
_OPEN = const(b"\x00\x3c\x42\x4a\x4e\x42\x3c\x00")  # a clock face: callbacks are open · overdue
_OVERDUE = const(b"\x00\x3c\x7e\x76\x72\x7e\x3c\x00")
_ACKED = const(b"\x00\x01\x02\x04\x88\x50\x20\x00")


class Screen:
    """`link` and `journal` tell the marks; `pack` is None until a script pack could be read.

    `ticked`: all of this boot up to here were shown as safe, on flash or with the host.
    """

    def __init__(self, canvas, desk, link, journal):
        self.pack = None
        self.ticked = 0
        self.journal = journal
        self.canvas = canvas
        self.desk = desk
        self.link = link
        self.version = -1
        self._values = Variables(desk, self._word)
        self._second = -1
        self._minutes = b""  # what the clock shows, its last digit apart
        self._digit_x = 0  # where that digit stands
        self._left_s = 0  # what a timed step's countdown shows, 0 when there is none
        self._more = False  # the sentence goes on over the page
        self._marks = -1
        self._size = 0  # setting large_text as it was drawn
        self._inverse = False
        self._was_ok = True
        self.busy = False  # a part of the picture is still to be sent

    def use(self, pack):
        """Draw with the words and glyphs of `pack` from now on."""
        self.pack = pack
        self.version = -1

    def pages(self, key):
        """How many pages the sentence `key` fills."""
        if not self.pack:
            return 1  # a press before the first pack is read
        font, lines = self._laid_out(key)
        return max(1, len(text.pages(lines, _BODY_ROWS // font.rows)))

    def step(self, now_ms):
        """Draw what changed and send at most one page; returns ms until the next change."""
        age_ms = now_ms - self.desk.since_ms
        wait_ms = 1000 - age_ms % 1000
        if self.pack:
            left_ms = self._left_ms(now_ms)
            self._draw(age_ms // 1000, (left_ms + 999) // 1000, now_ms)
            if left_ms:
                wait_ms = min(wait_ms, (left_ms - 1) % 1000 + 1)
        canvas = self.canvas
        on = self.desk.alerts
        if on.blink or self._inverse:
            inverse, blink_ms = alerts.inverted(on.blink, on.blink_since_ms, now_ms)
            wait_ms = min(wait_ms, blink_ms)
            if inverse != self._inverse:
                self._inverse = inverse
                canvas.invert(inverse)
                return 0
        self.busy = canvas.show_page()
        if canvas.ok and not self._was_ok:
            canvas.invert(self._inverse)  # the controller has forgotten it
        self._was_ok = canvas.ok
        return 0 if self.busy else wait_ms

    def _left_ms(self, now_ms):
        at_ms = self.desk.alerts.find_ms("step")
        return 0 if at_ms is None else max(1, at_ms - now_ms)

    def _draw(self, second, left_s, now_ms):
        link = self.link
        size = self.desk.settings.large_text
        if self.desk.version != self.version or size != self._size:
            self.version = self.desk.version
            self._size = size
            self._left_s = left_s
            self.canvas.fill(0)
            self._header()
            self._body()
            self._footer()
            self._second = self._marks = -1
            self._minutes = b""
        mark = self.journal.mark
        callbacks = self.desk.callbacks
        due = callbacks.mark(now_ms) if callbacks else 0
        marks = 6 * mark + 2 * due + link.session
        if marks != self._marks:
            self._marks = marks
            self._draw_marks(link.session, mark, due)
        if mark:  # not pending
            self.ticked = self.journal.top
        if second != self._second:
            self._second = second
            self._draw_time(clock_text(second).encode())
        if left_s != self._left_s:
            self._left_s = left_s
            self._footer()

    # -- header

    def _header(self):
        over = self.desk.over
        key = "state." + self.desk.state
        if over:
            key = ("menu." if over.row == "menu" else "view.") + over.kind
        self.canvas.fill_rect(0, 0, _WIDTH, _HEADER, 1)
        x = self.pack.font.draw(self.canvas, self._word(key), 2, 1, True)
        if not over and self.desk.state == states.TALKING:
            which, count = self.desk.script.position()
            if which:
                self.pack.font.draw(
                    self.canvas, ("%d/%d" % (which, count)).encode(), x + 4, 1, True
                )

    def _draw_marks(self, session, mark, due):
        if due:
            self.canvas.fill_rect(_DUE_X - 1, 0, 10, _HEADER, 1)
            self.canvas.glyph(_OVERDUE if due > 1 else _OPEN, 8, 8, _DUE_X, 4, True)
        self.canvas.fill_rect(_MARKS_X, 0, _TIME_X - _MARKS_X, _HEADER, 1)
        if not session:
            self.canvas.glyph(_AWAY, 8, 8, _MARKS_X, 4, True)
        self.canvas.glyph((_PENDING, _ON_FLASH, _ACKED)[mark], 8, 8, _MARKS_X + 8, 4, True)

    def _draw_time(self, clock):
        """Nine seconds of ten change the last digit alone; all digits are of one width."""
        x = left = self._digit_x
        changed = clock[-1:]
        if clock[:-1] != self._minutes:
            self._minutes = clock[:-1]
            self._digit_x = _WIDTH - 1 - self.pack.font.width(changed)
            changed = clock
            x = _WIDTH - 1 - self.pack.font.width(clock)
            left = _TIME_X
        self.canvas.fill_rect(left, 0, _WIDTH - left, _HEADER, 1)
        self.pack.font.draw(self.canvas, changed, x, 1, True)

    # -- body

    def _body(self):
        over = self.desk.over
        if over is None:
            self._prompt()
        elif over.row == "menu":
            entries, cursor = over.shown()
            # a roster's names are text, every other label is a word of the pack
            plain = over.kind == "sign_in"
            self._list(
                [name.encode() if plain else self._word(name) for _, name in entries], cursor
            )
        else:
            self._list([text.fill(self._word(key), values) for key, values in over.shown()], -1)

    def _list(self, lines, cursor):
        """What lies over a state, a line an entry; the one under the cursor is inverse."""
        for i in range(len(lines)):
            y = _BODY_Y + i * _LINE
            if i == cursor:
                self.canvas.fill_rect(0, y, _WIDTH, _LINE, 1)
            self.pack.font.draw(self.canvas, lines[i], 2, y, i == cursor)

    def _prompt(self):
        """The state's sentence, its page; not_ready has its reason to say first, and never pages."""
        desk = self.desk
        key = desk.script.key()
        if desk.state == states.NOT_READY and not desk.asking:
            font = self.pack.font
            fit = menus.LINES
            shown = self._lines("screen.reason", font) + self._leave() + self._lines(key, font)
        else:
            font, lines = self._laid_out(key)
            fit = _BODY_ROWS // font.rows
            pages = text.pages(lines, fit)
            page = min(desk.script.shown_page, len(pages) - 1)
            shown = pages[page]
            self._more = page + 1 < len(pages)
        for i in range(min(fit, len(shown))):
            font.draw(self.canvas, shown[i], 0, _BODY_Y + i * font.rows)

    def _laid_out(self, key):
        """(font, lines) of a sentence: large where that is wanted, if what does not fit can be paged."""
        desk = self.desk
        large = self.pack.large() if desk.settings.large_text else None
        if large:
            lines = self._lines(key, large)
            if len(lines) * large.rows <= _BODY_ROWS:
                return large, lines
            # elsewhere no button turns the page, and a timed step leaves no time to
            if desk.state == states.TALKING and not desk.script.wait_s():
                return large, lines
        return self.pack.font, self._lines(key, self.pack.font)

    def _leave(self):
        leave = self.desk.leave
        if leave is None or leave == -1:
            return []
        if leave == "asked":
            return self._lines("screen.leave_asked", self.pack.font)
        key = "screen.leave_queued" if leave else "screen.leave_granted"
        return self._lines(key, self.pack.font)

    def _lines(self, key, font):
        if key == "screen.signed_out" and not self.desk.context.seat:
            key = "screen.signed_out_no_seat"
        return text.lines(font, text.fill(self._word(key), self._values), _WIDTH)

    # -- footer

    def _footer(self):
        self.canvas.fill_rect(0, _FOOTER_Y, _WIDTH, _LINE, 0)
        if self.desk.notice:
            key, values, _ = self.desk.notice
            self.canvas.fill_rect(0, _FOOTER_Y, _WIDTH, _LINE, 1)
            self.pack.font.draw(self.canvas, text.fill(self._word(key), values), 2, _FOOTER_Y, True)
            return
        labels = states.SOFT[self.desk.row()].split()
        for i in range(3):
            if labels[i] != "-":
                label = self._label(labels[i])
                x = i * (_LABEL + 1) + (_LABEL - self.pack.font.width(label)) // 2
                self.pack.font.draw(self.canvas, label, x, _FOOTER_Y)

    def _label(self, name):
        """The word on a button; BUSY's within a script tells what a tap brings, or how long it waits."""
        over = self.desk.over
        if name == "act":
            name = over.act
        elif name == "close" and over.row == "menu" and over.under:
            name = "up"
        if name != "step":
            return self._word("soft." + name) if name else b""
        if self._left_s:
            return text.fill(self._word("soft.seconds"), {"n": self._left_s})
        return self._word("soft.page" if self._more else "soft.next")

    # -- words

    def _word(self, key):
        return self.pack.text(key) or key.encode()
