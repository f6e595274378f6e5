"""A desk unit of the synthetic floor: told when which button is pressed, it tells what a real one would.

Its words (boots, readings, heartbeats, silence, events) are poured into a store by pouring.py. Beside them it
keeps the spans that the log must show. Timers and bodies are those of firmware/unit and docs/protocol.md.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deskunit.reasons import REASONS
from truth import HoldTruth, Span, Truth

REMIND_MS, LIMIT_MS, HARD_MS = 30_000, 120_000, 180_000
WRAP_UP_MS, IDLE_MS, CONSENT_MS, GRACE_MS = 60_000, 600_000, 8_000, 15_000
HEARTBEAT_MS = 5_000
SILENT_MS = 15_000
FIRMWARE = "0.3.0"
PACK = {"ok": 1, "lang": "zh", "ver": "1.4", "crc": "5f0c9a31", "text": ""}
CALLS = ("talking", "hold", "wrap_up")


@dataclass(slots=True)
class Word:
    """begin, event, lost, heard or silent: what a host hears of a unit at an instant."""

    utc_ms: int
    what: str
    uid: str
    boot: str
    seq: int = 0  # event; of lost the first; of heard the newest
    ms: int = 0
    kind: str = ""  # event; of lost why
    body: dict[str, Any] = field(default_factory=dict)
    last: int = 0  # of lost


@dataclass(slots=True)
class Promise:
    """A callback whose number the store will give when it gets the event."""

    agent: str
    word: Word
    number: int = 0


class DeskUnit:
    """One unit from its first boot on. Instants are UTC ms and never go back."""

    def __init__(
        self, uid: str, seat: str, truth: Truth, chance: random.Random, ids: Iterator[int]
    ):
        self.uid, self.seat, self.truth, self.chance, self.sign_ins = uid, seat, truth, chance, ids
        self.rate_ppb = chance.randint(-20_000, 20_000)
        self.words: list[Word] = []
        self.boot_no, self.seq, self.ms, self.now_utc_ms = 0, 0, 0, 0
        self.state, self.agent, self.reason = "signed_out", "", 0
        self.call = self.hold = self.reminders = 0
        self.since_ms = 0  # when the state began
        self.due: list[tuple[int, str]] = []
        self.sign_in = 0
        self.is_losing = False
        self.first_lost = 0
        self.span: dict[str, Any] | None = None  # what the log has as open
        self.asked_ms: list[int] = []  # reminders of this hold not answered yet
        self.kept = self.held_ms = 0  # held_ms: of a hold that goes on after a power cut
        self.told = (0, 0)  # ms and UTC of the last event
        self.left: tuple[str, str, int] | None = (
            None  # who went home signed in: mishap, agent, when
        )

    # -- power and cable

    def power_on(self, at_utc_ms: int, snapshot: dict[str, Any] | None = None) -> None:
        self.boot_no += 1
        self.boot = f"{self.boot_no}-{self.chance.getrandbits(32):08x}"
        self.booted_utc_ms, self.seq, self.ms = at_utc_ms, 0, 0
        self.words.append(Word(at_utc_ms, "begin", self.uid, self.boot, ms=self.rate_ppb))
        self.tell(at_utc_ms + 900, "boot", {"rst": "PWRON", "fw": FIRMWARE} | (snapshot or {}))
        if snapshot is None:
            self.state, self.agent = "signed_out", ""
            self._span("signed_out", None, 0)
        self.tell(at_utc_ms + 950, "pack", dict(PACK))
        self.due = []

    def power_off(self, at_utc_ms: int) -> None:
        """The last heartbeat was up to five seconds before; nobody knows more."""
        self._last_word(at_utc_ms)
        self._silent(at_utc_ms)

    def cut(self, at_utc_ms: int, back_utc_ms: int) -> None:
        """A power cut with somebody signed in; after it the unit asks "still NAME?"."""
        self._last_word(at_utc_ms)
        if back_utc_ms - at_utc_ms > SILENT_MS + 5_000:
            self._silent(at_utc_ms)
        self.held_ms = self.ms - self.since_ms if self.state == "hold" else 0
        unknown = dict(self.span or {})
        self._close_span(self.ms, self.now_utc_ms)
        body: dict[str, Any] = {"st": self.state}
        if self.state == "not_ready":
            body["rc"] = self.reason
        body["ag"] = self.agent
        if self.state in CALLS:
            body["call"] = self.call
        if self.state == "hold":
            body["hold"] = self.hold
        before_utc_ms = self.now_utc_ms
        self.power_on(back_utc_ms, body)
        self.span = {
            "state": "unknown", "agent": unknown.get("agent"), "sign_in": unknown.get("sign_in", 0),
            "start_ms": None, "start_utc_ms": before_utc_ms, "reason": None, "call": None,
        }  # fmt: skip

    def resume(self, at_utc_ms: int) -> None:
        """READY at the question: the state goes on."""
        self._change(at_utc_ms, self.state, "btn", {"rs": 1})

    def leave(self, at_utc_ms: int) -> None:
        """HOLD at the question: nobody is here any more; the sign-in had ended at the last word."""
        if self.span is not None:
            self.span["agent"], self.span["sign_in"] = None, 0
        if self.state == "hold":
            self._note_hold(self.held_ms, taken=True)
        self._change(at_utc_ms, "signed_out", "btn")

    def heartbeat(self, at_utc_ms: int) -> None:
        self._last_word(at_utc_ms)

    def unplug(self, at_utc_ms: int) -> None:
        """The cable is out; what happens is kept and told later."""
        self._last_word(at_utc_ms)
        self._silent(at_utc_ms)

    def lose(self) -> None:
        """From now on what is told is lost in the unit."""
        self.is_losing, self.first_lost = True, 0

    def lose_no_more(self) -> None:
        if self.is_losing and self.first_lost:
            lost = Word(self.now_utc_ms, "lost", self.uid, self.boot, self.first_lost, kind="full",
                        last=self.seq)  # fmt: skip
            self.words.append(lost)
        self.is_losing = False

    def _silent(self, at_utc_ms: int) -> None:
        self.words.append(Word(at_utc_ms + SILENT_MS, "silent", self.uid, self.boot))

    def _last_word(self, at_utc_ms: int) -> None:
        last_utc_ms = max(self.now_utc_ms, at_utc_ms - self.chance.randint(1, HEARTBEAT_MS))
        self.advance(last_utc_ms)
        self.ms, self.now_utc_ms = max(self.ms, self._ms_at(last_utc_ms)), last_utc_ms
        heard = Word(last_utc_ms, "heard", self.uid, self.boot, self.seq, self.ms, self.state)
        self.words.append(heard)

    # -- presses

    def start(self, at_utc_ms: int, agent: str) -> None:
        """Sign in."""
        self.agent, self.call, self.sign_in = agent, 0, next(self.sign_ins)
        self._change(at_utc_ms, "not_ready", "btn", reason=90)

    def end(self, at_utc_ms: int, by: str = "btn") -> None:
        """Sign out."""
        self._change(at_utc_ms, "signed_out", by)

    def not_ready(self, at_utc_ms: int, reason: int | None, chosen_after_ms: int) -> None:
        """Busy, then a reason in the menu; None: the menu closes by itself."""
        self._change(at_utc_ms, "not_ready", "btn")
        if reason is not None:
            of = self.seq
            at_utc_ms += chosen_after_ms
            self.tell(at_utc_ms, "rsn", {"of": of, "rc": reason})
            self.reason = reason
            self._set_due()
            if self.span is not None and not self.is_losing and self.span["state"] != "unknown":
                self.span["reason"] = reason

    def ready(self, at_utc_ms: int) -> None:
        self._change(at_utc_ms, "ready", "btn")

    def talk(self, at_utc_ms: int, promise: Promise | None = None) -> None:
        """A new call; `promise`: the return call of a callback."""
        self.call, self.hold = self.call + 1, 0
        self._change(at_utc_ms, "talking", "btn", {"cb": promise} if promise else {})
        step = {"call": self.call, "sc": "greeting", "s": "hello", "by": "btn"}
        self.tell(at_utc_ms, "step", step)

    def put_on_hold(self, at_utc_ms: int) -> None:
        self.hold, self.reminders = self.hold + 1, 0
        self.asked_ms, self.kept, self.held_ms = [], 0, 0
        self._change(at_utc_ms, "hold", "btn")
        self.held_from_utc_ms = at_utc_ms

    def back(self, at_utc_ms: int) -> None:
        """From hold to the caller; what lasted under eight seconds was declined."""
        self.advance(at_utc_ms)
        is_declined = self._ms_at(at_utc_ms) - self.since_ms < CONSENT_MS
        self._end_hold(at_utc_ms, taken=not is_declined)
        self._change(at_utc_ms, "talking", "btn", {"nt": 1} if is_declined else {})

    def wrap_up(self, at_utc_ms: int) -> None:
        """Also from hold: the caller left."""
        self.advance(at_utc_ms)
        if self.state == "hold":
            self._end_hold(at_utc_ms, taken=True)
        self._change(at_utc_ms, "wrap_up", "btn")

    def spoke(self, at_utc_ms: int) -> None:
        self.tell(at_utc_ms, "spoke", {"hold": self.hold, "n": self.reminders})
        self._answered()
        self.due = [one for one in self.due if one[1] != "remind"]
        self.due.append((self.ms + REMIND_MS, "remind"))

    def more(self, at_utc_ms: int) -> None:
        self.tell(at_utc_ms, "more", {"call": self.call, "s": 30})
        left = [one[0] for one in self.due if one[1] == "wrapup"]
        self.due = [(left[0] + 30_000 if left else self.ms + 30_000, "wrapup")]

    # -- what becomes of it

    def advance(self, to_utc_ms: int) -> None:
        """Fire what is due up to then, as firmware/unit/alerts.py does."""
        to_ms = self._ms_at(to_utc_ms)
        while self.due:
            at_ms = min(one[0] for one in self.due)
            if at_ms > to_ms:
                return
            due = next(one for one in self.due if one[0] == at_ms)
            self.due.remove(due)
            self._fire(*due)

    def next_reminder_utc_ms(self) -> int | None:
        """When the unit will remind of the hold next."""
        found = [ms for ms, kind in self.due if kind == "remind"]
        return self._utc_at(found[0]) if found else None

    def _fire(self, at_ms: int, kind: str) -> None:
        lasted_s = (at_ms - self.since_ms) // 1000
        if kind == "remind":
            self.reminders += 1
            self.due.append((at_ms + REMIND_MS, "remind"))
            self.asked_ms.append(at_ms)
        bodies: dict[str, tuple[str, dict[str, Any]]] = {
            "remind": ("remind", {"hold": self.hold, "n": self.reminders}),
            "limit": ("limit", {"hold": self.hold, "lv": 1}),
            "hard": ("limit", {"hold": self.hold, "lv": 2}),
            "wrapup": ("wrapup", {"call": self.call}),
            "idle": ("idle", {"s": lasted_s}),
            "overrun": ("overrun", {"rc": self.reason, "s": lasted_s}),
        }
        self._log(at_ms, self._utc_at(at_ms), *bodies[kind])
        if kind == "idle" and not self.is_losing:
            self.truth.idle_alerts[self.agent] += 1

    def _set_due(self) -> None:
        since = self.since_ms
        if self.state == "hold":
            now = self.ms
            self.due = [(now + REMIND_MS, "remind"), (max(now, since + LIMIT_MS), "limit"),
                        (max(now, since + HARD_MS), "hard")]  # fmt: skip
        elif self.state == "wrap_up":
            self.due = [(max(self.ms, since + WRAP_UP_MS), "wrapup")]
        elif self.state == "ready":
            self.due = [(max(self.ms, since + IDLE_MS), "idle")]
        else:
            limit_s = REASONS[self.reason].max_s if self.state == "not_ready" else 0
            at_ms = max(self.ms, since + 1000 * limit_s)
            self.due = [(at_ms, "overrun")] if limit_s else []

    def _change(
        self, at_utc_ms: int, to: str, by: str, mark: dict[str, Any] | None = None, reason: int = 0
    ) -> None:
        self.advance(at_utc_ms)
        is_resumed = bool(mark and "rs" in mark)
        if not is_resumed:
            self.reason = reason
        body: dict[str, Any] = {"to": to, "by": by}
        if to == "not_ready":
            body["rc"] = self.reason
        if to != "signed_out":
            body["ag"] = self.agent
        if to in CALLS:
            body["call"] = self.call
        if to == "hold":
            body["hold"] = self.hold
        self.state = to
        self.tell(at_utc_ms, "st", body | (mark or {}))
        self.since_ms = self.ms
        if to == "signed_out":
            self.agent, self.call, self.sign_in = "", 0, 0
        self._set_due()
        self._span(to, self.agent or None, self.sign_in)

    def tell(self, at_utc_ms: int, kind: str, body: dict[str, Any]) -> Word:
        self.advance(at_utc_ms)
        return self._log(max(self.ms, self._ms_at(at_utc_ms)), at_utc_ms, kind, body)

    def _log(self, ms: int, utc_ms: int, kind: str, body: dict[str, Any]) -> Word:
        if self.is_losing and not self.first_lost:
            self._lose_state()
        self.seq += 1
        self.ms, self.now_utc_ms = ms, utc_ms
        self.told = ms, utc_ms
        word = Word(utc_ms, "event", self.uid, self.boot, self.seq, ms, kind, body)
        if not self.is_losing:
            self.words.append(word)
        return word

    def _ms_at(self, utc_ms: int) -> int:
        since_ms = utc_ms - self.booted_utc_ms
        return since_ms + since_ms * self.rate_ppb // 1_000_000_000

    def _utc_at(self, ms: int) -> int:
        return self.booted_utc_ms + ms - ms * self.rate_ppb // 1_000_000_000

    # -- what the log must show

    def _lose_state(self) -> None:
        """The state is known up to the last event that is told."""
        self.first_lost = self.seq + 1
        span = dict(self.span or {})
        self._close_span(*self.told)
        self.span = span | {"state": "unknown", "start_ms": self.told[0], "call": None,
                            "reason": None, "start_utc_ms": self.told[1]}  # fmt: skip

    def _span(self, state: str, agent: str | None, sign_in: int) -> None:
        if self.is_losing:
            return
        self._close_span(self.ms, self.now_utc_ms)
        self.span = {
            "state": state, "agent": agent, "sign_in": sign_in, "start_ms": self.ms,
            "start_utc_ms": self.now_utc_ms,
            "reason": self.reason if state == "not_ready" else None,
            "call": (sign_in, self.call) if state in CALLS else None,
        }  # fmt: skip

    def _close_span(self, ms: int, utc_ms: int) -> None:
        span, self.span = self.span, None
        if span is None:
            return
        start_ms = span.pop("start_ms")
        duration_ms = utc_ms - span["start_utc_ms"] if start_ms is None else ms - start_ms
        told = Span(uid=self.uid, end_utc_ms=utc_ms, duration_ms=duration_ms, **span)
        self.truth.spans.append(told)

    def _answered(self) -> None:
        self.kept += sum(self.ms - one <= GRACE_MS for one in self.asked_ms)
        self.asked_ms = []

    def _end_hold(self, at_utc_ms: int, *, taken: bool) -> None:
        ms = self._ms_at(at_utc_ms)
        self.kept += sum(ms - one <= GRACE_MS for one in self.asked_ms)
        self._note_hold(self.held_ms + ms - self.since_ms, taken=taken)

    def _note_hold(self, duration_ms: int, *, taken: bool) -> None:
        call = self.sign_in, self.call
        hold = HoldTruth(self.agent, call, self.held_from_utc_ms, duration_ms, taken,
                         self.reminders, self.kept)  # fmt: skip
        if not self.is_losing:
            self.truth.holds.append(hold)
