"""The desk's state and everything that belongs to it: agent, call, hold, timers, what lies over it.

One method changes the state (`change`), and it writes the event. Knows no hardware, no wire, no pixels.
`actions` tells it what the agent did, `alerts` what time did, `context` what the host said.
"""

from unit import alerts, script, states

_FIELDS = ("state", "reason", "agent", "name", "call", "hold", "calls", "talk_s", "holds", "hold_s")


class Desk:
    """`log(at_ms, kind, pairs) -> seq` writes an event; `save()` is called after each change of state."""

    def __init__(self, settings, context, log, save):
        self.settings = settings
        self.context = context
        self.log = log
        self.save = save
        self.alerts = alerts.Alerts(settings, self.fire)
        self.script = script.Script(settings, self._applies, self._arrived)
        self.epoch = 0  # counts what changes the meaning of a button
        self.version = 0  # counts what changes the screen
        self.asking = False  # "still NAME?" after a power cut
        self.over = None  # menu or view
        self.notice = None  # (word key, values, until ms), in the footer
        self.leave = None  # "asked", or the host's answer
        self.callbacks = None  # once the host has told of one
        self.callback = 0  # number of the one that is being called back
        self.state = states.SIGNED_OUT
        self.since_ms = 0
        self._sign_in("", "")
        self.script.begin(self.state, False, 0)

    def _sign_in(self, agent, name):
        self.agent = agent
        self.name = name
        self.level = self.context.level(agent)
        self.callbacks = None  # they are the agent's: the host tells anew
        self.reason = self.call = self.hold = self.reminders = 0
        self.calls = self.talk_s = self.holds = self.hold_s = 0

    def row(self):
        """The row of the table that the buttons have now."""
        if self.asking:
            return "ask"
        if self.callbacks and self.callbacks.blinking:
            return "blink"
        return self.over.row if self.over else self.state

    # -- changes of state

    def sign_in(self, agent, name, at_ms, by="btn"):
        self._sign_in(agent, name)
        self.change(states.NOT_READY, at_ms, by, reason=90)

    def new_call(self, at_ms, callback=0):
        self.call += 1
        self.callback = callback
        self.calls += 1
        self.hold = 0
        self.change(states.TALKING, at_ms, new_call=True)

    def new_hold(self, at_ms):
        self.hold += 1
        self.reminders = 0
        self.change(states.HOLD, at_ms)

    def change(self, to, at_ms, by="btn", reason=0, new_call=False, mark=None):
        """End the state at `at_ms` and begin `to`; returns the event's seq. `mark`: "nt" or "rs"."""
        self._count(at_ms, mark)
        over = 0
        if to not in (states.TALKING, states.HOLD):
            over = self.callback
            self.callback = 0
        self.state = to
        if mark != "rs":  # over a power cut the caller's wait goes on
            self.since_ms = at_ms
        self.reason = reason
        self.leave = None
        self.asking = False
        self.open(None)
        self._begin_alerts(at_ms)
        if to == states.SIGNED_OUT:
            self.agent = self.name = ""
            self.callbacks = None
        if new_call or to in (states.NOT_READY, states.READY, states.SIGNED_OUT):
            self.context.caller = ""
        pairs = [("to", to), ("by", by)] + self._about()
        if mark:
            pairs.append((mark, 1))
        if new_call and self.callback:
            pairs.append(("cb", self.callback))
        seq = self.log(at_ms, "st", pairs)
        self.script.begin(to, new_call, at_ms)
        self._wait(at_ms)
        if over and to != states.SIGNED_OUT:
            self.know_callbacks().ask(over, at_ms)
        self.save()
        return seq

    def _begin_alerts(self, at_ms):
        self.alerts.begin(self, at_ms)
        if self.callbacks:
            self.callbacks.blinking = False
            self.callbacks.begin(at_ms)

    def know_callbacks(self):
        """Made when there is one: till then its code need not be on the heap."""
        if self.callbacks is None:
            from unit.callbacks import Callbacks

            self.callbacks = Callbacks(self)
        return self.callbacks

    def _about(self):
        """The event's fields beside the state itself."""
        pairs = []
        if self.state == states.NOT_READY:
            pairs.append(("rc", self.reason))
        if self.agent:
            pairs.append(("ag", self.agent))
        if self.state in (states.TALKING, states.HOLD, states.WRAP_UP) and self.call:
            pairs.append(("call", self.call))
        if self.state == states.HOLD:
            pairs.append(("hold", self.hold))
        return pairs

    def _count(self, at_ms, mark):
        """Add the state that ends to the agent's day."""
        if self.asking:
            return
        lasted_s = (at_ms - self.since_ms) // 1000
        if self.state == states.TALKING:
            self.talk_s += lasted_s
        elif self.state == states.HOLD and mark != "nt":
            self.holds += 1
            self.hold_s += lasted_s

    def set_reason(self, reason, of, at_ms):
        """The menu that event `of` opened completes its interval; a later choice begins another."""
        if of is None:
            if reason != self.reason:
                self.change(states.NOT_READY, at_ms, reason=reason)
            return
        self.reason = reason
        self.log(at_ms, "rsn", [("of", of), ("rc", reason)])
        self._begin_alerts(at_ms)
        self.save()

    # -- the script

    def use(self, pack, at_ms):
        """Speak from `pack` from now on."""
        self.script.use(pack)
        if self.state == states.TALKING and not self.script.scenario and not self.asking:
            self.script.choose(script.FIRST, at_ms)
        self.version += 1

    def say_next(self, pages, at_ms):
        """Go on in the script; returns the kind of callback that this leads to, or ""."""
        kind = self.script.next(pages, at_ms)
        self._wait(at_ms)
        return kind

    def show(self, key):
        """Lay the sentence `key` over the script's own."""
        self.script.show(key)
        self.alerts.restart("step", 0, 0)

    def _applies(self, condition):
        return self.context.applies(condition, self.agent, self.level)

    def _arrived(self, at_ms, by):
        step = self.script.step_id().decode()
        self.log(
            at_ms,
            "step",
            [("call", self.call), ("sc", self.script.scenario), ("s", step), ("by", by)],
        )
        self._wait(at_ms)

    def _wait(self, at_ms):
        """A timed step begins to count down, unless something lies over it."""
        counts = self.state == states.TALKING and not self.over
        self.alerts.restart("step", self.script.wait_s() if counts else 0, at_ms)

    # -- over a power cut

    def snapshot(self, now_ms):
        """What a power cut must not take."""
        facts = {field: getattr(self, field) for field in _FIELDS}
        facts["callback"] = self.callback  # a snapshot of 0.2.0 lacks it
        facts["held_ms"] = now_ms - self.since_ms
        return facts

    def ask(self, facts):
        """Show the state of `facts` and ask whether its agent is still here."""
        for field in _FIELDS:
            setattr(self, field, facts[field])
        self.callback = facts.get("callback", 0)
        self.level = self.context.level(self.agent)
        self.since_ms = -facts["held_ms"]
        self.asking = True
        self.show("screen.ask")
        return [("st", self.state)] + self._about()

    # -- what lies over the state

    def open(self, over):
        self.over = over
        self.epoch += 1
        self.version += 1
        self.alerts.restart("step", 0, 0)

    def close(self, at_ms):
        over = self.over
        self.open(None)
        if over and over.kind == "satisfied":
            self.callbacks.end(over, "not_asked", at_ms)
        self._wait(at_ms)

    def say(self, at_ms, key, values=None):
        """Show one sentence in the footer for two seconds."""
        self.notice = (key, values or {}, at_ms + 2000)
        self.version += 1

    # -- time

    def run(self, until_ms):
        """Fire what time brings up to `until_ms`: alerts, closing of menus, end of a notice."""
        if not self.asking:
            self.alerts.run(until_ms)
        if self.over and until_ms >= self._closes_ms():
            self.close(self._closes_ms())
            self.alerts.run(until_ms)  # what waited beneath it
        if self.notice and until_ms >= self.notice[2]:
            self.notice = None
            self.version += 1

    def next_ms(self):
        """When `run` has something to do next."""
        at_ms = self.alerts.next_ms()
        if self.over:
            at_ms = min(at_ms, self._closes_ms())
        if self.notice:
            at_ms = min(at_ms, self.notice[2])
        return at_ms

    def _closes_ms(self):
        return self.over.touched_ms + 1000 * self.settings.menu_s

    def fire(self, kind, at_ms):
        lasted_s = (at_ms - self.since_ms) // 1000
        if kind == "wait":
            if not self.reminders:
                self.show("prompt.hold_wait")  # the caller has agreed to wait
        elif kind == "remind":
            self.reminders += 1
            self.show("prompt.hold_remind")
            self.log(at_ms, "remind", [("hold", self.hold), ("n", self.reminders)])
        elif kind in ("limit", "hard"):
            level = 1 if kind == "limit" else 2
            self.log(at_ms, "limit", [("hold", self.hold), ("lv", level)])
        elif kind == "step":
            self.script.go_on(at_ms)
        elif kind == "due":
            self.callbacks.fall_due(at_ms)
        elif kind == "wrapup":
            self.log(at_ms, "wrapup", [("call", self.call)])
        elif kind == "idle":
            self.show("prompt.idle")
            self.log(at_ms, "idle", [("s", lasted_s)])
        else:
            if self.over and self.over.kind == "reason":
                self.close(at_ms)
            self.show("screen.overrun")
            self.log(at_ms, "overrun", [("rc", self.reason), ("s", lasted_s)])
        self.version += 1
