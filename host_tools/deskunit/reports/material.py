"""What a report is made of, as plain data: read by reading.py, made into a report by building.py. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskunit.agents import Agent
from deskunit.callbacks.folding import Callback
from deskunit.callbacks.measures import Kept
from deskunit.correction import Correction
from deskunit.events import Happening
from deskunit.queue_log.figures import Line
from deskunit.roster import Shift
from deskunit.settings import Settings
from deskunit.state_log.piece import Piece


@dataclass(frozen=True, slots=True)
class Promised:
    """A callback with its due time, as measures see it and as the timeline shows it."""

    callback: Callback
    kept: Kept


@dataclass(frozen=True, slots=True)
class Read:
    """Everything that a report is made of. `pieces` begin earlier than the period: measures want it so."""

    pieces: list[Piece]
    happenings: list[Happening]
    agents: Mapping[str, Agent]
    seats: Mapping[str, str]
    site: Settings
    shifts: list[Shift] = field(default_factory=list)
    promised: list[Promised] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    line: Line | None = None  # of an imported queue_log; of the whole floor alone
