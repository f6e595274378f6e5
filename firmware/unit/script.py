"""Which sentence is due now: the steps of a scenario, what is said around a hold, each state's own.

A sentence is named by its key in the script pack; docs/pack.md has the steps. What lies over the call's
own sentence (apology, reminder, alert) goes at a tap. `arrived(at_ms, by)` hears of each step shown.
"""

from micropython import const

from unit import states

FIRST = "greeting"  # the scenario that every call begins with
TABLE = {
    states.SIGNED_OUT: "screen.signed_out",
    states.NOT_READY: "prompt.not_ready",
    states.READY: "screen.ready",
    states.WRAP_UP: "prompt.wrap_up",
    states.HOLD: "prompt.hold_consent",
}
_BY_SETTING = const(255)  # a wait as long as silent_step_s
# places in a step's line; 1 is its kind, which only the host needs
_ID = const(0)
_WAIT = const(2)
_ROUNDS = const(3)
_AGAIN = const(4)
_TAP = const(5)
_NEXT = const(6)
_CALLBACK = const(7)
_CONDITIONS = const(8)


class Script:
    """Position in a scenario, and what lies over it."""

    def __init__(self, settings, applies, arrived):
        self.pack = None
        self.scenario = ""
        self.step = 0
        self.over = None
        self.page = 0
        self.settings = settings
        self.arrived = arrived
        self._applies = applies  # whether a condition of the pack holds now
        self._steps = []  # lines of the pack
        self._said = ""  # key of the step's sentence
        self._over_page = 0
        self._round = 1

    def use(self, pack):
        """Speak from `pack`; a step that it has too stays where it is, else no scenario is begun."""
        here = self.step_id() if self._steps else b""
        self.pack = pack
        if self.scenario:
            self._load(self.scenario)
            for at in range(len(self._steps)):
                if self._part(at, _ID) == here and self._find_sentence(at):
                    return
            self.scenario = ""
            self._steps = []

    # -- where the call is

    def begin(self, state, new_call, at_ms):
        """A state began: a new call starts with the first scenario, other states have their own sentence."""
        self.over = TABLE.get(state)
        self._over_page = 0
        if state == states.TALKING and (new_call or not self.scenario):
            self.choose(FIRST, at_ms)

    def choose(self, scenario, at_ms):
        """Go to the first step of `scenario`."""
        self.over = None
        self._round = 1
        self._load(scenario)
        if self._steps:
            self._go(0, at_ms, "btn")

    def show(self, key):
        """Lay `key` over the call's own sentence."""
        self.over = key
        self._over_page = 0

    def next(self, pages, at_ms):
        """The agent has said this page of `pages`: the next page, back to the call, or the next step.

        Returns the kind of callback that the step leads to, "" when to none.
        """
        if self.shown_page + 1 < pages:
            if self.over:
                self._over_page += 1
            else:
                self.page += 1
        elif self.over:
            self.over = None
        elif self._steps:
            kind = self._part(self.step, _CALLBACK)
            self._round = 1
            self._go(self._number(_TAP), at_ms, "btn")
            return "" if kind == b"-" else kind.decode()
        return ""

    def go_on(self, at_ms):
        """A timed step's wait is over."""
        after = self._number(_NEXT)
        rounds = self._number(_ROUNDS)
        if self._round < rounds:
            self._round += 1
            after = self._number(_AGAIN)
        elif rounds > 1:
            self._round = 1
        if after >= 0:
            self._go(after, at_ms, "tmr")

    # -- what is shown

    @property
    def shown_page(self):
        return self._over_page if self.over else self.page

    def key(self):
        """Key of the sentence due now."""
        return self.over or self._said

    def step_id(self):
        """Id of the step, as bytes."""
        return self._part(self.step, _ID)

    def wait_s(self):
        """Seconds after which the step goes on by itself, 0 when it waits for a tap."""
        if self.over or not self._steps:
            return 0
        wait_s = self._number(_WAIT)
        return self.settings.silent_step_s if wait_s == _BY_SETTING else wait_s

    def position(self):
        """(which, of how many) steps that apply now; (0, 0) while something lies over them."""
        which = count = 0
        if not self.over:
            for at in range(len(self._steps)):
                if self._alternative(at) >= 0:
                    count += 1
                    if at <= self.step:
                        which = count
        return which, count

    # -- the steps of the pack

    def _load(self, scenario):
        self.scenario = scenario
        self.step = self.page = 0
        self._said = ""
        lines = self.pack.text("steps." + scenario) if self.pack else None
        self._steps = lines.split(b"\n") if lines else []

    def _go(self, at, at_ms, by):
        """To step `at`, or the next one that applies; after the last comes the first, by a press."""
        for _ in range(len(self._steps) + 1):
            if at < 0:
                if by == "tmr":
                    return
                at = 0
            if self._find_sentence(at):
                self.arrived(at_ms, by)
                return
            at = int(self._part(at, _NEXT))

    def _find_sentence(self, at):
        """Stand at step `at`; False when none of its sentences applies."""
        k = self._alternative(at)
        if k < 0:
            return False
        self.step = at
        self.page = 0
        where = ".%s.%d.%d" % (self.scenario, at, k)
        self._said = "say" + where
        if self.settings.short_forms and self._applies(b"l=s") and self.pack.text("short" + where):
            self._said = "short" + where
        return True

    def _alternative(self, at):
        conditions = self._part(at, _CONDITIONS).split(b"|")
        for k in range(len(conditions)):
            if self._applies(conditions[k]):
                return k
        return -1

    def _part(self, at, place):
        return self._steps[at].split(b",")[place]

    def _number(self, place):
        return int(self._part(self.step, place))
