"""Which start of the unit this is: its name, and whether the ones before it lived.

A boot's name is a counter in flash and a nonce: a counter alone repeats after a reflash. Three starts
that did not live 30 s make the next one a start in safe mode.
"""

import binascii

from micropython import const

from unit import saves

_LIVED_MS = const(30000)
_SHORT_MAX = const(3)


class Starts:
    """`boot` is this start's name; `safe`: log and link only."""

    def __init__(self, board):
        self.storage = board.storage
        self.fault = ""
        kept = saves.load(self.storage, "boot") or {}
        self._count = kept.get("n", 0) + 1
        self._short = kept.get("short", 0)  # starts in a row that did not live
        self.safe = self._short >= _SHORT_MAX
        self._short += 1
        self.boot = "%d-%s" % (self._count, binascii.hexlify(board.chip.random(4)).decode())
        try:
            saves.save(self.storage, "boot", self.facts())
        except OSError as error:  # the nonce keeps this boot apart all the same
            self.fault = str(error)

    def facts(self):
        """What is kept of it in flash."""
        return {"n": self._count, "short": self._short}

    def lived(self, now_ms):
        """True once, when this start has lived long enough: its facts are to be saved."""
        if now_ms < _LIVED_MS or not self._short:
            return False
        self._short = 0
        return True

    def end(self, safe):
        """A restart that was asked for: into safe mode or not, it is no fault."""
        self._short = _SHORT_MAX if safe else 0
        saves.save(self.storage, "boot", self.facts())
