"""What the agent's gestures do: a method for each word in the table of `states`.

Judges a gesture by the row that the screen showed at its first edge. Called by `presses`; acts on the
desk. Every press leaves a trace: a change, a choice, or a refusal.
"""

from micropython import const

from unit import menus, states

_REFUSED = const("refused")
_CALLBACKS = ("dropped", "fault", "complaint", "days_2", "days_5", "inquiry", "correction")


class Actions:
    """The judge of `presses.Presses`. `pages(key) -> int` tells how many pages a sentence has.

    `count_uses()` gives what counts the scenarios, once the first menu of them opens.
    """

    def __init__(self, desk, about, pages, count_uses):
        self.desk = desk
        self._about = about
        self.pages = pages
        self._count_uses = count_uses
        self.uses = None

    # -- what presses asks

    def press_begins(self, at_ms):
        """Bring the desk up to the first edge; the token says what the screen showed then."""
        desk = self.desk
        desk.run(at_ms)
        if desk.over:
            desk.over.touched_ms = at_ms
        return desk.row(), desk.epoch

    def long_ms(self, button, token):
        return states.long_ms(token[0], button)

    def gesture(self, button, kind, at_ms, token):
        row, epoch = token
        name = states.action(row, button, kind)
        if name is None or epoch != self.desk.epoch:
            self._refuse(button, kind, row, at_ms)
        elif name in states.TABLE:
            self.desk.change(name, at_ms)
        elif getattr(self, name)(at_ms) == _REFUSED:
            self._refuse(button, kind, row, at_ms, None)
        else:
            self.desk.version += 1

    def both(self, first, second, at_ms):
        self.desk.log(at_ms, "both", [("b", first), ("c", second)])

    def stuck(self, button, at_ms):
        self.desk.log(at_ms, "stuck", [("b", button)])

    def _refuse(self, button, kind, row, at_ms, sentence="refused.no_use"):
        self.desk.log(at_ms, "refused", [("b", button), ("g", kind), ("st", row)])
        if sentence:
            self.desk.say(at_ms, sentence)

    # -- signing in and out

    def sign_in(self, at_ms):
        roster = self.desk.context.roster
        if len(roster) > 1:
            entries = [(pair, pair[0] + " " + pair[1]) for pair in roster]
            self.desk.open(menus.Menu("sign_in", entries, at_ms))
        else:
            agent, name = roster[0] if roster else ("?", "?")
            self.desk.sign_in(agent, name, at_ms)

    def resume(self, at_ms):
        desk = self.desk
        desk.change(desk.state, at_ms, reason=desk.reason, mark="rs")

    # -- from state to state

    def answer(self, at_ms):
        self.desk.new_call(at_ms)

    def away(self, at_ms):
        of = self.desk.change(states.NOT_READY, at_ms)
        self._choose("reason", range(1, 12), at_ms, of)

    def new_hold(self, at_ms):
        self.desk.new_hold(at_ms)

    def back(self, at_ms):
        """Back to the caller: apologise first, unless the caller declined to wait."""
        desk = self.desk
        declined = at_ms - desk.since_ms < 1000 * desk.settings.hold_consent_s
        desk.change(states.TALKING, at_ms, mark="nt" if declined else None)
        if not declined:
            desk.show("prompt.hold_back")

    def on_hold(self, at_ms):
        self.desk.say(at_ms, "refused.caller_on_hold")
        return _REFUSED

    # -- within a state

    def next(self, at_ms):
        kind = self.desk.say_next(self.pages(self.desk.script.key()), at_ms)
        if kind:
            self.choose_callback(at_ms)
            self.desk.over.at = _CALLBACKS.index(kind)

    def spoke(self, at_ms):
        desk = self.desk
        desk.log(at_ms, "spoke", [("hold", desk.hold), ("n", desk.reminders)])
        desk.show("prompt.hold_wait")
        desk.alerts.remind_from(at_ms)
        desk.alerts.quiet()

    def more(self, at_ms):
        desk = self.desk
        more_s = desk.settings.wrap_up_more_s
        desk.log(at_ms, "more", [("call", desk.call), ("s", more_s)])
        desk.alerts.more(at_ms, more_s)
        desk.say(at_ms, "screen.more", {"n": more_s})

    def ask_leave(self, at_ms):
        desk = self.desk
        if desk.leave is not None:
            return _REFUSED  # asked already; the answer stands
        desk.leave = "asked"
        desk.log(at_ms, "leave", [("rc", desk.reason)])

    # -- menus

    def choose_reason(self, at_ms):
        self._choose("reason", range(1, 12), at_ms)

    def _choose(self, kind, values, at_ms, of=None):
        self.desk.open(menus.Menu(kind, menus.words(kind, values), at_ms, of))

    def choose_callback(self, at_ms):
        self._choose("callback", _CALLBACKS, at_ms)

    def choose_scenario(self, at_ms):
        """Groups first, the most used on top; then the scenarios of one."""
        pack = self.desk.script.pack
        groups = pack.words("groups") if pack else []
        if not groups:
            return _REFUSED
        if self.uses is None:
            self.uses = self._count_uses()
        groups = self.uses.order(groups, lambda one: self.uses.count(pack.words("in." + one)))
        self._choose("group", groups, at_ms)

    def _choose_in(self, group, at_ms, under):
        ids = self.desk.script.pack.words("in." + group)
        ids = self.uses.order(ids, lambda one: self.uses.count((one,)))
        entries = menus.words("scenario", ids)
        self.desk.open(menus.Menu("scenario", entries, at_ms, None, under))

    def entry(self, at_ms):
        self.desk.over.step(1)

    def page(self, at_ms):
        self.desk.over.step(menus.LINES)

    def close(self, at_ms):
        """One menu back, or out of it."""
        over = self.desk.over
        under = over.under if over.row == "menu" else None
        if under:
            under.touched_ms = at_ms
            self.desk.open(under)
        else:
            self.desk.close(at_ms)

    def confirm(self, at_ms):
        menu = self.desk.over
        value = menu.value()
        if menu.kind == "group":
            self._choose_in(value, at_ms, menu)
            return
        if menu.kind in ("outcome", "satisfied"):
            self.desk.callbacks.answered(menu, at_ms)
            if self.desk.over is menu:
                self.desk.close(at_ms)
            return
        self.desk.close(at_ms)
        if menu.kind == "sign_in":
            self.desk.sign_in(value[0], value[1], at_ms)
        elif menu.kind == "reason":
            self.desk.set_reason(value, menu.about, at_ms)
        else:
            self.desk.log(at_ms, menu.kind, [("call", self.desk.call), ("k", value)])
            if menu.kind == "scenario":
                self.uses.add(value)
                self.desk.script.choose(value, at_ms)
            else:
                self.desk.say(at_ms, "screen.callback_noted")

    # -- views

    def about(self, at_ms):
        self.desk.open(menus.View("about", self._about(), at_ms))

    def due(self, at_ms):
        callbacks = self.desk.callbacks
        lines = callbacks.lines(at_ms) if callbacks else [("due.none", {})]
        act = "call_back" if callbacks and callbacks.number else ""
        self.desk.open(menus.View("due", lines, at_ms, act))

    def day(self, at_ms):
        desk = self.desk
        lines = [
            ("day.calls", {"n": desk.calls}),
            ("day.talk", {"t": clock_text(desk.talk_s)}),
            ("day.hold", {"n": desk.holds, "t": clock_text(desk.hold_s)}),
        ]
        self.desk.open(menus.View("day", lines, at_ms))

    def line(self, at_ms):
        self.desk.over.step()

    def act(self, at_ms):
        """Begin the return call that the view names; the other views have nothing to act on."""
        if not self.desk.over.act:
            return _REFUSED
        self.desk.new_call(at_ms, self.desk.callbacks.number)

    def quiet(self, at_ms):
        self.desk.callbacks.quiet(at_ms)


def clock_text(seconds):
    """m:ss, as long as the minutes may get."""
    return "%d:%02d" % (seconds // 60, seconds % 60)
