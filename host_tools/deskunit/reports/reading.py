"""Reads of the store what one report needs, at once; building.py makes the report of it without I/O."""

from itertools import islice
from pathlib import Path

from deskunit import measures, roster, settings
from deskunit.callbacks import shaping
from deskunit.callbacks.desk import CallbackDesk
from deskunit.callbacks.site import rules_of
from deskunit.correction import Correction
from deskunit.errors import DeskunitError
from deskunit.queue_log.figures import Line
from deskunit.reports.asking import Ask
from deskunit.reports.material import Promised, Read
from deskunit.roster import Shift
from deskunit.settings import Settings
from deskunit.state_log.choosing import chosen
from deskunit.state_log.piece import Piece
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.store import Store

MOST_STATES = 2_000_000  # a KB each; a month of 300 agents has 1.4 million


def read(store: Store, data_dir: Path, ask: Ask, now_utc_ms: int) -> Read:
    """DeskunitError: unknown agent or team, settings or lists with mistakes, more than a report holds."""
    site = settings.load(data_dir)
    span = measures.Period(ask.period.from_utc_ms, ask.period.to_utc_ms)
    reading = span.reading(measures.limits_of(site))
    query = Query(
        ask.period.zone, reading.from_utc_ms, reading.to_utc_ms, ask.agents, ask.teams,
        is_raw=ask.is_raw, within=ask.within,
    )  # fmt: skip
    whom = chosen(store, query).agents
    most = MOST_STATES if ask.most_states is None else ask.most_states
    found = list(islice(pieces(store, query, now_utc_ms), most + 1))
    if len(found) > most:
        raise DeskunitError("report_large", exit_code=2, most=most)
    kinds = measures.HAPPENINGS
    return Read(
        pieces=found,
        happenings=list(store.happenings(kinds, reading.from_utc_ms, reading.to_utc_ms)),
        agents={agent.id: agent for agent in store.agents()},
        seats={unit.uid: unit.seat or unit.uid for unit in store.units()},
        site=site,
        shifts=_shifts(data_dir, ask, whom),
        promised=_promised(store, data_dir, whom),
        corrections=_corrections(store, ask, found),
        line=_line(data_dir, ask, site) if whom is None else None,
    )


def _line(data_dir: Path, ask: Ask, site: Settings) -> Line | None:
    """What an imported queue_log says of the line in the period."""
    from deskunit.queue_log.kept import find_figures

    span = (ask.period.from_utc_ms, ask.period.to_utc_ms)
    found = find_figures(data_dir, *span, within_s=site.queue_log.answer_within_s)
    return found.figures.total if found is not None else None


def _shifts(data_dir: Path, ask: Ask, whom: frozenset[str] | None) -> list[Shift]:
    all_ = roster.load(data_dir / roster.FILE_NAME, ask.period.zone)
    return [one for one in all_ if whom is None or one.agent_id in whom]


def _promised(store: Store, data_dir: Path, whom: frozenset[str] | None) -> list[Promised]:
    desk = CallbackDesk(store, rules_of(data_dir))
    grace = desk.rules.now_grace_s
    return [
        Promised(one, shaping.kept(one, desk.due(one), "", grace))
        for one in store.callbacks()
        if whom is None or one.owner in whom
    ]


def _corrections(store: Store, ask: Ask, found: list[Piece]) -> list[Correction]:
    """Those of the period that touch one of the pieces, the withdrawn ones too."""
    if ask.is_raw:
        return []
    of_unit: dict[str, list[Piece]] = {}
    for piece in found:
        of_unit.setdefault(piece.uid, []).append(piece)
    span = (ask.period.from_utc_ms, ask.period.to_utc_ms)
    return [
        one
        for one in store.corrections(*span, including_withdrawn=True)
        if any(_touches(one, piece) for piece in of_unit.get(one.uid, ()))
    ]


def _touches(one: Correction, piece: Piece) -> bool:
    return one.start_utc_ms < piece.end_utc_ms and piece.start_utc_ms < one.end_utc_ms
