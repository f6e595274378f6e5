"""Whose log the user of a command may see, by [viewer] in settings.toml: what each that reads asks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deskunit.cli.options import say

if TYPE_CHECKING:
    from deskunit.settings import Viewer
    from deskunit.store import Store


def scope(
    data_dir: Path, store: "Store", agents: Sequence[str] = (), teams: Sequence[str] = ()
) -> frozenset[str] | None:
    """Ids of the agents that may be seen; None: everybody's. DeskunitError: one asked for may not."""
    from deskunit import roles, settings

    viewer = settings.load(data_dir).viewer
    within = roles.scope(viewer, store)
    roles.check(within, agents)
    roles.check_teams(viewer, teams)
    tell_of_teams(data_dir, viewer, store)
    return within


def tell_of_teams(data_dir: Path, viewer: "Viewer", store: "Store") -> None:
    """Say which of the viewer's teams has nobody in it: mistyped, it hides what it should show."""
    from deskunit import settings

    if viewer.role == settings.AGENT or not viewer.teams:
        return
    known = {agent.team for agent in store.agents()}
    for team in viewer.teams:
        if team not in known:
            say("viewer_team", team=team, file=data_dir / settings.FILE_NAME)
