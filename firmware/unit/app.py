"""The unit as a whole: puts the parts together and gives each its turn in `step`.

The only place that catches whatever a part may raise. Takes time as raw ticks and hands it on as ms
since boot; never sleeps.
"""

import binascii

from micropython import const

from unit import saves
from unit.actions import Actions
from unit.clock import Clock
from unit.context import Context
from unit.desk import Desk
from unit.errors import Errors
from unit.link import Link
from unit.pack import Pack
from unit.presses import Presses
from unit.ring import Ring
from unit.screen import Screen
from unit.settings import Settings
from unit.states import SIGNED_OUT

_VERSION = const("0.1.0")
_DEFERRED_MAX = const(16)  # events that may wait for a button to come up


class App:
    """Built once from a board (its six things); then `step` for ever."""

    def __init__(self, board):
        self.board = board
        self.clock = Clock(board.ticks_ms())
        self._deferred = []
        self._desk_ms = 0  # when the desk is due, unless something happens to it
        self._desk_version = -1
        self._reset = None
        self._was_ok = True
        self._packed = None
        self.settings = Settings()
        self.context = Context()
        self.saves = saves.Saves(board.storage)
        self._load()
        boot = self._new_boot()
        self.ring = Ring(boot)
        chip = board.chip
        self.link = Link(
            board.stream,
            chip.uid,
            boot,
            self.ring,
            _VERSION,
            chip.reset_cause,
            self.status,
            self.apply,
        )
        self.link.heartbeat_s = self.settings.heartbeat_s
        self.errors = Errors(self._note, self.link.log)
        self.desk = Desk(self.settings, self.context, self.ring.add, self._save_state)
        self.screen = Screen(board.canvas, self.desk, self.link)
        actions = Actions(self.desk, self._about, self.screen.pages)
        self.presses = Presses(board.buttons, self.clock, actions)
        self.begin()
        # a fault in one part must not keep the others from their turn
        self._parts = (self._step_desk, self._step_flash, self._step_link, self._step_screen)

    def step(self, raw):
        """One turn: buttons, timers, link, at most one display page. Returns ms until the next."""
        now_ms = self.clock.update(raw)
        wait_ms = 1000
        for part in self._parts:
            try:
                part_ms = part(now_ms)
                if part_ms < wait_ms:
                    wait_ms = part_ms
            except Exception as error:
                self.errors.report(now_ms, error)
        return wait_ms if wait_ms > 0 else 0

    # -- start

    def _load(self):
        storage = self.board.storage
        self.context.load(storage)
        kept = saves.load(storage, "settings")
        if kept:
            del kept["v"]
            self.settings.apply(kept)

    def _new_boot(self):
        """Counter in flash and a nonce: a counter alone repeats after a reflash."""
        kept = saves.load(self.board.storage, "boot")
        count = kept["n"] + 1 if kept else 1
        saves.save(self.board.storage, "boot", {"n": count})
        return str(count) + "-" + binascii.hexlify(self.board.chip.random(4)).decode()

    def begin(self):
        """First event of the boot; a signed-in snapshot makes the unit ask."""
        pairs = [("rst", self.board.chip.reset_cause), ("fw", _VERSION)]
        kept = saves.load(self.board.storage, "state")
        if kept and kept["state"] != SIGNED_OUT:
            pairs += self.desk.ask(kept)
        self.ring.add(0, "boot", pairs)

    # -- the parts of a step

    def _step_desk(self, now_ms):
        presses = self.presses
        wait_ms = presses.step(now_ms)
        if presses.held_since_ms is not None:
            self._desk_ms = 0  # whatever the press will mean
            return wait_ms
        if now_ms >= self._desk_ms or self.desk.version != self._desk_version:
            self._advance(now_ms)
        desk_ms = self._desk_ms - now_ms
        return wait_ms if wait_ms < desk_ms else desk_ms

    def _advance(self, now_ms):
        """The desk's timers, the host's orders, events that waited: nothing else moves the desk."""
        desk = self.desk
        desk.run(now_ms)
        if self.context.orders:
            self._obey(now_ms)
        for kind, pairs in self._deferred:
            self.ring.add(now_ms, kind, pairs)
        self._deferred = []
        self._desk_ms = desk.next_ms()
        self._desk_version = desk.version

    def _step_flash(self, now_ms):
        if self.context.changed:
            self.context.changed = False
            self.saves.want("context", self.context.kept)
            self.desk.version += 1
        if self.presses.held_since_ms is not None or self.screen.busy:
            return saves.QUIET_MS
        if not self.saves.waiting:
            if self._reset and self.link.flushed:
                self.board.chip.reset(self._reset)
            return 1000
        return self.saves.step(now_ms, self.presses.last_edge_ms)

    def _step_link(self, now_ms):
        wait_ms = self.link.step(now_ms)
        # what the host just said is for the parts before this one
        return 0 if self.context.orders or self.context.changed or self._reset else wait_ms

    def _step_screen(self, now_ms):
        if self._packed != self.context.lang:
            self._change_pack(now_ms)
        wait_ms = self.screen.step(now_ms)
        pack = self.screen.pack
        if self.board.canvas.ok != self._was_ok or (pack and pack.missing):
            self._look(now_ms, pack)
        return wait_ms

    def _change_pack(self, now_ms):
        """Once nobody is pressing: to read a whole pack takes longer than a step should."""
        presses = self.presses
        if presses.held_since_ms is not None or now_ms - presses.last_edge_ms < saves.QUIET_MS:
            return
        self._packed = self.context.lang
        old = self.screen.pack
        self.screen.use(Pack(self.board.storage, self._packed))
        if old:
            old.close()

    def _look(self, now_ms, pack):
        ok = self.board.canvas.ok
        if ok != self._was_ok:
            self._was_ok = ok
            said = "back" if ok else "OLED not answering: check SDA/SCL or the address"
            self._note(now_ms, "display", [("ok", int(ok)), ("text", said)])
        while pack and pack.missing:
            self._note(now_ms, "glyph", [("cp", hex(pack.missing.pop())[2:])])

    # -- what the parts ask of each other

    def _note(self, now_ms, kind, pairs):
        """An event that no press made: it waits while a button is down, so that ms never falls."""
        if self.presses.held_since_ms is None:
            self.ring.add(now_ms, kind, pairs)
        elif len(self._deferred) < _DEFERRED_MAX:
            self._deferred.append((kind, pairs))
        else:
            self.link.log(2, "button held: event left out: " + kind)

    def _save_state(self):
        self.saves.want("state", lambda: self.desk.snapshot(self.clock.now_ms))

    def status(self):
        return self.desk.state, 0

    def _about(self):
        """Lines of the view "about this unit"."""
        return [
            ("about.unit", {"uid": self.board.chip.uid}),
            ("about.firmware", {"fw": _VERSION}),
            ("about.link_up" if self.link.session else "about.link_down", {}),
        ]

    # -- what the host asks

    def apply(self, kind, what, value):
        """A K, N or R frame: None when done, else why it is refused."""
        self._desk_ms = 0
        if kind == "N":
            return self.context.set(what, value)
        if kind == "K":
            refused = self.settings.apply(what)
            if refused is None:
                self.link.heartbeat_s = self.settings.heartbeat_s
                self.saves.want("settings", self.settings.kept)
            return refused
        if what not in ("repl", "reset"):
            return "not offered yet"
        self._reset = "soft" if what == "reset" else "repl"
        return None

    def _obey(self, now_ms):
        """Carry out the host's orders that touch the state; no button is down now."""
        desk = self.desk
        for name, value in self.context.orders:
            if name == "roster" and desk.over and desk.over.kind == "sign_in":
                desk.close()
            elif name == "leave" and desk.leave is not None:
                desk.leave = None if value < 0 else value
                desk.version += 1
            elif name == "off_s" and desk.asking and value > self.settings.resume_max_s:
                desk.change(SIGNED_OUT, now_ms, "host")
            elif name == "signout" and desk.agent == value and not desk.asking:
                desk.change(SIGNED_OUT, now_ms, "host")
                desk.say(now_ms, "screen.elsewhere")
        self.context.orders = []
