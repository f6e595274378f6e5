"""Promised return calls as far as the desk knows them: what is due next, the call back, how it ended.

The host sends the summary (`due` in docs/protocol.md); the desk makes one of these at the first. Without a
host it goes on from the last word.
"""

from unit import menus, states

_IDLE = (states.READY, states.NOT_READY)  # where a callback that falls due may blink


class Callbacks:
    """`open`, `overdue`: how many of this agent's; `number`, `kind`, `due_ms`: the next, 0 when none."""

    def __init__(self, desk):
        self.desk = desk
        self.open = self.overdue = self.number = self.due_ms = 0
        self.kind = ""
        self.blinking = False
        self._silent_ms = 0  # silenced until then

    def take(self, value, at_ms):
        """The host's summary [open, overdue, number, in_s, kind]; another next one is not yet silenced."""
        self.open, self.overdue, number, in_s, self.kind = value
        if number != self.number:
            self._silent_ms = 0
            if self.blinking:
                self._end_blink()
        self.number = number
        self.due_ms = at_ms + 1000 * in_s
        self.begin(at_ms)
        self.desk.version += 1

    def begin(self, at_ms):
        """A state began, or the summary changed: when is the desk to blink?"""
        desk = self.desk
        desk.alerts.cancel("due")
        if self.number and not self.blinking and desk.state in _IDLE and not desk.asking:
            desk.alerts.due.append([max(self.due_ms, self._silent_ms, at_ms), "due"])

    def mark(self, now_ms):
        """0: nothing open, 1: something, 2: something overdue."""
        late = self.number and now_ms >= self.due_ms
        return 2 if self.overdue or late else int(self.open > 0)

    # -- falling due

    def fall_due(self, at_ms):
        """Blink until a button is pressed; that press does nothing else."""
        desk = self.desk
        desk.open(None)
        self.blinking = True
        desk.show("screen.callback_due")
        desk.log(at_ms, "cb_due", [("cb", self.number)])

    def quiet(self, at_ms):
        self._silent_ms = at_ms + 1000 * self.desk.settings.due_again_s
        self.desk.log(at_ms, "cb_quiet", [("cb", self.number)])
        self._end_blink()
        self.begin(at_ms)

    def _end_blink(self):
        desk = self.desk
        self.blinking = False
        desk.alerts.blink = 0
        desk.epoch += 1
        desk.script.begin(desk.state, False, 0)  # the state's own sentence again

    # -- the view

    def lines(self, at_ms):
        """Lines of the view of what is due."""
        if not self.number:
            return [("due.none", {})]
        left_s = (self.due_ms - at_ms) // 1000
        minutes = abs(left_s) // 60
        span = {"h": minutes // 60, "m": minutes % 60}
        return [
            ("due.next", {"kind": self.word(), "cb": self.number}),
            ("due.in" if left_s >= 0 else "due.over", span),
            ("due.count", {"n": self.open, "o": self.overdue}),
        ]

    def word(self):
        pack = self.desk.script.pack
        return (pack and pack.text("callback." + self.kind)) or self.kind.encode()

    # -- how the call back ended

    def ask(self, number, at_ms):
        """The call back of `number` is over: settled, no answer, or not settled?"""
        entries = menus.words("outcome", ("settled", "no_answer", "not_settled"))
        self.desk.open(menus.Menu("outcome", entries, at_ms, number))

    def answered(self, menu, at_ms):
        """A choice in one of the two menus: whoever was reached may be satisfied or not."""
        if menu.kind == "satisfied":
            self.end(menu, menu.value(), at_ms)
        elif menu.value() == "no_answer":
            self._log(menu.about, "no_answer", "not_asked", at_ms)
        else:
            entries = menus.words("satisfied", ("yes", "no", "not_asked"))
            about = (menu.about, menu.value())
            self.desk.open(menus.Menu("satisfied", entries, at_ms, about))

    def end(self, menu, satisfied, at_ms):
        """The menu is answered or left: once."""
        if menu.about:
            number, outcome = menu.about
            menu.about = None
            self._log(number, outcome, satisfied, at_ms)

    def _log(self, number, outcome, satisfied, at_ms):
        self.desk.log(at_ms, "outcome", [("cb", number), ("r", outcome), ("sat", satisfied)])
