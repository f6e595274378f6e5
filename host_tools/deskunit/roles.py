"""Whose log this user may see: everybody's, some teams', their own. What every read asks first.

On one PC this is a setting and no lock: whoever may change settings.toml or read deskunit.db sees all. The
center enforces it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from deskunit.errors import DeskunitError
from deskunit.settings import AGENT, Viewer

if TYPE_CHECKING:
    from deskunit.agents import Agent
    from deskunit.store import Store


def scope(viewer: Viewer, store: "Store") -> frozenset[str] | None:
    """Ids of the agents whose log the viewer may see, for Query.within; None: everybody's."""
    is_of_teams = viewer.role != AGENT and viewer.teams
    return scope_among(viewer, store.agents() if is_of_teams else ())


def scope_among(viewer: Viewer, agents: "Iterable[Agent]") -> frozenset[str] | None:
    """The same, where the list of agents is at hand."""
    if viewer.role == AGENT:
        return frozenset([viewer.agent])
    return scope_of_teams(viewer.teams, agents) if viewer.teams else None


def scope_of_teams(teams: tuple[str, ...], agents: "Iterable[Agent]") -> frozenset[str]:
    """Those who are in the teams now."""
    return frozenset(agent.id for agent in agents if agent.team in teams)


def only_one(within: frozenset[str] | None) -> str | None:
    """The agent, where it is one alone: his rows are found by an index."""
    return next(iter(within)) if within is not None and len(within) == 1 else None


def check(within: frozenset[str] | None, agents: Iterable[str]) -> None:
    """DeskunitError: somebody who is asked for is outside of what this user may see."""
    for agent in agents:
        if within is not None and agent not in within:
            raise DeskunitError("not_yours", exit_code=2, agent=agent)


def check_correcting(viewer: Viewer) -> None:
    """DeskunitError: an agent's role reads and corrects nothing."""
    if viewer.role == AGENT:
        raise DeskunitError("correction_role", exit_code=2)


def check_teams(viewer: Viewer, teams: Iterable[str]) -> None:
    """DeskunitError: a team that is asked for is not one of the viewer's."""
    for team in teams:
        if viewer.role == AGENT or (viewer.teams and team not in viewer.teams):
            raise DeskunitError("team_not_yours", exit_code=2, team=team)
