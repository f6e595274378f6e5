"""What a report shows, as plain data: figures, lanes, half-hours, points to talk about, the foot. Pure.

building.py makes it from the store; timeline, fragments, page and workbook draw it and look at nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from deskunit import measures
from deskunit.state_log.days import Day
from deskunit.state_log.piece import Piece
from deskunit.states import SIGNED_OUT, STATES

DAY, WEEK, AGENT, TEAM = KINDS = ("day", "week", "agent", "team")
SHOWN_STATES = tuple(state for state in STATES if state != SIGNED_OUT)  # a lane leaves it blank

# of Mark.kind and Point.kind
HOLD_OVER, REASON_OVER, LATE, UNKNOWN_TIME = "hold_over", "reason_over", "late", "unknown"
OVERLAP, OVERDUE, CORRECTED, CALLBACK = "overlap", "overdue", "corrected", "callback"
POINTS = (HOLD_OVER, REASON_OVER, LATE, UNKNOWN_TIME, OVERLAP, OVERDUE)


@dataclass(frozen=True, slots=True)
class Period:
    """The business days of the report, in order and without holes."""

    days: tuple[Day, ...]
    zone: ZoneInfo
    day_start_min: int = 0

    @property
    def from_utc_ms(self) -> int:
        return self.days[0].start_utc_ms

    @property
    def to_utc_ms(self) -> int:
        return self.days[-1].end_utc_ms

    @property
    def first(self) -> date:
        return self.days[0].date

    @property
    def last(self) -> date:
        return self.days[-1].date


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure against its target. `is_met` None: no target, or nothing to measure.

    `target`: percent of a share, else seconds or a number; `at_most`: it is an upper bound.
    """

    key: str
    measured: measures.Figure
    target: int | None = None
    is_met: bool | None = None
    at_most: bool = False


Figures = tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """How long in each state, and the signed-in time counted on its own: the two must be the same."""

    in_state_ms: Mapping[str, int]
    signed_in_ms: int

    @property
    def sum_ms(self) -> int:
        return sum(self.in_state_ms.values())

    @property
    def difference_ms(self) -> int:
        return self.sum_ms - self.signed_in_ms

    def share(self, state: str) -> float | None:
        whole = self.sum_ms
        return self.in_state_ms.get(state, 0) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at an instant of a lane. `text` is of the log or of a table of words, never typed in."""

    kind: str
    at_utc_ms: int
    duration_ms: int = 0
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of a timeline: an agent's day. `name` is the agent's, `date` set where lanes are days."""

    key: str
    name: str
    date: date | None
    start_utc_ms: int
    end_utc_ms: int
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    times: Times
    figures: Figures = ()


@dataclass(frozen=True, slots=True)
class Band:
    """A line of the interval table: a half-hour, of one day or of each day of the period together."""

    start_utc_ms: int
    end_utc_ms: int
    times: Times
    calls: measures.Figure
    handle: measures.Figure
    occupancy: measures.Figure


@dataclass(frozen=True, slots=True)
class Curve:
    """How many agents were in each state on average, a step a point."""

    step_ms: int
    at_utc_ms: tuple[int, ...]
    agents: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Point:
    """Something to talk about. `limit_s` None: there is none. `text`: of tables of words or the log."""

    kind: str
    agent_id: str
    name: str
    at_utc_ms: int
    duration_ms: int = 0
    limit_s: int | None = None
    seat: str = ""
    reason_code: int | None = None
    number: int = 0
    text: str = ""


Told = tuple[
    str | None, int | None, str | None
]  # state, reason, agent; None: nothing is said of it


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction and the stretch that it covers: what the unit had said, what holds now."""

    number: int
    agent_id: str
    name: str
    seat: str
    start_utc_ms: int
    end_utc_ms: int
    was: tuple[Told, ...]
    now: Told
    author: str
    why: str
    at_utc_ms: int
    withdrawn_by: str | None = None
    withdrawn_utc_ms: int | None = None
    withdrawn_why: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An agent, or a day, with its own figures."""

    key: str
    name: str
    team: str
    date: date | None
    figures: Figures
    times: Times

    def find(self, key: str) -> Figure | None:
        return next((one for one in self.figures if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Holds:
    """The holds that callers agreed to, of calls whose handling ended in the period."""

    episodes: tuple[measures.Hold, ...]
    limit_s: int

    @property
    def lengths_ms(self) -> list[int]:
        return [one.length_ms for one in self.episodes]

    @property
    def over(self) -> int:
        """How many were longer than the limit."""
        return sum(one.is_over_limit for one in self.episodes)


@dataclass(frozen=True, slots=True)
class Foot:
    """What the report rests on."""

    rows: int
    agents: int
    made_utc_ms: int
    version: str
    is_raw: bool
    corrected_rows: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows. `rows`: agents of a floor; `days`: the period day by day."""

    kind: str
    period: Period
    teams: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]  # id and name of those asked for; (): all
    figures: Figures
    times: Times
    rows: tuple[Row, ...]
    days: tuple[Row, ...]
    lanes: tuple[Lane, ...]
    holds: Holds
    bands: tuple[Band, ...]  # of all days together
    half_hours: tuple[Band, ...]  # of each day
    curve: Curve
    points: tuple[Point, ...]
    corrections: tuple[Corrected, ...]
    foot: Foot
    reasons: Mapping[int, int] = field(default_factory=dict)  # not_ready ms by reason code

    def find(self, key: str) -> Figure | None:
        return next((one for one in self.figures if one.key == key), None)
