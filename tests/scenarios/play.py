"""Plays a scenario text on the virtual unit in virtual time and writes down what came of it.

A scenario is a list of lines; `tests/scenarios/README.md` names the words. The unit runs on the real
MicroPython interpreter; the host here is the smallest honest one: it opens the session, stores, then
acknowledges.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deskunit import wire
from deskunit.virtual import Screen, VirtualUnit

UID = "760000000007"
TAP_MS = 120
VERB_MS = 1_000
SETTLE_MS = 100  # a new screen is complete by then
LONG_MS = 900
BOUNCES_MS = (0, 3, 5, 11, 14)
KEEP_ALIVE_MS = 10_000  # the session ends after 12 s

GIVEN = {
    "signed_out": "",
    "not_ready": "long READY",
    "ready": "given not_ready\ntap READY",
    "talking": "given ready\ntap BUSY",
    "hold": "given talking\ntap HOLD",
    "wrap_up": "given talking\ntap READY",
    "menu": "given ready\nlong BUSY",
    "view": "given ready\ntap READY",
    "blink": 'given ready\nhost due [2,0,412,3,"fault"]\n+3s',
    "ask": "given talking\n+10s\ncut\n+2s\npower",
}


@dataclass
class Host:
    """A host that keeps every event and acknowledges it; asks for nothing on its own but the clock."""

    events: dict[tuple[str, int], wire.EventFrame] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    on: bool = True
    boot: str = ""
    alive_ms: int = 0
    _decoder: wire.Decoder = field(default_factory=wire.Decoder)
    _waiting: list[wire.ToUnit] = field(default_factory=list)
    _asked: bool = False
    _id: int = 0

    def ask(self, make: Callable[[int], wire.ToUnit]) -> None:
        """Queue one request; `make(id)` builds its frame."""
        self._id += 1
        self._waiting.append(make(self._id))

    def receive(self, data: bytes) -> bytes:
        """What the host answers to `data`."""
        answers = b""
        for one in self._decoder.feed(data):
            if self.on and isinstance(one, wire.Received):
                answers += self._answer(one)
        return answers + self._next()

    def tick(self, now_ms: int) -> bytes:
        """Keep the session alive."""
        if not self.on or not self.boot or now_ms < self.alive_ms:
            return b""
        self.alive_ms = now_ms + KEEP_ALIVE_MS
        return wire.encode(wire.Probe(9_999))

    def lost(self) -> None:
        """The unit restarted or the host went: begin again at the next H."""
        self.boot = ""
        self._asked = False

    def _answer(self, one: wire.Received) -> bytes:
        frame = one.frame
        if isinstance(frame, wire.Hello) and frame.boot != self.boot:
            self.boot = frame.boot
            return wire.encode(wire.Open(1, "5be0c211", "pc-play"))
        if isinstance(frame, wire.EventFrame):
            self.events.setdefault((frame.boot, frame.seq), frame)
            ecrc = wire.crc(wire.event_line(one.payload).encode())
            return wire.encode(wire.Ack(frame.boot, frame.seq, ecrc))
        if isinstance(frame, wire.Reply):
            self._asked = False
            if not frame.ok:
                self.refused.append(frame.text)
        return b""

    def _next(self) -> bytes:
        if not self.on or not self.boot or self._asked or not self._waiting:
            return b""
        self._asked = True
        return wire.encode(self._waiting.pop(0))


class Play:
    """One scenario on one virtual unit. `step_ms` None: jump from wake to wake."""

    def __init__(self, unit: VirtualUnit, step_ms: int | None = None) -> None:
        self.unit = unit
        self.host = Host()
        self.lines: list[str] = []
        self.screens: list[Screen] = []
        self._step_ms = step_ms
        self._lang = "zh"
        self._begun = False

    def run(self, text: str) -> str:
        """Play `text`; returns the transcript: what was done, the screens, the events."""
        for line in text.splitlines():
            self._line(line.strip())
        self._do_host("on")
        self._pass(3_000)
        return "\n".join([*self.lines, "", "events", *self._events()]) + "\n"

    # -- time

    def _pass(self, ms: int) -> None:
        until_ms = self.unit.now_ms + ms
        while self.unit.now_ms < until_ms:
            self._serve(self.host.tick(self.unit.now_ms))
            stop_ms = until_ms
            if self.host.on and self.host.boot:
                stop_ms = min(until_ms, max(self.host.alive_ms, self.unit.now_ms + 1))
            self._serve(self.host.receive(self.unit.advance(stop_ms, step_ms=self._step_ms)))

    def _serve(self, data: bytes) -> None:
        if data:
            self.unit.write(data)

    # -- words

    def _line(self, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if line.startswith("+"):
            self._note(line)
            self._pass(milliseconds(line[1:]))
            return
        verb, _, rest = line.partition(" ")
        if verb == "lang":
            self._lang = rest
            return
        if verb == "pack":  # it lies in flash before the power comes
            return
        if verb == "given":
            self._given(rest)
            return
        self._note(line)
        getattr(self, f"_do_{verb}")(*([rest] if verb == "host" else rest.split()))

    def _given(self, name: str) -> None:
        if not self._begun:
            self._begun = True
            self.host.ask(lambda i: wire.Variable(i, "seat", "07"))
            self.host.ask(lambda i: wire.Variable(i, "lang", self._lang))
            agent = "王芳" if self._lang.startswith("zh") else "Wang Fang"
            self.host.ask(lambda i: wire.Variable(i, "roster", [0, 1, "1001", agent]))
            self._pass(2_000)
        for line in GIVEN[name].splitlines():
            self._line(line)

    def _do_tap(self, button: str) -> None:
        self._press(button, TAP_MS)
        self._pass(VERB_MS - TAP_MS)

    def _do_long(self, button: str, held: str = "") -> None:
        self._press(button, milliseconds(held) if held else LONG_MS)
        self._pass(600)

    def _do_down(self, button: str) -> None:
        self.unit.press(button)

    def _do_up(self, button: str) -> None:
        self.unit.release(button)

    def _do_bounce(self, button: str) -> None:
        """A tap whose contacts bounce on the way down and on the way up."""
        for way in (self.unit.press, self.unit.release):
            other = self.unit.release if way == self.unit.press else self.unit.press
            for i, after_ms in enumerate(BOUNCES_MS):
                self._pass(after_ms - (BOUNCES_MS[i - 1] if i else 0))
                (other if i % 2 else way)(button)
            self._pass(TAP_MS)
        self._pass(VERB_MS)

    def _do_cut(self) -> None:
        self.unit.cut_power()
        self.host.lost()

    def _do_power(self) -> None:
        self.unit.power_on()
        self._pass(3_000)

    def _do_oled(self, what: str) -> None:
        self.unit.display_present = what == "on"

    def _do_screen(self) -> None:
        self._pass(SETTLE_MS)
        screen = self.unit.screen()
        self.screens.append(screen)
        self.lines += [f"  |{row.rstrip()}" for row in screen.art().splitlines()]

    def _do_host(self, rest: str) -> None:
        what, _, value = rest.partition(" ")
        if what in ("on", "off"):
            if self.host.on != (what == "on"):
                self.host.on = what == "on"
                self.host.lost()
            return
        for make in requests(what, value):
            self.host.ask(make)
        self._serve(self.host.receive(b""))
        self._pass(200)

    # -- what is written down

    def _press(self, button: str, held_ms: int) -> None:
        self.unit.press(button)
        self._pass(held_ms)
        self.unit.release(button)

    def _note(self, line: str) -> None:
        self.lines.append(f"{clock(self.unit.now_ms)} {line}")

    def _events(self) -> list[str]:
        keys = sorted(self.host.events, key=lambda key: (int(key[0].partition("-")[0]), key[1]))
        found = []
        for boot, seq in keys:
            event = self.host.events[boot, seq]
            # a pack's sum changes with every text of the default library
            told = {k: v for k, v in event.body.items() if (event.kind, k) != ("pack", "crc")}
            body = " ".join(f"{k}={v}" for k, v in told.items())
            number = boot.partition("-")[0]
            found.append(f"  {number}/{seq} {clock(event.ms)} {event.kind} {body}".rstrip())
        return found + [f"  refused: {reason}" for reason in self.host.refused]


def requests(what: str, value: str) -> list[Callable[[int], wire.ToUnit]]:
    """The frames of a `host` line: roster, set, a reset, or one context variable."""
    if what == "roster":
        entries = [entry.split(maxsplit=1) for entry in value.split(";")]
        return [
            lambda i, n=n, entry=entry: wire.Variable(i, "roster", [n, len(entries), *entry])
            for n, entry in enumerate(entries)
        ]
    if what == "set":
        name, number = value.split()
        return [lambda i: wire.Settings(i, {name: int(number)})]
    if what == "due":
        return [lambda i: wire.Variable(i, what, json.loads(value))]
    if what == "request":
        return [lambda i: wire.Request(i, value)]
    number = (
        int(value)
        if re.fullmatch(r"-?\d+", value) and what in ("leave", "off_s", "hour")
        else value
    )
    return [lambda i: wire.Variable(i, what, number)]


def milliseconds(text: str) -> int:
    """`1.5s` → 1500."""
    return round(float(text.removesuffix("s")) * 1000)


def clock(ms: int) -> str:
    """ms → h:mm:ss.mmm."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def play(
    tree: Path, text: str, *, step_ms: int | None = None, flash: Path | None = None
) -> tuple[str, list[Screen]]:
    """Transcript and screens of the scenario `text` on a unit of the built `tree` with this flash."""
    unit = VirtualUnit(tree, UID, time="virtual", seed=1, flash=flash)
    try:
        unit.power_on()
        player = Play(unit, step_ms)
        return player.run(text), player.screens
    finally:
        unit.close()
