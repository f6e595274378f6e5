"""What the supervisor tab asks for; `deskunit.supervision.desk` has it over the running logger.

All calls may come from any thread, may take seconds, and raise DeskunitError for a sentence. The role that
the settings give the viewer is theirs to keep to: the page shows what it gets.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from deskunit.supervision.download import Download

Asked = Mapping[
    str, str
]  # day, or from and to (both included), else today; agent, team, raw, split


class Supervision(Protocol):
    def site(self) -> dict[str, Any]:
        """role supervisor or agent, agent, agents [{id, name, team}], teams, zone, today."""

    def view(self, asked: Asked, language: str) -> dict[str, Any]:
        """is_live, first, last, today; now {state: how many}, of today alone; corrections.

        parts [{name, html}], none where nobody was signed in; defs: what their drawings refer to.
        """

    def around(self, agent_id: str, at_utc_ms: int) -> dict[str, Any]:
        """rows: the agent's states of the day of that moment, each with what a correction made of it."""

    def preview(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """parts [{start_local, end_local, before, after}] of a correction that nobody has made yet."""

    def correct(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The correction that was made, or withdrawn where `number` is one of the values."""

    def stop(self) -> None:
        """The page ends: what is still being written gives up."""

    def export(self, kind: str, fmt: str, asked: Asked, language: str) -> Download:
        """A file; whatever is wrong is said before its first byte."""
