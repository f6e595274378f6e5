"""What the generator knows of its floor: the product's intervals and measures must say the same."""

from collections import Counter
from dataclasses import dataclass, field

from rota import Shift


@dataclass(frozen=True, slots=True)
class Span:
    """A state as the log must have it. By the unit's clock; a power cut's unknown time by UTC."""

    uid: str
    agent: str | None  # None: belongs to nobody
    sign_in: int  # numbered over the whole floor; 0: none
    state: str
    start_utc_ms: int
    end_utc_ms: int
    duration_ms: int
    reason: int | None = None
    call: tuple[int, int] | None = None  # sign-in and number


@dataclass(frozen=True, slots=True)
class HoldTruth:
    """A hold as it was pressed. `kept`: of its reminders, those answered or ended within 15 s."""

    agent: str
    call: tuple[int, int]
    start_utc_ms: int
    duration_ms: int
    taken: bool
    reminders: int
    kept: int


@dataclass(frozen=True, slots=True)
class Mishap:
    """cut_resumed, cut_left, cable, gap, lunch_ready, no_sign_out or overlap."""

    kind: str
    agent: str
    seat: str
    from_utc_ms: int
    to_utc_ms: int


@dataclass(slots=True)
class Truth:
    """All spans that are over, by unit and time; those that are still open are not among them."""

    seed: int
    zone: str
    from_utc_ms: int
    to_utc_ms: int
    shifts: list[Shift]
    events: int = 0
    spans: list[Span] = field(default_factory=list)
    holds: list[HoldTruth] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)
    callbacks: Counter[str] = field(default_factory=Counter)  # agent → promised
    outcomes: Counter[str] = field(default_factory=Counter)  # agent → return calls with a word
    idle_alerts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)  # events by kind

    def state_ms(self, agent: str) -> Counter[str]:
        """How long the log has the agent in each state; two seats at once count twice."""
        found: Counter[str] = Counter()
        for span in self.spans:
            if span.agent == agent:
                found[span.state] += span.duration_ms
        return found

    def reason_ms(self, agent: str) -> Counter[int]:
        """How long the agent was not ready, by reason code."""
        found: Counter[int] = Counter()
        for span in self.spans:
            if span.agent == agent and span.reason is not None:
                found[span.reason] += span.duration_ms
        return found

    def calls(self, agent: str) -> set[tuple[int, int]]:
        """The agent's calls, of which talking was logged at least once."""
        return {
            span.call
            for span in self.spans
            if span.agent == agent and span.state == "talking" and span.call is not None
        }
