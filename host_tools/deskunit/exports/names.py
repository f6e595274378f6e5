"""Who and what the ids in a row stand for: seats, names and teams as they are now."""

from deskunit.agents import Agent
from deskunit.store import Store

_NOBODY = Agent("", "", "", "", "")


class Names:
    """Of one store, read once for an export. What nobody knows is ""."""

    def __init__(self, store: Store) -> None:
        self._seats = {unit.uid: unit.seat for unit in store.units()}
        self._agents = {agent.id: agent for agent in store.agents()}

    def unit(self, uid: str) -> tuple[str, str]:
        """Values of the columns unit and seat."""
        return uid, self._seats.get(uid, "")

    def agent(self, agent_id: str) -> tuple[str, str, str]:
        """Values of the columns agent_id, agent_name and team."""
        agent = self._agents.get(agent_id, _NOBODY)
        return agent_id, agent.name, agent.team
