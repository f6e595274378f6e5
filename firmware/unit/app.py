"""The unit as a whole: puts the parts together and gives each its turn in `step`.

The only place that catches whatever a part may raise. Takes time as raw ticks and hands it on as ms
since boot; never sleeps.
"""

from micropython import const

from unit import pack, saves
from unit.actions import Actions
from unit.clock import Clock
from unit.desk import Desk
from unit.presses import Presses
from unit.recorder import VERSION, Recorder
from unit.screen import Screen
from unit.states import SIGNED_OUT

_DEFERRED_MAX = const(16)  # events that may wait for a button to come up
_ALWAYS_MS = const(1 << 30)


class App:
    """Built once from a board (its six things); then `step` for ever."""

    def __init__(self, board):
        self.board = board
        self.clock = Clock(board.ticks_ms())
        self._deferred = []
        self._desk_ms = 0  # when the desk is due, unless something happens to it
        self._desk_version = -1
        self._was_ok = True
        self._packed = None
        self.desk = None
        self.recorder = Recorder(board, self.state)
        self.journal = self.recorder.journal
        self.link = self.recorder.link
        self.context = self.recorder.context
        self.settings = self.recorder.settings
        self._kept = saves.load(board.storage, "state") or {}
        # a fault in one part must not keep the others from their turn
        if self.recorder.starts.safe:
            self.begin_safe()
        else:
            self.begin()

    def state(self):
        """The state's word for the heartbeat."""
        return self.desk.state if self.desk else self._kept.get("state", SIGNED_OUT)

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
                self.recorder.errors.report(now_ms, error)
        return wait_ms if wait_ms > 0 else 0

    # -- start

    def begin(self):
        """Desk, screen and buttons; a signed-in snapshot makes the unit ask."""
        board = self.board
        recorder = self.recorder
        recorder.note = self._note
        recorder.releasing = self._release_pack
        recorder.installed = self._take_pack
        self.desk = Desk(self.settings, self.context, self.journal.add, self._save_state)
        self.screen = Screen(board.canvas, self.desk, self.link, self.journal)
        actions = Actions(self.desk, self._about, self.screen.pages, self._count_uses)
        self.presses = Presses(board.buttons, self.clock, actions)
        kept = self._kept
        snapshot = self.desk.ask(kept) if kept.get("state", SIGNED_OUT) != SIGNED_OUT else []
        recorder.boot_event(snapshot)
        self._parts = [self._step_desk, self._step_flash, self._step_link, self._step_screen]

    def begin_safe(self):
        """Log and link alone; who was signed in is left to the next start."""
        state = self.state()
        self.recorder.boot_event([("st", state)] if state != SIGNED_OUT else [])
        self.screen = None
        self._parts = [self._step_safe, self.recorder.step_link, self._say_safe]

    # -- the parts of a step

    def _step_safe(self, now_ms):
        return self.recorder.step_flash(now_ms, _ALWAYS_MS)

    def _say_safe(self, now_ms):
        self._parts = self._parts[:2]
        from unit import safe

        safe.say(self.board, self.context.lang, lambda why: self.link.log(2, why))
        return 0

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
            self.journal.add(now_ms, kind, pairs)
        self._deferred = []
        self._desk_ms = desk.next_ms()
        self._desk_version = desk.version

    def _step_flash(self, now_ms):
        if self.context.changed:
            self.desk.version += 1
        if self.screen.busy:
            return saves.QUIET_MS
        presses = self.presses
        held = presses.held_since_ms is not None
        return self.recorder.step_flash(now_ms, -1 if held else now_ms - presses.last_edge_ms)

    def _step_link(self, now_ms):
        wait_ms = self.recorder.step_link(now_ms)
        if wait_ms <= 0:
            self._desk_ms = 0  # the host has just said something
        return wait_ms

    def _step_screen(self, now_ms):
        if self._packed != self.context.lang:
            self._change_pack(now_ms)
        wait_ms = self.screen.step(now_ms)
        used = self.screen.pack
        if self.board.canvas.ok != self._was_ok or (used and used.missing):
            self._look(now_ms, used)
        return wait_ms

    def _change_pack(self, now_ms):
        """Once nobody is pressing: to read a whole pack takes longer than a step should."""
        presses = self.presses
        if presses.held_since_ms is not None or now_ms - presses.last_edge_ms < saves.QUIET_MS:
            return
        self._packed = self.context.lang
        old = self.screen.pack
        used = pack.opened(self.board.storage, self._packed, self._refuse_pack)
        self.screen.use(used)
        self.desk.use(used, now_ms)
        if old:
            old.close()
        crc = "%08x" % used.crc
        about = [("ok", 1), ("lang", used.lang), ("ver", used.version), ("crc", crc), ("text", "")]
        self._note(now_ms, "pack", about)

    def _release_pack(self, lang):
        """A file of `lang` is about to change; the screen does not draw before `_take_pack`."""
        if lang == self._packed:
            self.screen.pack.close()

    def _take_pack(self, lang):
        if lang == self._packed:
            self._packed = None

    def _refuse_pack(self, why):
        self._note(self.clock.now_ms, "pack", [("ok", 0), ("lang", self._packed), ("text", why)])

    def _look(self, now_ms, used):
        ok = self.board.canvas.ok
        if ok != self._was_ok:
            self._was_ok = ok
            said = "back" if ok else "OLED not answering: check SDA/SCL or the address"
            self._note(now_ms, "display", [("ok", int(ok)), ("text", said)])
        while used and used.missing:
            self._note(now_ms, "glyph", [("cp", hex(used.missing.pop())[2:])])

    # -- what the parts ask of each other

    def _note(self, now_ms, kind, pairs):
        """An event that no press made: it waits while a button is down, so that ms never falls."""
        if self.presses.held_since_ms is None:
            self.journal.add(now_ms, kind, pairs)
        elif len(self._deferred) < _DEFERRED_MAX:
            self._deferred.append((kind, pairs))
        else:
            self.link.log(2, "button held: event left out: " + kind)

    def _save_state(self):
        self.recorder.saves.want("state", lambda: self.desk.snapshot(self.clock.now_ms))

    def _count_uses(self):
        """Made at the first scenario menu: till then its code need not be on the heap."""
        from unit.uses import Uses

        return Uses(self.board.storage, self.recorder.saves.want)

    def _about(self):
        """Lines of the view "about this unit"."""
        used = self.screen.pack
        return [
            ("about.unit", {"uid": self.board.chip.uid}),
            ("about.firmware", {"fw": VERSION}),
            ("about.link_up" if self.link.session else "about.link_down", {}),
            ("about.pack", {"version": used.version if used else "?"}),
        ]

    # -- what the host asks

    def _obey(self, now_ms):
        """Carry out the host's orders that touch the state; no button is down now."""
        desk = self.desk
        for name, value in self.context.orders:
            if name == "roster" and desk.over and desk.over.kind == "sign_in":
                desk.close(now_ms)
            elif name == "leave" and desk.leave is not None:
                desk.leave = None if value < 0 else value
                desk.version += 1
            elif name == "due":
                desk.know_callbacks().take(value, now_ms)
            elif name == "caller":
                desk.version += 1
            elif name == "off_s" and desk.asking and value > self.settings.resume_max_s:
                desk.change(SIGNED_OUT, now_ms, "host")
            elif name == "held_s" and desk.asking:
                desk.since_ms = -1000 * value
                desk.version += 1
            elif name == "signout" and desk.agent == value and not desk.asking:
                desk.change(SIGNED_OUT, now_ms, "host")
                desk.say(now_ms, "screen.elsewhere")
        self.context.orders = []
