"""The unit's settings: names, defaults and ranges of docs/protocol.md.

The host sends them, the app keeps them over a power cut, everyone reads them as attributes.
"""

from unit import saves

# name, default, lowest, highest. As tuples they would take three times the heap.
TABLE = """\
hold_remind_s 30 5 600
hold_max_s 120 10 3600
hold_hard_s 180 10 7200
hold_consent_s 8 0 60
wrap_up_s 60 5 3600
wrap_up_more_s 30 5 600
idle_alert_s 600 10 86400
heartbeat_s 5 1 60
menu_s 8 2 120
resume_max_s 600 0 86400
silent_step_s 3 1 60
short_forms 0 0 1
large_text 0 0 1
due_again_s 300 30 3600
"""


def rows():
    """(name, default, lowest, highest) of each setting."""
    for line in TABLE.splitlines():
        name, default, low, high = line.split()
        yield name, int(default), int(low), int(high)


class Settings:
    """One integer attribute a setting."""

    def __init__(self):
        for name, default, _, _ in rows():
            setattr(self, name, default)

    def load(self, storage):
        """Take what an earlier start kept; what this firmware does not know is left out."""
        kept = saves.load(storage, "settings") or {}
        for name in kept:
            if _refuse(name, kept[name]) is None:
                setattr(self, name, kept[name])

    def apply(self, wanted):
        """Takes the values of the dict `wanted`, all or none: None, or the reason for none."""
        for name in wanted:
            reason = _refuse(name, wanted[name])
            if reason:
                return reason
        for name in wanted:
            setattr(self, name, wanted[name])
        return None

    def kept(self):
        """All of them as a dict that `apply` takes back."""
        return {row[0]: getattr(self, row[0]) for row in rows()}


def _refuse(name, value):
    for known, _, low, high in rows():
        if known == name:
            if type(value) is int and low <= value <= high:  # True is no number of seconds
                return None
            return "%s: whole number %d to %d" % (name, low, high)
    return "unknown setting " + str(name)
