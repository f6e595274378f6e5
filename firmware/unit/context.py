"""What the host told the unit about its surroundings: seat, roster, language, hour and calendar.

The unit keeps it in flash, so that it works the same without a host. Orders that touch the state
(`off_s`, `held_s`, `signout`, `leave`) only wait here until no button is down; the desk carries them out.
"""

from micropython import const

from unit import saves

_ROSTER_MAX = const(8)

_BAD_ROSTER = const("roster wants [i, n, id, name] in order, n at most 8")


class Context:
    """Seat, language, roster [(agent_id, name)] and its levels; `orders` [(name, value)] for the desk.

    What hangs on the clock (`hello`, `wish`, `hour`) is known only while the host is there.
    """

    def __init__(self):
        self.seat = ""
        self.lang = "zh"
        self.levels = ""  # a letter for each of the roster
        self.caller = ""
        self.roster = []
        self.orders = []
        self.forget()
        self.changed = False
        self._coming = []

    def load(self, storage):
        """Take what an earlier start kept; a damaged or missing file leaves the defaults."""
        kept = saves.load(storage, "context")
        if kept:
            self.seat = kept["seat"]
            self.lang = kept["lang"]
            self.levels = kept.get("levels", "")
            self.roster = [tuple(pair) for pair in kept["roster"]]

    def forget(self):
        """The host is away: nobody knows the hour or the day."""
        self.hello = ""
        self.wish = ""
        self.hour = -1
        self.day = b""  # w, e, h: work, weekend, holiday

    def level(self, agent):
        """The letter of `agent`; whoever is not in the roster works alone."""
        for i in range(len(self.roster)):
            if self.roster[i][0] == agent and i < len(self.levels):
                return self.levels[i : i + 1]
        return "s"

    def applies(self, condition, agent, level):
        """Whether all tokens of a condition of the script pack (bytes) hold; an empty one always does."""
        for token in condition.split():
            value = token[2:]
            kind = token[:1]
            if kind == b"d":
                holds = self.day and self.day in value
            elif kind == b"h":
                holds = self._within(value)
            elif kind == b"l":
                holds = level.encode() in value
            else:
                holds = (agent != "?") == (value == b"1")
            if not holds:
                return False
        return True

    def _within(self, value):
        """Whether the hour is in b"from-to", which may cross midnight; an unknown one is not."""
        hour = self.hour
        start, end = [int(part) for part in value.split(b"-")]
        if start <= end:
            return start <= hour < end
        return hour >= start or 0 <= hour < end

    def kept(self):
        """What is worth keeping over a power cut (the hour and the day are not)."""
        return {
            "seat": self.seat,
            "lang": self.lang,
            "levels": self.levels,
            "roster": [list(pair) for pair in self.roster],
        }

    def set(self, name, value):
        """Take one variable of an N frame; returns None, or why it is refused."""
        if name == "roster":
            return self._roster(value)
        if name == "due":
            return self._due(value)
        if name in ("leave", "off_s", "held_s", "hour"):
            if not isinstance(value, int):
                return name + " wants an integer"
            if name == "hour":
                self.hour = value
            else:
                self.orders.append((name, value))
            return None
        if not isinstance(value, str):
            return name + " wants text"
        if name == "signout":
            self.orders.append((name, value))
        elif name == "seat" and len(value) <= 8:
            self._put("seat", value)
        elif name == "lang" and value in ("zh", "zh-Hant", "en"):
            self._put("lang", value)
        elif name == "levels" and len(value) <= _ROSTER_MAX:
            self._put("levels", value)
        elif name == "wish":
            self.wish = value
            self.day = b"e" if value == "weekend" else b"h" if value else b"w"
        elif name == "caller" and len(value) <= 16:
            self.caller = value
            self.orders.append((name, None))  # a sentence on the screen may name it
        elif name == "hello" and value in ("", "morning", "afternoon", "evening"):
            self.hello = value
        else:
            return "no such variable or value: " + name
        return None

    def _due(self, value):
        """[open, overdue, number, in_s, kind] of the agent who is signed in here."""
        if not isinstance(value, list) or [type(part) for part in value] != [
            int,
            int,
            int,
            int,
            str,
        ]:
            return "due wants [open, overdue, number, in_s, kind]"
        self.orders.append(("due", value))
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
