"""Exports: tables of the log as csv, xlsx, parquet or JSON lines, whole or not at all, with a manifest.

Column by column in docs/exports.md. No row limit, and but for parquet nothing held in memory.
"""

from deskunit.exports.asking import Asked, Typed, asked
from deskunit.exports.files import export, export_states, states_rows
from deskunit.exports.options import Options
from deskunit.exports.progress import terminal_progress
from deskunit.exports.writing import Export

__all__ = [
    "Asked",
    "Export",
    "Options",
    "Typed",
    "asked",
    "export",
    "export_states",
    "states_rows",
    "terminal_progress",
]
