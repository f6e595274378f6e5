"""Exports of the state log: `export_states` writes a file and its manifest, `states_rows` streams.

Column by column in docs/supervisor.md. No row limit, nothing held in memory.
"""

from deskunit.exports.files import export_states, states_rows
from deskunit.exports.progress import terminal_progress
from deskunit.exports.states import COLUMNS
from deskunit.exports.writing import Export

__all__ = [
    "COLUMNS",
    "Export",
    "export_states",
    "states_rows",
    "terminal_progress",
]
