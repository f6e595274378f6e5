"""Wraps the journal so that Node learns of each event. Runs in the interpreter, not on a board.

truth.mjs runs it before main.py is imported, and calls `look` after each step.
"""

import sys

import truth
from unit.journal import Journal

unwrapped = Journal.add


def add(self, *values):
    """Journal.add, told."""
    seq = unwrapped(self, *values)
    truth.made(self.boot, seq, str(self.line(seq), "utf-8"))
    return seq


Journal.add = add


def look():
    """What the screen says of the events; a unit in safe mode has none."""
    app = sys.modules["main"].app
    screen = getattr(app, "screen", None)
    truth.seen(app.journal.boot, screen.ticked if screen else 0, app.clock.now_ms)
