"""An exception in the loop: becomes one short event, the whole text as log lines, and life goes on."""

import io
import sys

from micropython import const

_REPEAT_MS = const(10000)


def trace(error):
    """The printed traceback of `error`."""
    out = io.StringIO()
    sys.print_exception(error, out)
    return out.getvalue()


def innermost(trace):
    """`file:function` of the last frame in a printed traceback, "?" when it names none.

    Not its line: bytecode without line numbers takes 3.7 KB less of the heap.
    """
    at = "?"
    for line in trace.split("\n"):
        parts = line.strip().split('"')
        if len(parts) == 3 and parts[0] == "File ":
            file = parts[1].split("/")[-1]
            at = file + ":" + parts[2].split(" in ")[-1]
    return at


class Errors:
    """`note(at_ms, kind, pairs)` writes an event, `log(level, text)` a log line."""

    def __init__(self, note, log):
        self.note = note
        self.log = log
        self.last = None
        self._ms = 0

    def report(self, now_ms, error):
        """Tell of `error`; the same one again within ten seconds is not told again."""
        name = type(error).__name__
        what = (name, str(error))
        if what == self.last and now_ms - self._ms < _REPEAT_MS:
            return
        self.last = what
        self._ms = now_ms
        text = trace(error)
        self.note(now_ms, "error", [("t", name), ("m", what[1]), ("at", innermost(text))])
        for line in text.split("\n"):
            if line:
                self.log(3, line)
