"""What the host told the unit about its surroundings: seat, roster, language, greeting word.

The unit keeps it in flash, so that it works the same without a host. Orders that touch the state
(`off_s`, `held_s`, `signout`, `leave`) only wait here until no button is down; the desk carries them out.
"""

from micropython import const

from unit import saves

_ROSTER_MAX = const(8)

_BAD_ROSTER = const("roster wants [i, n, id, name] in order, n at most 8")


class Context:
    """Seat, language, roster [(agent_id, name)], hello; `orders` [(name, value)] for the desk."""

    def __init__(self):
        self.seat = ""
        self.lang = "zh"
        self.hello = ""
        self.roster = []
        self.orders = []
        self.changed = False
        self._coming = []

    def load(self, storage):
        """Take what an earlier start kept; a damaged or missing file leaves the defaults."""
        kept = saves.load(storage, "context")
        if kept:
            self.seat = kept["seat"]
            self.lang = kept["lang"]
            self.roster = [tuple(pair) for pair in kept["roster"]]

    def kept(self):
        """What is worth keeping over a power cut (`hello` follows the hour, so it is not)."""
        return {
            "seat": self.seat,
            "lang": self.lang,
            "roster": [list(pair) for pair in self.roster],
        }

    def set(self, name, value):
        """Take one variable of an N frame; returns None, or why it is refused."""
        if name == "roster":
            return self._roster(value)
        if name in ("leave", "off_s", "held_s"):
            if not isinstance(value, int):
                return name + " wants an integer"
            self.orders.append((name, value))
            return None
        if not isinstance(value, str):
            return name + " wants text"
        if name == "signout":
            self.orders.append((name, value))
        elif name == "seat" and len(value) <= 8:
            self._put("seat", value)
        elif name == "lang" and value in ("zh", "en"):
            self._put("lang", value)
        elif name == "hello" and value in ("", "morning", "afternoon", "evening"):
            self.hello = value
        else:
            return "no such variable or value: " + name
        return None

    def _put(self, name, value):
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed = True

    def _take(self, roster):
        if roster != self.roster:
            self._put("roster", roster)
            self.orders.append(("roster", None))  # a menu may show the old one

    def _roster(self, value):
        """One entry [i, n, agent_id, name]; the roster counts when all n came in order."""
        if not isinstance(value, list) or len(value) != 4:
            return _BAD_ROSTER
        i, n, agent, name = value
        if not isinstance(agent, str) or not isinstance(name, str) or len(agent) > 16:
            return _BAD_ROSTER
        if n not in range(_ROSTER_MAX + 1) or i not in range(max(1, n)):
            return _BAD_ROSTER
        if n == 0:
            self._take([])
            return None
        if i == 0:
            self._coming = []
        if i != len(self._coming):
            return _BAD_ROSTER
        self._coming.append((agent, name))
        if i == n - 1:
            self._take(self._coming)
            self._coming = []
        return None
