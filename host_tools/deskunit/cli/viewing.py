"""Whose log the user of a command may see, by [viewer] in settings.toml: what each that reads asks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    return within
