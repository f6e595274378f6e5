"""Connect rate, answer rate, service level and waits of visits (HANDBOOK §4). Pure.

Undefined ratios are None and shown as –. What has no known end (still waiting when the log ends, cut off by
a restart) is counted apart and in no ratio.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from deskunit.queue_log.row import Row
from deskunit.queue_log.visits import (
    ABANDONED,
    ANSWERED,
    CUT,
    EMPTIED,
    FAILED,
    KEY,
    NO_QUEUE,
    TIMED_OUT,
    TURNED_AWAY,
    WAITING,
    Visit,
)

DAY_MS = 86_400_000
OPEN_ENDS = frozenset((WAITING, CUT))
NOT_ASKED = frozenset((KEY, TURNED_AWAY, NO_QUEUE))
OFFERED = frozenset((ANSWERED, ABANDONED, TIMED_OUT, EMPTIED, FAILED))
RING_MISSED = "RINGNOANSWER"


@dataclass(frozen=True, slots=True)
class Ratio:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(slots=True)
class Mean:
    """A sum of milliseconds over so many, and the longest."""

    number: int = 0
    total_ms: int = 0
    longest_ms: int = 0

    def add(self, ms: int | None) -> None:
        if ms is not None:
            self.number += 1
            self.total_ms += ms
            self.longest_ms = max(self.longest_ms, ms)

    @property
    def average_s(self) -> float | None:
        return self.total_ms / self.number / 1000 if self.number else None


@dataclass(slots=True)
class Line:
    """A queue, or all: calls are told apart by their callid, the rest counts visits."""

    name: str
    dialled: int = 0
    asked: int = 0
    answered: int = 0  # calls that an agent took, in whichever of their visits
    offered: int = 0
    in_time: int = 0
    abandoned_early: int = 0  # within the same seconds
    transferred: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wait: Mean = field(default_factory=Mean)  # of the answered: the average speed of answer
    abandoned_wait: Mean = field(default_factory=Mean)
    talk: Mean = field(default_factory=Mean)

    @property
    def connect_rate(self) -> Ratio:
        """Calls connected ÷ calls dialled to the line (HANDBOOK §4, ≥ 95 %).

        Connected: an agent took it, in whatever queue. Dialled: every call that the log names. A call
        that never got as far as the telephone system's log (a busy line) nobody can count.
        """
        return Ratio(self.answered, self.dialled)

    @property
    def answer_rate(self) -> Ratio:
        """Calls answered by an agent ÷ calls that asked for one (HANDBOOK §4, 100 %).

        Asked: it was in a queue, and did not leave it by a key. Whoever gave up waiting had asked.
        """
        return Ratio(self.answered, self.asked)

    @property
    def service_level(self) -> Ratio:
        """Visits answered within T seconds ÷ visits offered.

        Offered: answered, abandoned, timed out, emptied or failed. Who gives up within T is among the
        offered and counts against it; how many they were stands beside it.
        """
        return Ratio(self.in_time, self.offered)

    @property
    def abandon_rate(self) -> Ratio:
        """Visits in which the caller hung up ÷ visits offered."""
        return Ratio(self.outcomes[ABANDONED], self.offered)


@dataclass(slots=True)
class AgentLine:
    """An agent as the telephone system saw them. `missed`: rang, and nobody took it."""

    name: str
    answered: int = 0
    missed: int = 0
    missed_ring: Mean = field(default_factory=Mean)
    in_time: int = 0
    transferred: int = 0
    holds: int = 0
    hold_ms: int = 0
    wait: Mean = field(default_factory=Mean)
    talk: Mean = field(default_factory=Mean)

    @property
    def answer_rate(self) -> Ratio:
        """Calls taken ÷ calls that rang at the agent: taken, or rung out (RINGNOANSWER)."""
        return Ratio(self.answered, self.answered + self.missed)

    @property
    def service_level(self) -> Ratio:
        """Of the calls that the agent took, those that had waited no longer than T."""
        return Ratio(self.in_time, self.wait.number)


@dataclass(frozen=True, slots=True)
class Figures:
    """`within_s`: the T of the service level."""

    within_s: int
    total: Line
    queues: tuple[Line, ...]
    agents: tuple[AgentLine, ...]


@dataclass(slots=True)
class _Known:
    """What has been counted of a call."""

    at_ms: int = 0
    is_asked: bool = False
    is_answered: bool = False


class Tally:
    """Takes visits in the order in which they end, and what rang out; `figures` is what they make.

    `id_of`: the agent that a name of the log means.
    """

    def __init__(self, within_s: int, id_of: Callable[[str], str] = str) -> None:
        self._within_s = within_s
        self._id_of = id_of
        self._total = Line("")
        self._queues: dict[str, Line] = {}
        self._agents: dict[str, AgentLine] = {}
        self._calls: OrderedDict[tuple[str | None, str], _Known] = OrderedDict()

    def add(self, visit: Visit) -> None:
        queue = self._queues.setdefault(visit.queue, Line(visit.queue))
        for place, line in ((None, self._total), (visit.queue, queue)):
            self._count_visit(line, visit)
            self._count_call((place, visit.call), line, visit)
        if visit.outcome == ANSWERED and visit.agent:
            self._count_agent(self._agent(visit.agent), visit)

    def rang_out(self, row: Row) -> None:
        """A RINGNOANSWER: its parameter is in milliseconds, every other time of the log in seconds."""
        line = self._agent(row.agent)
        line.missed += 1
        ring_ms = row.number(0)
        line.missed_ring.add(None if ring_ms is None else round(ring_ms))

    def figures(self) -> Figures:
        queues = sorted(self._queues.values(), key=lambda one: one.name)
        agents = sorted(self._agents.values(), key=lambda one: one.name)
        return Figures(self._within_s, self._total, tuple(queues), tuple(agents))

    def _agent(self, name: str) -> AgentLine:
        id_ = self._id_of(name)
        return self._agents.setdefault(id_, AgentLine(id_))

    def _is_early(self, visit: Visit) -> bool:
        return visit.wait_ms is not None and visit.wait_ms <= 1000 * self._within_s

    def _count_visit(self, line: Line, visit: Visit) -> None:
        line.outcomes[visit.outcome] += 1
        is_answered = visit.outcome == ANSWERED
        if visit.outcome in OFFERED and not (is_answered and visit.wait_ms is None):
            line.offered += 1
            line.in_time += is_answered and self._is_early(visit)
        if is_answered:
            line.wait.add(visit.wait_ms)
            line.talk.add(visit.talk_ms)
            line.transferred += visit.ended_by == "transfer"
        elif visit.outcome == ABANDONED:
            line.abandoned_wait.add(visit.wait_ms)
            line.abandoned_early += self._is_early(visit)

    def _count_call(self, key: tuple[str | None, str], line: Line, visit: Visit) -> None:
        """A call counts once, whichever of its visits says it first; forgotten a day after its last."""
        if visit.outcome in OPEN_ENDS:
            return
        known = self._calls.pop(key, None)
        line.dialled += known is None
        known = known or _Known()
        if visit.outcome not in NOT_ASKED and not known.is_asked:
            line.asked += 1
            known.is_asked = True
        if visit.outcome == ANSWERED and not known.is_answered:
            line.answered += 1
            known.is_answered = True
        known.at_ms = visit.ended_utc_ms or visit.seen_utc_ms
        self._calls[key] = known
        while next(iter(self._calls.values())).at_ms < known.at_ms - DAY_MS:
            self._calls.popitem(last=False)

    def _count_agent(self, line: AgentLine, visit: Visit) -> None:
        line.answered += 1
        line.in_time += self._is_early(visit)
        line.wait.add(visit.wait_ms)
        line.talk.add(visit.talk_ms)
        line.transferred += visit.ended_by == "transfer"
        line.holds += visit.holds
        line.hold_ms += visit.hold_ms
