"""A desk unit on paper: lives a random life and tells what a host would hear and what was true.

Its words (boots, events, heartbeats, silence) can be fed to the reducer or to the store; `truth`
says what state the desk really was in, so that a record can be held against it.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deskunit.epochs import Epoch
from deskunit.events import Event
from deskunit.intervals import BootClock

OFF = "off"  # without power, or asking "still NAME?": no record may claim to know a state


def event(
    uid: str, boot: str, seq: int, ms: int, kind: str, body: dict[str, Any], oldest: bool = False
) -> Event:
    line = json.dumps(
        ["E", 0, boot, seq, ms, kind, body], ensure_ascii=False, separators=(",", ":")
    )
    return Event(uid, boot, seq, ms, kind, body, line, oldest)


@dataclass(frozen=True)
class Begin:
    boot: str
    boot_no: int
    offset_ms: int


@dataclass(frozen=True)
class Heard:
    boot: str
    ms: int
    top_seq: int
    state: str


@dataclass(frozen=True)
class Silent:
    pass


Word = Begin | Event | Heard | Silent

NEXT = {
    "signed_out": ["not_ready"],
    "not_ready": ["ready", "ready", "talking", "not_ready", "signed_out"],
    "ready": ["talking", "talking", "not_ready"],
    "talking": ["wrap_up", "hold", "ready"],
    "hold": ["talking", "talking", "wrap_up"],
    "wrap_up": ["ready", "talking", "not_ready"],
}


@dataclass
class PaperUnit:
    """`losses`: cables pulled, power cut, the ring overrun. Without, all that happens is told."""

    uid: str
    seed: int
    losses: bool
    utc_ms: int = 1_795_309_200_000
    words: list[Word] = field(default_factory=list)
    truth: list[tuple[int, str, str]] = field(default_factory=list)  # from utc_ms, state, agent

    def live(self, presses: int) -> "PaperUnit":
        self.chance = random.Random(self.seed)
        self.boot_no, self.state, self.agent = 0, "signed_out", ""
        self.plugged = True
        self._power_on(asking=False)
        for _ in range(presses):
            self._wait(1, 400_000)
            self._press()
            if self.losses and self.chance.random() < 0.06:
                self._mishap()
        self._come_back()
        return self

    def _wait(self, low_ms: int, high_ms: int) -> None:
        until = self.utc_ms + self.chance.randint(low_ms, high_ms)
        while self.plugged and self.chance.random() < 0.7 and self.utc_ms < until - 1:
            self.utc_ms = self.chance.randint(self.utc_ms, until)
            self._heartbeat()
        self.utc_ms = until

    @property
    def _ms(self) -> int:
        return self.utc_ms - self.offset_ms

    def _power_on(self, asking: bool) -> None:
        self.boot_no += 1
        self.boot = f"{self.boot_no}-{self.chance.getrandbits(32):08x}"
        self.offset_ms, self.seq, self.top_told = self.utc_ms, 0, 0
        self.waiting: list[Event] = []
        self.words.append(Begin(self.boot, self.boot_no, self.offset_ms))
        self._wait(1, 3_000)
        body: dict[str, Any] = {"rst": "PWRON", "fw": "1"}
        if asking:
            body |= {"st": self.state, "ag": self.agent}
        else:
            self.state, self.agent = "signed_out", ""
        self._tell("boot", body)
        self.truth.append((self.utc_ms, OFF if asking else "signed_out", ""))
        if asking:
            self._wait(1, 60_000)
            if self.chance.random() < 0.7:
                self._enter(self.state, "btn", rs=1)
            else:
                self._enter("signed_out", "btn")

    def _press(self) -> None:
        kind = self.chance.random()
        if kind < 0.2:
            self._tell("refused", {"b": "READY", "g": "tap", "st": self.state})
        else:
            self._enter(self.chance.choice(NEXT[self.state]), self.chance.choice(["btn", "host"]))

    def _enter(self, state: str, by: str, **more: int) -> None:
        body: dict[str, Any] = {"to": state, "by": by}
        if state == "not_ready":
            body["rc"] = 90 if self.state == "signed_out" else 0
        if state == "signed_out":
            self.agent = ""
        else:
            self.agent = self.agent or self.chance.choice(["1001", "1002", "?"])
            body["ag"] = self.agent
        if self.state == "hold" and state == "talking" and self.chance.random() < 0.2:
            body["nt"] = 1
        self._tell("st", body | more)
        self.state = state
        self.truth.append((self.utc_ms, state, self.agent))
        if body.get("rc") == 0 and self.chance.random() < 0.6:
            opened_by = self.seq
            self._wait(1, 8_000)
            self._tell("rsn", {"of": opened_by, "rc": self.chance.choice([1, 2, 50])})

    def _tell(self, kind: str, body: dict[str, Any]) -> None:
        self.seq += 1
        told = event(self.uid, self.boot, self.seq, self._ms, kind, body)
        self.waiting.append(told)
        if self.plugged:
            self._replay()

    def _replay(self) -> None:
        if not self.waiting:
            return
        first = self.waiting[0]
        if first.seq != self.top_told + 1:
            first = event(
                first.uid, first.boot, first.seq, first.ms, first.kind, dict(first.body), True
            )
        self.words += [first, *self.waiting[1:]]
        self.top_told = self.seq
        self.waiting.clear()

    def _heartbeat(self) -> None:
        self.words.append(Heard(self.boot, self._ms, self.seq, self.state))

    def _mishap(self) -> None:
        if self.chance.random() < 0.5:
            self._pull_cable()
        else:
            self._cut_power()

    def _pull_cable(self) -> None:
        self.plugged = False
        if self.chance.random() < 0.7:
            self.words.append(Silent())
        for _ in range(self.chance.randint(0, 12)):
            self._wait(1, 100_000)
            self._press()
        if self.chance.random() < 0.5:  # the ring was too small
            del self.waiting[: self.chance.randint(0, len(self.waiting))]
        if self.chance.random() < 0.7:
            self._come_back()
        else:
            self._cut_power()

    def _come_back(self) -> None:
        self.plugged = True
        if self.chance.random() < 0.5:
            self._heartbeat()  # names events that the host does not have yet
        if self.waiting or self.top_told == self.seq:
            self._replay()
        else:  # all of the ring is gone: what comes next opens the prefix again
            self._press()

    def _cut_power(self) -> None:
        self.truth.append((self.utc_ms, OFF, ""))
        if self.chance.random() < 0.5:
            self.words.append(Silent())
        self.utc_ms += self.chance.randint(1, 900_000)
        self.plugged = True
        self._power_on(asking=self.state != "signed_out" and self.chance.random() < 0.8)


def stored(words: list[Word]) -> Iterator[tuple[BootClock, list[Event]]]:
    """What a store keeps of these words: each boot's clock and its events."""
    begun: dict[str, Begin] = {}
    events: dict[str, list[Event]] = {}
    known_ms: dict[str, int] = {}
    silent: dict[str, bool] = {}
    current = ""  # the boot of the last stored event
    for word in words:
        if isinstance(word, Begin):
            begun[word.boot], events[word.boot] = word, []
            known_ms[word.boot], silent[word.boot] = 0, False
        elif isinstance(word, Event):
            current = word.boot
            events[current].append(word)
            known_ms[current], silent[current] = max(known_ms[current], word.ms), False
        elif isinstance(word, Silent):
            if current:
                silent[current] = True
        elif events[word.boot] and word.top_seq <= events[word.boot][-1].seq:
            known_ms[word.boot], silent[word.boot] = max(known_ms[word.boot], word.ms), False
    for boot, begin in begun.items():
        epochs = (Epoch(0, begin.offset_ms),)
        clock = BootClock(boot, begin.boot_no, epochs, known_ms[boot], silent=silent[boot])
        yield clock, events[boot]
