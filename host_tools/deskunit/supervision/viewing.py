"""The charts of one view as fragments, one computation at a time, the last ones kept for a moment."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deskunit import clock
from deskunit.errors import DeskunitError
from deskunit.reports import building, fragments, tables, talks
from deskunit.reports.markup import Html
from deskunit.reports.model import AGENT, DAY, SHOWN_STATES, TEAM, WEEK, Report
from deskunit.reports.wording import Wording
from deskunit.store import Store
from deskunit.supervision.asking import Question

Part = Callable[[Report, Wording], Html]
PARTS: Mapping[str, Mapping[str, Part]] = {
    DAY: {
        "figures": fragments.figures,
        "lanes": fragments.lanes,
        "points": talks.points,
        "states": fragments.states,
        "curve": fragments.curve,
        "holds": fragments.hold_lengths,
        "bands": tables.bands,
    },
    WEEK: {
        "figures": fragments.figures,
        "days": tables.days,
        "curve": fragments.curve,
        "rows": tables.rows,
        "points": talks.points,
        "states": fragments.states,
        "holds": fragments.hold_lengths,
        "bands": tables.bands,
    },
    AGENT: {
        "figures": fragments.figures,
        "lanes": fragments.lanes,
        "points": talks.points,
        "states": fragments.states,
        "days": tables.days,
        "holds": fragments.hold_lengths,
        "bands": tables.bands,
        "log": tables.log,
    },
}
KEPT = 6
MOST_STATES = (
    500_000  # in the logger's process: two months of 50 agents, half a GB for some seconds
)
LIVE_MS = 1_000  # how long a view of today is as good as a new one
PAST_MS = 20_000


class Views:
    """Reports of a store, made when they are looked at."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._kept: OrderedDict[Any, tuple[int, Report | None]] = OrderedDict()

    def forget(self) -> None:
        """What was read is no longer true: a correction was made."""
        self._kept = OrderedDict()

    def report(self, store: Store, data_dir: Path, question: Question) -> Report | None:
        """None: nobody was signed in. DeskunitError: lists or settings with a mistake."""
        with self._one_at_a_time:
            kept, key, now = self._kept, question.ask, clock.now_utc_ms()
            good_ms = LIVE_MS if question.is_live else PAST_MS
            if key in kept and 0 <= now - kept[key][0] < good_ms:
                return kept[key][1]
            made = _made(store, data_dir, question, now)
            kept[key] = (clock.now_utc_ms(), made)
            kept.move_to_end(key)
            while len(kept) > KEPT:
                kept.popitem(last=False)
            return made


def _made(store: Store, data_dir: Path, question: Question, now_utc_ms: int) -> Report | None:
    try:
        ask = replace(question.ask, most_states=MOST_STATES)
        return building.report(store, data_dir, ask, now_utc_ms)
    except DeskunitError as error:
        if error.key == "report_empty":
            return None
        raise


def now(report: Report) -> dict[str, int]:
    """How many are in each state at this moment; who is signed out is in none."""
    running = ([one.state for one in lane.pieces if one.is_running] for lane in report.lanes)
    found = Counter(states[-1] for states in running if states)
    return {state: found[state] for state in SHOWN_STATES if found[state]}


def parts(report: Report, language: str) -> list[dict[str, str]]:
    """Name and markup of each part, in the order in which they are looked at."""
    say = Wording(language)
    of_kind = PARTS[WEEK if report.kind == TEAM else report.kind]
    made = ((name, part(report, say)) for name, part in of_kind.items())
    return [{"name": name, "html": str(html)} for name, html in made if html]
