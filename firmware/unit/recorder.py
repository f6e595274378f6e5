"""What has to work whatever else fails: journal, link, settings, the boot's name, orderly restarts.

The app builds the desk on top of it; safe mode is this alone. Every write to flash waits here until
no button is down, is done in a step of its own, and is tried again when flash refuses.
"""

from micropython import const

from unit.context import Context
from unit.errors import Errors
from unit.journal import Journal
from unit.link import LATER, Link
from unit.saves import QUIET_MS, Saves
from unit.settings import Settings
from unit.starts import Starts

VERSION = const("0.3.0")
_RESTARTS = {"repl": "repl", "reset": "soft", "safe": "soft"}


class Recorder:
    """`state()` gives the state's word; `note(now_ms, kind, pairs)` writes an event in good order."""

    def __init__(self, board, state):
        chip = board.chip
        self.chip = chip
        self.starts = Starts(board)
        self.saves = Saves(board.storage)
        self.settings = Settings()
        self.context = Context()
        self.context.load(board.storage)
        self.settings.load(board.storage)
        self.journal = Journal(board.storage, self.starts.boot, chip.kept)
        who = (chip.uid, VERSION, chip.reset_cause, self.starts.safe)
        self.link = Link(board.stream, who, self.journal, state, self._apply)
        self.link.heartbeat_s = self.settings.heartbeat_s
        self.note = self._add
        self.errors = Errors(self._note, self.link.log)
        self.asked = False  # the host wants something of the parts before the link
        self._heard = False  # there was a session
        self.incoming = None  # a script pack, once the host announced one
        self.releasing = self.installed = _nothing  # of a language's pack: the app's to set
        self._what = None  # R that is being carried out, and its id
        self._id = 0
        self._fault = ""

    def boot_event(self, snapshot):
        """The first event of the boot; `snapshot` pairs when someone was signed in before."""
        pairs = [("rst", self.chip.reset_cause), ("fw", VERSION)] + snapshot
        if self.starts.safe:
            pairs.append(("safe", 1))
        self.journal.add(0, "boot", pairs)
        if self.journal.segments.damaged:
            self.link.log(2, "%d lines of the journal unreadable" % self.journal.segments.damaged)

    def _add(self, now_ms, kind, pairs):
        self.journal.add(now_ms, kind, pairs)

    def _note(self, now_ms, kind, pairs):
        self.note(now_ms, kind, pairs)

    # -- the link's part of a step

    def step_link(self, now_ms):
        """Reads, writes; 0 when the host has just said what concerns the parts before this one."""
        wait_ms = self.link.step(now_ms)
        if self._heard and not self.link.session:
            self.context.forget()
        self._heard = self.link.session
        asked = self.asked or self.context.orders or self.context.changed
        self.asked = False
        return 0 if asked else wait_ms

    def _apply(self, kind, what, value, number):
        """A frame that asks: None when done, LATER when the reply follows, else why it is refused."""
        self.asked = True
        if kind == "P":
            if not self.incoming:
                from unit.incoming import (
                    Incoming,
                )  # a unit that never gets a pack pays no heap for it

                reply = self.link.reply
                self.incoming = Incoming(self.saves.storage, reply, self.releasing, self.installed)
            self.incoming.announce(number, what, *value)
            return LATER
        if kind == "D":
            if not self.incoming:
                return "announce it first"
            self.incoming.take(number, what, value)
            return LATER
        if kind == "N":
            return self.context.set(what, value)
        if kind == "K":
            refused = self.settings.apply(what)
            if refused is None:
                self.link.heartbeat_s = self.settings.heartbeat_s
                self.saves.want("settings", self.settings.kept)
            return refused
        if what != "flush" and what not in _RESTARTS:
            return "no such request: " + what
        self._what = what
        self._id = number
        self.journal.flush_soon()
        return LATER

    # -- flash's part of a step

    def step_flash(self, now_ms, quiet_ms):
        """One piece of work on flash, if the last edge is `quiet_ms` ago (below 0: a button is down)."""
        if self.context.changed:
            self.context.changed = False
            self.saves.want("context", self.context.kept)
        if self.starts.lived(now_ms):
            self.saves.want("boot", self.starts.facts)
        if self._what:
            return self._carry_out(now_ms)
        wait_ms = min(self.journal.wait_ms(now_ms), self.saves.wait_ms(now_ms))
        if self.incoming:
            wait_ms = min(wait_ms, self.incoming.wait_ms(now_ms))
        if wait_ms > 0:
            return wait_ms
        if quiet_ms < QUIET_MS:
            return QUIET_MS - max(0, quiet_ms)
        self._work(now_ms)
        return 0

    def _work(self, now_ms):
        # the snapshot first: it is small, and what a power cut would ask for
        if self.saves.wait_ms(now_ms) <= 0:
            self.saves.step(now_ms)
        elif self.journal.wait_ms(now_ms) <= 0:
            self.journal.work(now_ms)
        else:
            self.incoming.step()
        fault = self.saves.fault or self.journal.fault
        if bool(fault) != bool(self._fault):
            self.note(now_ms, "flash", [("ok", int(not fault)), ("text", fault)])
        self._fault = fault

    # -- what the host asks: flush, then answer, then perhaps restart

    def _carry_out(self, now_ms):
        """A restart waits for no finger: RAM is to be safe first, and the answer on its way."""
        if self._id is not None:
            if not self.journal.is_flushed:
                self.journal.work(now_ms)
                return 0
            if self.saves.waiting and not self.saves.fault:
                self.saves.step(now_ms)
                return 0
            self._reply()
        elif self.link.quiet:
            self._restart()
        return 1

    def _reply(self):
        fault = self.saves.fault or self.journal.fault
        self.link.reply(self._id, 1, "not flushed: " + fault if fault else "flushed")
        self._id = None
        if self._what == "flush":
            self._what = None
        else:
            self.link.end()

    def _restart(self):
        what = self._what
        self._what = None
        try:
            self.starts.end(what == "safe")
        except OSError:
            pass  # the flash that refuses must not keep the unit from maintenance
        self.chip.reset(_RESTARTS[what])


def _nothing(lang):
    """Safe mode has no pack open."""
