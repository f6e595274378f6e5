"""How an agent of the synthetic floor spends a shift at a desk unit: presses, some of them forgotten."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log as _ln

from desk_unit import DeskUnit, Promise
from rota import Shift
from truth import Mishap

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
TALK_MEDIAN_S, TALK_SIGMA, TALK_MAX_S = 210, 0.75, 2_400
READY_MEAN_S = 120
HOLD_MEDIAN_S, HOLD_SIGMA = 45, 0.8
WRAP_UP_MEDIAN_S, WRAP_UP_SIGMA = 35, 0.6
KINDS = ("dropped", "fault", "fault", "complaint", "inquiry", "inquiry", "days_2", "correction")
MEAL, BREAK, RESTROOM, MEETING, TRAINING, COACHING, CALLBACK_WORK, HANDOVER = (
    2,
    1,
    3,
    4,
    5,
    6,
    8,
    11,
)


@dataclass(frozen=True, slots=True)
class Errand:
    """Away from the calls: from when, which reason, how long."""

    at_utc_ms: int
    reason: int
    length_ms: int


@dataclass(slots=True)
class AgentDay:
    """One shift. `mishap`: what goes wrong in it, "" for nothing. `promised`: the agent's open callbacks."""

    unit: DeskUnit
    shift: Shift
    chance: random.Random
    mishap: str
    promised: list[Promise]
    now: int = 0
    mishap_utc_ms: int = 0
    end_loss_utc_ms: int = 0
    errands: list[Errand] = field(default_factory=list)

    def work(self) -> None:
        shift, chance = self.shift, self.chance
        self.now = max(shift.comes_utc_ms, self.unit.now_utc_ms + 5_000)
        self.errands = list(self._plan())
        share = chance.uniform(0.2, 0.8)
        self.mishap_utc_ms = round(
            shift.start_utc_ms + share * (shift.end_utc_ms - shift.start_utc_ms)
        )
        self._sign_in()
        while self.now < shift.end_utc_ms:
            self._next()
        if self.end_loss_utc_ms:
            self._plugged_in()
        self._sign_out()

    def _plan(self) -> Iterator[Errand]:
        start, chance = self.shift.start_utc_ms, self.chance
        plan = [
            (2.0, BREAK, chance.uniform(8, 17)),
            (chance.uniform(3.6, 4.6), MEAL, chance.gauss(38, 7)),
            (6.2, BREAK, chance.uniform(8, 17)),
        ]
        plan += [(chance.uniform(0.5, 7.5), RESTROOM, chance.uniform(3, 9))] * (
            chance.random() < 0.7
        )
        plan += [(1.0, MEETING, chance.uniform(20, 35))] * (chance.random() < 0.2)
        plan += [(5.2, TRAINING, chance.uniform(45, 60))] * (chance.random() < 0.05)
        plan += [(5.0, COACHING, chance.uniform(15, 30))] * (chance.random() < 0.06)
        for at_h, reason, minutes in sorted(plan):
            at_utc_ms = start + round((at_h + chance.uniform(-0.1, 0.2)) * HOUR_MS)
            yield Errand(at_utc_ms, reason, round(max(3.0, minutes) * MINUTE_MS))

    def _passes(self, seconds: float) -> int:
        self.now += max(200, round(seconds * 1000))
        return self.now

    def _sign_in(self) -> None:
        unit = self.unit
        if unit.state != "signed_out":  # somebody forgot to
            found(unit, self.now)
            if unit.state != "not_ready":
                unit.not_ready(self.now, None, 0)
            unit.end(self._passes(self.chance.uniform(2, 6)))
            self._passes(self.chance.uniform(2, 6))
        unit.start(self.now, self.shift.agent)
        self._passes(self.chance.uniform(20, 150))
        self.now = max(self.now, self.shift.start_utc_ms - 60_000)
        unit.ready(self.now)

    def _next(self) -> None:
        if self.mishap and self.now >= self.mishap_utc_ms:
            self._goes_wrong()
        if self.end_loss_utc_ms and self.now >= self.end_loss_utc_ms:
            self._plugged_in()
        if self.errands and self.errands[0].at_utc_ms <= self.now:
            self._away(self.errands.pop(0))
        elif self.promised and self.chance.random() < 0.06:
            self._return_call(self.promised.pop(0))
        else:
            self._wait_for_a_call()

    def _wait_for_a_call(self) -> None:
        seconds = self.chance.expovariate(1 / READY_MEAN_S)
        until = min(self.now + round(seconds * 1000), self.shift.end_utc_ms)
        until = min([until, *(one.at_utc_ms for one in self.errands[:1])])
        self.now = max(self.now + 300, until)
        is_over = self.now >= self.shift.end_utc_ms
        if not is_over and not (self.errands and self.errands[0].at_utc_ms <= self.now):
            self._call(None)
            self.unit.ready(self.now)

    # -- calls

    def _call(self, promise: Promise | None) -> None:
        """From ready or not_ready to the end of wrap_up; the caller presses ready."""
        unit, chance = self.unit, self.chance
        unit.talk(self.now, promise)
        parts = 1 + (chance.random() < 0.22) + (chance.random() < 0.07)
        talk_s = min(TALK_MAX_S, chance.lognormvariate(_ln(TALK_MEDIAN_S), TALK_SIGMA))
        is_gone = False
        for part in range(parts):
            self._passes(talk_s / parts)
            if part + 1 < parts:
                is_gone = self._hold()
                if is_gone:
                    break
        if chance.random() < 0.4 and not is_gone:
            step = {"call": unit.call, "sc": "greeting", "s": "hear", "by": "btn"}
            unit.tell(self.now, "step", step)
            self._passes(chance.uniform(1, 20))
        if chance.random() < 0.01 and not is_gone:
            self._promise()
        unit.wrap_up(self.now)
        if promise is not None:
            self._ended(promise)
        self._wrap_up()

    def _hold(self) -> bool:
        """True: the caller hung up while waiting."""
        unit, chance = self.unit, self.chance
        unit.put_on_hold(self.now)
        if chance.random() < 0.12:
            unit.back(self._passes(chance.uniform(1.5, 7.5)))
            return False
        long_s = min(420, 9 + chance.lognormvariate(_ln(HOLD_MEDIAN_S), HOLD_SIGMA))
        end = self.now + round(long_s * 1000)
        self._remember_the_caller(end)
        self.now = end
        if chance.random() < 0.05:
            return True
        unit.back(end)
        return False

    def _remember_the_caller(self, end: int) -> None:
        """A reminder is answered mostly, and mostly soon."""
        while (at := self.unit.next_reminder_utc_ms()) is not None and at < end:
            answer = at + round(self.chance.uniform(1.5, 22) * 1000)
            if answer >= end or self.chance.random() > 0.7:
                self.unit.advance(min(at + 1, end))
                continue
            self.unit.spoke(answer)

    def _wrap_up(self) -> None:
        seconds = self.chance.lognormvariate(_ln(WRAP_UP_MEDIAN_S), WRAP_UP_SIGMA)
        if seconds > 70 and self.chance.random() < 0.4:
            self.unit.more(self.now + 50_000)
        self._passes(min(600, max(1.5, seconds)))

    def _promise(self) -> None:
        unit, kind = self.unit, self.chance.choice(KINDS)
        word = unit.tell(self.now, "callback", {"call": unit.call, "k": kind})
        self._passes(self.chance.uniform(0.5, 3))
        if not unit.is_losing:
            self.promised.append(Promise(self.shift.agent, word))
            unit.truth.callbacks[self.shift.agent] += 1

    def _return_call(self, promise: Promise) -> None:
        if self.unit.is_losing:
            self.promised.append(promise)
            self._wait_for_a_call()
            return
        self.unit.not_ready(self.now, CALLBACK_WORK, 2_500)
        self._passes(self.chance.uniform(15, 90))
        self._call(promise)
        self.unit.ready(self.now)

    def _ended(self, promise: Promise) -> None:
        """What the agent answers when the unit asks how the return call ended; some leave the menu."""
        chance = self.chance
        result = chance.choice(("settled", "settled", "settled", "no_answer", "not_settled", ""))
        if result:
            satisfied = (
                "not_asked" if result == "no_answer" else chance.choice(("yes", "yes", "no"))
            )
            body = {"cb": promise, "r": result, "sat": satisfied}
            self.unit.tell(self._passes(chance.uniform(1, 6)), "outcome", body)
            self.unit.truth.outcomes[self.shift.agent] += 1
        if result == "no_answer":
            self.promised.append(promise)

    # -- away, and what goes wrong

    def _away(self, errand: Errand) -> None:
        chance, unit = self.chance, self.unit
        if self.mishap == "lunch_ready" and errand.reason == MEAL:
            self._note("lunch_ready", self.now, self.now + errand.length_ms)
            self.mishap = ""
            self.now += errand.length_ms  # still "ready"
            return
        reason = None if chance.random() < 0.08 else errand.reason
        unit.not_ready(self.now, reason, round(chance.uniform(1_500, 6_000)))
        self._passes(max(10, errand.length_ms / 1000))
        unit.ready(self.now)

    def _goes_wrong(self) -> None:
        kind = self.mishap
        if kind in ("cut_resumed", "cut_left"):
            self.mishap = ""
            self._power_cut(kind)
        elif kind in ("cable", "gap"):
            self.mishap = ""
            self.end_loss_utc_ms = self.now + round(self.chance.uniform(8, 25) * MINUTE_MS)
            self._note(kind, self.now, self.end_loss_utc_ms)
            self.unit.unplug(self.now)
            if kind == "gap":
                self.unit.lose()
            self._passes(20)

    def _power_cut(self, kind: str) -> None:
        """In the middle of a call, mostly; the unit is back after half a minute or some."""
        unit, chance = self.unit, self.chance
        if chance.random() < 0.7:
            unit.talk(self.now)
            self._passes(chance.uniform(10, 120))
            if chance.random() < 0.3:
                unit.put_on_hold(self.now)
                self._passes(chance.uniform(10, 25))
        back = self.now + round(chance.uniform(20, 400) * 1000)
        self._note(kind, self.now, back)
        unit.cut(self.now, back)
        self.now = back
        self._passes(chance.uniform(3, 30))
        if kind == "cut_resumed":
            unit.resume(self.now)
            self._passes(chance.uniform(5, 40))
            if unit.state == "hold":
                unit.back(self.now + 8_000)
                self.now += 9_000
            if unit.state == "talking":
                unit.wrap_up(self.now)
                self._wrap_up()
        else:
            unit.leave(self.now)
            unit.start(self._passes(chance.uniform(4, 60)), self.shift.agent)
            self._passes(chance.uniform(3, 20))
        if unit.state != "ready":
            unit.ready(self.now)

    def _plugged_in(self) -> None:
        self.unit.lose_no_more()
        self.end_loss_utc_ms = 0

    def _sign_out(self) -> None:
        unit, chance = self.unit, self.chance
        self._passes(chance.uniform(0.5, 30))
        if self.mishap in ("no_sign_out", "overlap"):
            unit.left = (self.mishap, self.shift.agent, self.now)
            return
        unit.not_ready(self.now, HANDOVER if chance.random() < 0.3 else None, 2_000)
        unit.end(self._passes(chance.uniform(3, 90)))

    def _note(self, kind: str, from_utc_ms: int, to_utc_ms: int) -> None:
        mishap = Mishap(kind, self.shift.agent, self.unit.seat, from_utc_ms, to_utc_ms)
        self.unit.truth.mishaps.append(mishap)


def found(unit: DeskUnit, at_utc_ms: int) -> None:
    """What was left signed in is noticed, or the month is over."""
    if unit.left is not None:
        kind, agent, since_utc_ms = unit.left
        mishap = Mishap(kind, agent, unit.seat, since_utc_ms, at_utc_ms)
        unit.truth.mishaps.append(mishap)
        unit.left = None
