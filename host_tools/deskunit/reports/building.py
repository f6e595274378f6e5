"""Makes a report of what was read: measures, lanes, half-hours, what to talk about. Pure but for report()."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deskunit import __version__, measures
from deskunit.callbacks import measures as of_callbacks
from deskunit.errors import DeskunitError
from deskunit.measures import Group, Hold, Measures
from deskunit.reports import counting, laying, noticing
from deskunit.reports.asking import Ask
from deskunit.reports.material import Read
from deskunit.reports.model import (
    AGENT,
    DAY,
    Figure,
    Figures,
    Foot,
    Holds,
    Lane,
    Mark,
    Report,
    Row,
)
from deskunit.reports.reading import read
from deskunit.reports.wall import Wall
from deskunit.state_log.days import Day
from deskunit.state_log.piece import Piece
from deskunit.store import Store

KEYS = (
    *("occupancy", "calls_handled", "average_handle_time", "hold_per_held_call"),
    *(
        "hold_per_handled_call",
        "hold_episodes",
        "longest_hold",
        "holds_over_limit",
        "reminders_kept",
    ),
    *("wrap_up_per_handled_call", "not_ready_share", "unspecified_share", "away_share"),
    *("unknown_share", "idle_alerts"),
)
ROSTER_KEYS = ("on_time_sign_ins",)  # and the adherence that the site goes by
LINE_KEYS = ("connect_rate", "answer_rate", "service_level")
CALLBACK_KEYS = ("on_time_rate", "reply_rate")


def report(store: Store, data_dir: Path, ask: Ask, now_utc_ms: int) -> Report:
    """DeskunitError: what read() raises, and report_empty where nobody was signed in."""
    with uncollected():
        return built(read(store, data_dir, ask, now_utc_ms), ask, now_utc_ms)


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: all that is read is kept; looking through it took a quarter
    of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Known:
    """What all parts of one report are made of."""

    read: Read
    ask: Ask
    now_utc_ms: int
    of_agent: dict[str, list[Piece]]  # the same by agent
    pieces: list[Piece]  # signed in, within the period
    holds: list[Hold]  # episodes of calls whose handling ended in the period

    @property
    def span(self) -> measures.Period:
        return measures.Period(self.ask.period.from_utc_ms, self.ask.period.to_utc_ms)


def built(found: Read, ask: Ask, now_utc_ms: int) -> Report:
    """The whole report. DeskunitError: nothing in the period."""
    period = ask.period
    span = Day(period.first, period.from_utc_ms, period.to_utc_ms)
    of_agent = laying.by_agent(found.pieces, span)
    if not of_agent:
        raise DeskunitError("report_empty", first=period.first, last=period.last)
    inside = sorted(
        (one for of in of_agent.values() for one in of), key=lambda one: one.start_utc_ms
    )
    known = _Known(found, ask, now_utc_ms, of_agent, inside, _holds(found, span))
    cells = counting.Cells(_measured(known))
    by_agent = cells.by_agent()
    whole = measures.total(by_agent.values())
    half_hours = cells.by_half_hour()
    return Report(
        kind=ask.kind,
        period=period,
        teams=ask.teams,
        agents=tuple((one, noticing.name_of(found, one)) for one in ask.agents),
        figures=figures(whole, found, (*_callback_figures(known), *_line_figures(found))),
        times=counting.times(whole),
        rows=_rows(known, by_agent),
        days=_days(known, cells),
        lanes=_lanes(known, cells, by_agent),
        holds=Holds(tuple(known.holds), measures.limits_of(found.site).hold_max_s),
        bands=counting.bands(half_hours, _wall(known)),
        half_hours=tuple(counting.band(*span, of) for span, of in half_hours.items()),
        curve=counting.curve(found.pieces, period),
        points=noticing.points(found, inside, known.holds, period, now_utc_ms),
        corrections=noticing.corrections(found, inside),
        foot=_foot(known, by_agent),
        reasons=dict(whole.reason_ms),
    )


def _measured(known: _Known) -> dict[Group, Measures]:
    """Each agent's half-hours: what every other figure is added up from."""
    found, period = known.read, known.ask.period
    return measures.by(
        found.pieces,
        found.happenings,
        limits=measures.limits_of(found.site),
        period=known.span,
        shifts=found.shifts,
        now_utc_ms=known.now_utc_ms,
        who="agent",
        every="30min",
        zone=period.zone,
        day_start_min=period.day_start_min,
    )


def _holds(found: Read, span: Day) -> list[Hold]:
    limits = measures.limits_of(found.site)
    return [
        one
        for one in measures.holds(found.pieces, found.happenings, limits)
        if one.is_episode and one.counted_utc_ms is not None
        if span.start_utc_ms <= one.counted_utc_ms < span.end_utc_ms
    ]


