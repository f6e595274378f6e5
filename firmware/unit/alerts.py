"""The timers of a state: when to remind, warn and blink. None of them changes a state.

Deadlines are moments, not countdowns: an alert carries its deadline as time stamp however late the
step came that noticed it. Knows the settings; the desk tells it what happens.
"""

from micropython import const

from unit import states

_BLINK = const(1)  # three short inverse flashes
_INVERSE = const(2)  # inverse three quarters of each second
_STEADY = const(3)

_NEVER = const(1 << 62)

# " code:seconds"; what else a reason means, only the host needs. A dict would take three times the heap.
TABLE = (
    " 0:300 1:900 2:3600 3:600 4:3600 5:14400 6:3600 7:1800 8:3600 9:3600 10:1800 11:900"
    " 90:300 91:300 96:300 "
)


def longest_s(code):
    """Seconds after which the reason `code` is overrun; 0 when it has no longest time."""
    name = " %d:" % code
    at = TABLE.find(name)
    if at < 0:
        return 0
    start = at + len(name)
    return int(TABLE[start : TABLE.find(" ", start)])


class Alerts:
    """Deadlines of the current state. `fire(kind, at_ms)` of the owner hears of each that is due."""

    def __init__(self, settings, fire):
        self.settings = settings
        self.fire = fire
        self.due = []  # [at_ms, kind], unsorted, at most four
        self.blink = 0
        self.blink_since_ms = 0

    def begin(self, desk, at_ms):
        """A state (or a reason) began: forget the old deadlines, set the new ones.

        None is before `at_ms`: a state that is resumed after a power cut may be past its limits.
        """
        self.due = []
        self.blink = 0
        settings = self.settings
        if desk.state == states.HOLD:
            if settings.hold_consent_s and desk.since_ms == at_ms:
                self._set("wait", settings.hold_consent_s, at_ms, at_ms)
            self._set("remind", settings.hold_remind_s, at_ms, at_ms)
            self._set("limit", settings.hold_max_s, desk.since_ms, at_ms)
            self._set("hard", settings.hold_hard_s, desk.since_ms, at_ms)
        elif desk.state == states.WRAP_UP:
            self._set("wrapup", settings.wrap_up_s, desk.since_ms, at_ms)
        elif desk.state == states.READY:
            self._set("idle", settings.idle_alert_s, desk.since_ms, at_ms)
        elif desk.state == states.NOT_READY:
            limit_s = longest_s(desk.reason)
            if limit_s:
                self._set("overrun", limit_s, desk.since_ms, at_ms)

    def _set(self, kind, after_s, since_ms, at_ms):
        self.due.append([max(since_ms + 1000 * after_s, at_ms), kind])

    def next_ms(self):
        """The earliest deadline, far away when there is none."""
        at_ms = _NEVER
        for due in self.due:
            if due[0] < at_ms:
                at_ms = due[0]
        return at_ms

    def run(self, until_ms):
        """Fire what is due up to and including `until_ms`, in order of time."""
        at_ms = self.next_ms()
        while at_ms <= until_ms:
            self._fire_one(at_ms)
            at_ms = self.next_ms()

    def _fire_one(self, at_ms):
        for i in range(len(self.due)):
            if self.due[i][0] == at_ms:
                kind = self.due.pop(i)[1]
                break
        if kind == "remind":
            self.remind_from(at_ms)
        wanted = {"limit": _INVERSE, "hard": _STEADY, "due": _INVERSE, "wait": 0, "step": 0}.get(
            kind, _BLINK
        )
        if wanted >= self.blink:
            self.blink = wanted
            self.blink_since_ms = at_ms
        self.fire(kind, at_ms)

    def remind_from(self, at_ms):
        """Restart the reminder clock: the agent has just spoken, or was just reminded."""
        self.restart("remind", self.settings.hold_remind_s, at_ms)

    def cancel(self, kind):
        self.due = [due for due in self.due if due[1] != kind]

    def restart(self, kind, after_s, at_ms):
        """The deadline `kind` is `after_s` from now; none with 0."""
        self.cancel(kind)
        if after_s:
            self.due.append([at_ms + 1000 * after_s, kind])

    def find_ms(self, kind):
        """When `kind` is due, None if it is not."""
        for due in self.due:
            if due[1] == kind:
                return due[0]
        return None

    def quiet(self):
        """The agent reacted: short flashes stop; a hold past its limit goes on saying so."""
        if self.blink == _BLINK:
            self.blink = 0

    def more(self, at_ms, more_s):
        """Wrap-up is extended: its deadline moves by `more_s`, or starts again when it had passed."""
        for due in self.due:
            if due[1] == "wrapup":
                due[0] += 1000 * more_s
                return
        self.due.append([at_ms + 1000 * more_s, "wrapup"])
        self.quiet()


def inverted(blink, since_ms, now_ms):
    """(is the screen inverse now, ms until that changes or 1000) for a blink that began at since_ms."""
    age_ms = now_ms - since_ms
    if blink == _STEADY:
        return True, 1000
    if blink == _INVERSE:
        phase = age_ms % 1000
        return phase < 750, (750 - phase) if phase < 750 else 1000 - phase
    if blink == _BLINK and age_ms < 1500:
        phase = age_ms % 500
        return phase < 250, (250 - phase) if phase < 250 else 500 - phase
    return False, 1000
