"""Calls of the telephone system against calls of the units, agent by agent. Pure.

Two are the same call when they overlap by at least half of the shorter one, or begin within the tolerance
of each other; each counts once, those that fit best first.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from deskunit.queue_log.presses import Press

SKEW_WINDOW_MS = 300_000  # two clocks are not taken to be farther apart
SKEW_CALLS = 5  # fewer neighbours say nothing of the clocks


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call that the telephone system connected to an agent. `end_utc_ms` None: the log ends first."""

    call: str
    queue: str
    agent_id: str
    start_utc_ms: int
    end_utc_ms: int | None


@dataclass(frozen=True, slots=True)
class Pair:
    """The same call twice. Positive: the unit is later (the clocks' difference taken out), or longer."""

    spoken: Spoken
    press: Press
    start_ms: int
    duration_ms: int | None  # None: one of the two ends is not known

    @property
    def worst_ms(self) -> int:
        return max(abs(self.start_ms), abs(self.duration_ms or 0))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`skew_ms`: how much later the units' clocks show the start, as a median; press and clock are one in it.

    `pairs`: worst first. `elsewhere`: calls of agents who were at no unit in all this time.
    """

    pairs: tuple[Pair, ...]
    without_press: tuple[Spoken, ...]
    without_call: tuple[Press, ...]
    elsewhere: tuple[Spoken, ...]
    skew_ms: int
    tolerance_ms: int
    is_skew_known: bool = True  # False: too few are near each other, it was taken for 0

    @property
    def different(self) -> tuple[Pair, ...]:
        """Pairs that differ by more than the tolerance."""
        return tuple(one for one in self.pairs if one.worst_ms > self.tolerance_ms)

    def within(self, from_utc_ms: int | None, to_utc_ms: int | None) -> "Reconciliation":
        """What began in [from, to); None: no bound. The difference of the clocks stays that of all."""

        def is_in(one: Spoken | Press) -> bool:
            after = from_utc_ms is None or one.start_utc_ms >= from_utc_ms
            return after and (to_utc_ms is None or one.start_utc_ms < to_utc_ms)

        return replace(
            self,
            pairs=tuple(one for one in self.pairs if is_in(one.spoken)),
            without_press=tuple(filter(is_in, self.without_press)),
            without_call=tuple(filter(is_in, self.without_call)),
            elsewhere=tuple(filter(is_in, self.elsewhere)),
        )


def reconciled(
    spoken: Iterable[Spoken],
    presses: Iterable[Press],
    *,
    tolerance_ms: int,
    spans: Sequence[tuple[int, int]],
    at_units: Iterable[str],
) -> Reconciliation:
    """`spans`: from the first to the last row of each log; presses outside say nothing of it.

    `at_units`: agents who sat at a unit at some time of it.
    """
    here, away = set(at_units), list[Spoken]()
    calls_of: dict[str, list[Spoken]] = defaultdict(list)
    for one in sorted(spoken, key=lambda one: one.start_utc_ms):
        (calls_of[one.agent_id] if one.agent_id in here else away).append(one)
    of = _by_agent(presses)
    skew = _skew(calls_of, of)
    skew_ms = skew or 0
    pairs: list[Pair] = []
    for agent_id, calls in calls_of.items():
        pairs += _paired(calls, of.get(agent_id, []), skew_ms, tolerance_ms)
    met = {(one.press.key, one.press.agent_id) for one in pairs}
    matched = {id(one.spoken) for one in pairs}
    unmatched = [one for calls in calls_of.values() for one in calls if id(one) not in matched]
    alone = [one for each in of.values() for one in each if (one.key, one.agent_id) not in met]
    return Reconciliation(
        tuple(sorted(pairs, key=lambda one: -one.worst_ms)),
        tuple(sorted(unmatched, key=_start)),
        tuple(sorted((one for one in alone if _is_covered(one, spans, skew_ms)), key=_start)),
        tuple(away),
        skew_ms,
        tolerance_ms,
        is_skew_known=skew is not None,
    )


def _start(one: Spoken | Press) -> int:
    return one.start_utc_ms


def _is_covered(press: Press, spans: Sequence[tuple[int, int]], skew_ms: int) -> bool:
    """Whether the log would tell of such a call: it began and ended while the log was written."""
    start_ms, end_ms = press.start_utc_ms - skew_ms, press.end_utc_ms - skew_ms
    return any(first <= start_ms and end_ms <= last for first, last in spans)


def _by_agent(presses: Iterable[Press]) -> dict[str, list[Press]]:
    found: dict[str, list[Press]] = defaultdict(list)
    for one in sorted(presses, key=_start):
        found[one.agent_id].append(one)
    return found


def _skew(
    calls_of: Mapping[str, Sequence[Spoken]], of: Mapping[str, Sequence[Press]]
) -> int | None:
    """The median of what lies between each call and the press nearest to it; None: too few are near."""
    apart = []
    for agent_id, calls in calls_of.items():
        starts = [one.start_utc_ms for one in of.get(agent_id, [])]
        for call in calls:
            place = bisect_left(starts, call.start_utc_ms)
            near = [at - call.start_utc_ms for at in starts[max(0, place - 1) : place + 1]]
            nearest = min(near, key=abs, default=SKEW_WINDOW_MS)
            if abs(nearest) < SKEW_WINDOW_MS:
                apart.append(nearest)
    return round(median(apart)) if len(apart) >= SKEW_CALLS else None


def _paired(
    calls: Sequence[Spoken], presses: Sequence[Press], skew_ms: int, tolerance_ms: int
) -> list[Pair]:
    """One to one, the best fits first."""
    fits = sorted(_fits(calls, presses, skew_ms, tolerance_ms), key=lambda one: one[0])
    pairs: list[Pair] = []
    taken_calls, taken_presses = set[int](), set[int]()
    for _, call_no, press_no in fits:
        if call_no not in taken_calls and press_no not in taken_presses:
            taken_calls.add(call_no)
            taken_presses.add(press_no)
            pairs.append(_pair(calls[call_no], presses[press_no], skew_ms))
    return pairs


def _fits(
    calls: Sequence[Spoken], presses: Sequence[Press], skew_ms: int, tolerance_ms: int
) -> list[tuple[int, int, int]]:
    """(how far apart in sum, call, press) of all that may be the same."""
    found = []
    moved = [_moved(one, skew_ms) for one in presses]
    longest_ms = max((one.end_utc_ms - one.start_utc_ms for one in moved), default=0)
    starts = [one.start_utc_ms for one in moved]
    for call_no, call in enumerate(calls):
        end_ms = call.end_utc_ms
        first = bisect_left(starts, call.start_utc_ms - longest_ms - tolerance_ms)
        for press_no in range(first, len(moved)):
            press = moved[press_no]
            if (
                press.start_utc_ms
                > max(end_ms or call.start_utc_ms, call.start_utc_ms) + tolerance_ms
            ):
                break
            if _may_be(call, press, tolerance_ms):
                apart_ms = abs(press.start_utc_ms - call.start_utc_ms)
                apart_ms += 0 if end_ms is None else abs(press.end_utc_ms - end_ms)
                found.append((apart_ms, call_no, press_no))
    return found


def _may_be(call: Spoken, press: Press, tolerance_ms: int) -> bool:
    if abs(press.start_utc_ms - call.start_utc_ms) <= tolerance_ms:
        return True
    if call.end_utc_ms is None:
        return False
    overlap_ms = min(call.end_utc_ms, press.end_utc_ms) - max(call.start_utc_ms, press.start_utc_ms)
    shorter_ms = min(call.end_utc_ms - call.start_utc_ms, press.end_utc_ms - press.start_utc_ms)
    return overlap_ms > 0 and 2 * overlap_ms >= shorter_ms


def _moved(press: Press, skew_ms: int) -> Press:
    return replace(
        press, start_utc_ms=press.start_utc_ms - skew_ms, end_utc_ms=press.end_utc_ms - skew_ms
    )


def _pair(call: Spoken, press: Press, skew_ms: int) -> Pair:
    start_ms = press.start_utc_ms - skew_ms - call.start_utc_ms
    if press.is_cut or call.end_utc_ms is None:
        return Pair(call, press, start_ms, None)
    spoken_ms = call.end_utc_ms - call.start_utc_ms
    return Pair(call, press, start_ms, press.end_utc_ms - press.start_utc_ms - spoken_ms)
