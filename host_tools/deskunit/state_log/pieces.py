"""The state log row by row, for measures and reports."""

from collections.abc import Iterator

from deskunit.agents import Agent
from deskunit.errors import DeskunitError
from deskunit.intervals import Interval
from deskunit.state_log.piece import Piece
from deskunit.state_log.query import Query
from deskunit.store import Store


def pieces(store: Store, query: Query, now_utc_ms: int) -> Iterator[Piece]:
    """What touches [from, to), cut to it, ordered by start. DeskunitError: unknown agent, unit, team."""
    wanted = chosen_agents(store, query)
    if query.from_utc_ms is not None and query.from_utc_ms >= now_utc_ms:
        return
    for interval in store.intervals(query.from_utc_ms, query.to_utc_ms):
        if wanted is not None and (interval.agent_id or "") not in wanted:
            continue
        if query.units and interval.uid not in query.units:
            continue
        if query.states and interval.state not in query.states:
            continue
        if query.reasons and interval.reason_code not in query.reasons:
            continue
        yield _piece(interval, query, now_utc_ms)


def chosen_agents(store: Store, query: Query) -> frozenset[str] | None:
    """Ids of the agents asked for that may be seen; None: all. DeskunitError: an unknown one."""
    for agent in query.agents:
        if not store.has_agent(agent):
            raise DeskunitError("unknown_agent", exit_code=2, agent=agent)
    known = {unit.uid for unit in store.units()}
    for uid in query.units:
        if uid not in known:
            raise DeskunitError("unknown_unit", exit_code=2, uid=uid)
    chosen = frozenset(query.agents) | _of_teams(store.agents(), query.teams)
    if not chosen:
        return query.within
    return chosen if query.within is None else chosen & query.within


def _of_teams(agents: list[Agent], teams: tuple[str, ...]) -> frozenset[str]:
    for team in teams:
        if team not in {agent.team for agent in agents}:
            raise DeskunitError("unknown_team", exit_code=2, team=team)
    return frozenset(agent.id for agent in agents if agent.team in teams and teams)


def _piece(row: Interval, query: Query, now_utc_ms: int) -> Piece:
    end = max(now_utc_ms, row.start_utc_ms) if row.end_utc_ms is None else row.end_utc_ms
    first, last = row.start_utc_ms, end
    if query.from_utc_ms is not None:
        first = max(first, query.from_utc_ms)
    if query.to_utc_ms is not None:
        last = max(first, min(last, query.to_utc_ms))
    is_whole = first == row.start_utc_ms and last == row.end_utc_ms and row.duration_ms is not None
    return Piece(
        row_id=row.row_id,
        part=1,
        uid=row.uid,
        boot=row.boot,
        seq=row.seq,
        state=row.state,
        start_utc_ms=first,
        end_utc_ms=last,
        duration_ms=row.duration_ms if is_whole and row.duration_ms is not None else last - first,
        cause=row.cause,
        reason_code=row.reason_code,
        agent_id=row.agent_id,
        sign_in=row.sign_in,
        call_no=row.call_no,
        hold_no=row.hold_no,
        not_taken=row.not_taken,
        resumed=row.resumed,
        end_inferred=row.end_inferred,
        is_running=row.end_utc_ms is None,
        clipped_start=first > row.start_utc_ms,
        clipped_end=row.end_utc_ms is None or last < row.end_utc_ms,
        time_error_ms=row.time_error_ms,
        time_quality=row.time_quality,
    )
