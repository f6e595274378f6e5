"""Whose rows, of which units, states and reasons: the filters of a query, checked and applied."""

from dataclasses import dataclass

import numpy as np

from deskunit import reasons, states
from deskunit.errors import DeskunitError
from deskunit.state_log.block import Block
from deskunit.state_log.query import Query
from deskunit.store import Store


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a row must be; None or empty: anything."""

    agents: frozenset[str] | None = None
    states: tuple[str, ...] = ()
    reasons: tuple[int, ...] = ()

    def of(self, block: Block) -> Block:
        """Those of the block's rows."""
        if self.agents is not None:
            block = block.where(block.among("agent_id", tuple(self.agents)))
        if self.states:
            block = block.where(block.among("state", self.states))
        if self.reasons:
            block = block.where(np.isin(block.number("reason_code"), self.reasons))
        return block


def chosen(store: Store, query: Query) -> Chosen:
    """The filters of a query. DeskunitError: an agent, team, unit, state or reason that is not there."""
    for state in query.states:
        if state not in states.STATES:
            known = ", ".join(states.STATES)
            raise DeskunitError("unknown_state", exit_code=2, state=state, known=known)
    for code in query.reasons:
        if code not in reasons.REASONS and code not in reasons.SITE_CODES:
            known = ", ".join(str(known) for known in reasons.REASONS)
            raise DeskunitError("unknown_reason", exit_code=2, reason=code, known=known)
    known_units = {unit.uid for unit in store.units()} if query.units else set()
    for uid in query.units:
        if uid not in known_units:
            raise DeskunitError("unknown_unit", exit_code=2, uid=uid)
    return Chosen(_agents(store, query), query.states, query.reasons)


def _agents(store: Store, query: Query) -> frozenset[str] | None:
    for agent in query.agents:
        if not store.has_agent(agent):
            raise DeskunitError("unknown_agent", exit_code=2, agent=agent)
    asked = frozenset(query.agents) | _members(store, query.teams)
    if not query.agents and not query.teams:
        return query.within
    return asked if query.within is None else asked & query.within


def _members(store: Store, teams: tuple[str, ...]) -> frozenset[str]:
    listed = store.agents() if teams else []
    for team in teams:
        if team not in {agent.team for agent in listed}:
            raise DeskunitError("unknown_team", exit_code=2, team=team)
    return frozenset(agent.id for agent in listed if agent.team in teams)