def figures(of: Measures, found: Read, more: Figures = ()) -> Figures:
    """The key figures of a group against the site's targets; without a roster none of a roster."""
    targets = found.site.measures.targets
    limits = measures.limits_of(found.site)
    keys = [*KEYS, *((*ROSTER_KEYS, limits.adherence_key) if found.shifts else ())]
    made = [(key, of.figure(key)) for key in keys]
    return (
        *(
            Figure(key, one, targets.get(key), measures.is_met(key, one, targets.get(key)),
                   key in measures.AT_MOST)
            for key, one in made
        ),
        *more,
    )  # fmt: skip


def _callback_figures(known: _Known) -> Figures:
    period, targets = known.ask.period, known.read.site.callbacks.targets
    kept = [one.kept for one in known.read.promised]
    if not kept:
        return ()
    of = of_callbacks.measured(kept, period.from_utc_ms, period.to_utc_ms, known.now_utc_ms)[0]
    return tuple(
        Figure(
            key,
            measures.Figure("share", of.ratios[key].part, of.ratios[key].whole),
            targets.get(key),
            of_callbacks.is_met(key, of.ratios[key], targets.get(key)),
        )
        for key in CALLBACK_KEYS
    )


def _line_figures(found: Read) -> Figures:
    """Of an imported queue_log: what the unit cannot know."""
    if found.line is None:
        return ()
    targets = found.site.measures.targets
    made = []
    for key in LINE_KEYS:
        ratio = getattr(found.line, key)
        one = measures.Figure("share", ratio.part, ratio.whole)
        made.append(Figure(key, one, targets.get(key), measures.is_met(key, one, targets.get(key))))
    return tuple(made)


def _rows(known: _Known, by_agent: Mapping[str, Measures]) -> tuple[Row, ...]:
    return tuple(
        Row(
            agent,
            noticing.name_of(known.read, agent),
            _team(known.read, agent),
            None,
            figures(of, known.read),
            counting.times(of),
        )
        for agent, of in by_agent.items()
        if of.signed_in_ms or of.calls_handled
    )


def _team(found: Read, agent_id: str) -> str:
    agent = found.agents.get(agent_id)
    return agent.team if agent is not None else ""


def _days(known: _Known, cells: counting.Cells) -> tuple[Row, ...]:
    """A row a day, also one on which nobody came; none for a single day."""
    days = known.ask.period.days
    if len(days) == 1:
        return ()
    return tuple(_day(one, of, known.read) for one, of in cells.by_day(days))


def _day(day: Day, of: Measures, found: Read) -> Row:
    name = day.date.isoformat()
    return Row(name, name, "", day.date, figures(of, found), counting.times(of))


def _lanes(
    known: _Known, cells: counting.Cells, by_agent: Mapping[str, Measures]
) -> tuple[Lane, ...]:
    """Of a day a lane an agent, of an agent a lane a day; the others have none."""
    limit_s = measures.limits_of(known.read.site).hold_max_s
    marks = laying.marks(known.holds, known.read.promised, limit_s, known.now_utc_ms)
    if known.ask.kind == DAY:
        day, of_agent = known.ask.period.days[0], known.of_agent
        return tuple(
            _lane(agent, known, day, of_agent[agent], of, laying.within(marks, agent, day))
            for agent, of in by_agent.items()
            if agent in of_agent
        )
    return tuple(_own_lanes(known, cells, marks)) if known.ask.kind == AGENT else ()


def _own_lanes(
    known: _Known, cells: counting.Cells, marks: Mapping[str, Sequence[Mark]]
) -> Iterable[Lane]:
    for day, of in cells.by_day(known.ask.period.days):
        own = laying.by_agent(known.pieces, day)
        for agent in known.ask.agents:
            yield _lane(
                agent,
                known,
                day,
                own.get(agent, []),
                of,
                laying.within(marks, agent, day),
                is_day=True,
            )


def _lane(
    agent: str,
    known: _Known,
    day: Day,
    pieces: Sequence[Piece],
    of: Measures,
    marks: tuple[Mark, ...],
    *,
    is_day: bool = False,
) -> Lane:
    return Lane(
        key=agent,
        name=noticing.name_of(known.read, agent),
        date=day.date if is_day else None,
        start_utc_ms=day.start_utc_ms,
        end_utc_ms=day.end_utc_ms,
        pieces=tuple(pieces),
        marks=marks,
        times=counting.times(of),
        figures=figures(of, known.read),
    )


def _wall(known: _Known) -> Wall:
    period = known.ask.period
    return Wall(period.zone, period.from_utc_ms, period.to_utc_ms)


def _foot(known: _Known, by_agent: Mapping[str, Measures]) -> Foot:
    corrected = sum(one.correction is not None for one in known.pieces)
    agents = sum(bool(of.signed_in_ms) for of in by_agent.values())
    return Foot(
        len(known.pieces), agents, known.now_utc_ms, __version__, known.ask.is_raw, corrected
    )
