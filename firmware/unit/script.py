"""Which sentence is due now: the steps of a call, what is said around a hold, and each state's own.

A sentence is named by its key in the prompt pack. The apology lies over the call's own sentence until
the agent taps on.
"""

from micropython import const

from unit import states

_STEPS = const(2)
TABLE = {
    states.SIGNED_OUT: "screen.signed_out",
    states.NOT_READY: "prompt.not_ready",
    states.READY: "screen.ready",
    states.WRAP_UP: "prompt.wrap_up",
}


class Script:
    """Position in the call's steps, and what lies over it."""

    def __init__(self):
        self.step = 0
        self.over = None
        self.page = 0

    def begin(self, state, new_call):
        """A state began; a new call starts at its first step, another state shows its own sentence."""
        if new_call:
            self.step = 0
        self.over = TABLE.get(state)
        if state == states.HOLD:
            self.over = "prompt.hold_consent"
        self.page = 0

    def show(self, key):
        """Lay `key` over the call's own sentence (apology, reminder, alert)."""
        self.over = key
        self.page = 0

    def key(self):
        """Key of the sentence due now."""
        return self.over or ("prompt.greeting", "prompt.closing")[self.step]

    def next(self, pages):
        """The agent has said this page of `pages`: next page, then back to the call, then next step."""
        if self.page + 1 < pages:
            self.page += 1
            return
        if self.over:
            self.over = None
        else:
            self.step = (self.step + 1) % _STEPS
        self.page = 0
