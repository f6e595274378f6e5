"""Raw edges of the buttons → gestures: tap, long, both, stuck.

Everything is decided by the edges' own times, in their order, so that it does not matter how often or
how late `step` is called. Knows nothing of states: the judge says how long a long press is.

The judge offers `press_begins(at_ms) -> token`, `long_ms(button, token)`, `gesture(button, kind, at_ms,
token)`, `both(first, second, at_ms)` and `stuck(button, at_ms)`.
"""

from micropython import const

_BOUNCE_MS = const(20)
_STUCK_MS = const(10000)
_LOOK_MS = const(20)
_NEVER = const(1 << 62)


class Press:
    """One button: its raw level, its settled level, and the press in progress."""

    def __init__(self, name):
        self.name = name
        self.raw = False  # level after the last edge
        self.down = False  # level that has lasted 20 ms
        self.at_ms = -_BOUNCE_MS  # last edge
        self.since_ms = 0  # first edge of the press: its time stamp
        self.token = None
        self.long_at_ms = _NEVER
        self.spent = False  # fired, cancelled or stuck: nothing more until release
        self.stuck = False

    def next_ms(self):
        """When time alone next changes something for this button."""
        if self.raw != self.down:
            return self.at_ms + _BOUNCE_MS
        if not self.down or self.stuck:
            return _NEVER
        stuck_at_ms = self.since_ms + _STUCK_MS
        return stuck_at_ms if self.spent else min(self.long_at_ms, stuck_at_ms)


class Presses:
    """All buttons. `step(now_ms)` reads them; `held_since_ms` is the first edge in progress, or None."""

    def __init__(self, buttons, clock, judge):
        self.buttons = buttons
        self.clock = clock
        self.judge = judge
        self.presses = [Press(name) for name in buttons.names]
        self._due_ms = 0  # when time alone next changes something
        self._wake_ms = 0  # when the levels are looked at next
        self.held_since_ms = None
        self.last_edge_ms = -1000

    def step(self, now_ms):
        """Take the latched edges; returns ms until time alone decides something (at most 1000)."""
        edge = self.buttons.take_edge()
        while edge:
            at_ms = max(self.clock.at(edge[2]), self.last_edge_ms)
            self._advance(at_ms)
            self._edge(self._press(edge[0]), edge[1], at_ms)
            edge = self.buttons.take_edge()
        if now_ms >= self._wake_ms:
            self._look(now_ms)
        if now_ms >= self._due_ms:
            self._advance(now_ms)
        wait_ms = self._due_ms - now_ms
        return wait_ms if wait_ms < 1000 else 1000

    def _look(self, now_ms):
        """The latch holds a few dozen edges; the level puts right what a wild bounce overran."""
        self._wake_ms = now_ms + _LOOK_MS
        for press in self.presses:
            if self.buttons.is_down(press.name) != press.raw:
                self._advance(now_ms)
                self._edge(press, not press.raw, now_ms)

    def _press(self, name):
        for press in self.presses:
            if press.name == name:
                return press
        raise ValueError("no button " + name)

    def _edge(self, press, is_down, at_ms):
        if is_down == press.raw:
            return
        if is_down and not press.down and at_ms - press.at_ms >= _BOUNCE_MS:
            press.since_ms = at_ms
            press.token = self.judge.press_begins(at_ms)
        press.raw = is_down
        press.at_ms = self.last_edge_ms = at_ms
        self._due_ms = 0
        self._hold()

    def _advance(self, until_ms):
        """Let time pass: settle bounces, fire long presses and stuck buttons, in order of time."""
        while True:
            at_ms = _NEVER
            for press in self.presses:
                due_ms = press.next_ms()
                if due_ms < at_ms:
                    first = press
                    at_ms = due_ms
            if at_ms > until_ms:
                self._due_ms = at_ms
                return
            self._due(first, at_ms)
            self._hold()

    def _due(self, press, at_ms):
        if press.raw != press.down:
            if press.raw:
                self._settle_down(press)
            else:
                self._settle_up(press)
        elif at_ms >= press.since_ms + _STUCK_MS:
            press.stuck = press.spent = True
            self.judge.stuck(press.name, at_ms)
        else:
            press.spent = True
            self.judge.gesture(press.name, "long", press.since_ms, press.token)

    def _settle_down(self, press):
        press.down = True
        press.spent = press.stuck = False
        press.long_at_ms = press.since_ms + self.judge.long_ms(press.name, press.token)
        for other in self.presses:
            if other is press or not other.down or other.stuck:
                continue
            if not other.spent:
                self.judge.both(other.name, press.name, other.since_ms)
            other.spent = press.spent = True

    def _settle_up(self, press):
        press.down = False
        if not press.spent:
            self.judge.gesture(press.name, "tap", press.since_ms, press.token)

    def _hold(self):
        """Note the first edge in progress; a stuck button holds nothing back."""
        since_ms = None
        for press in self.presses:
            if (press.raw or press.down) and not press.stuck:
                if since_ms is None or press.since_ms < since_ms:
                    since_ms = press.since_ms
        self.held_since_ms = since_ms
