"""The differences between telephone system and units as a file, one row a call."""

from collections.abc import Mapping

from deskunit import clock
from deskunit.exports import instants
from deskunit.exports.rows import table
from deskunit.exports.saving import about, save_table
from deskunit.exports.table import columns
from deskunit.exports.writing import Export, Out
from deskunit.queue_log.matching import Reconciliation
from deskunit.queue_log.telling import COLUMNS, SCHEMA, differences
from deskunit.state_log.query import Query


def save_differences(
    found: Reconciliation, out: Out, fmt: str, query: Query, names: Mapping[str, str]
) -> Export:
    """Write every call, matched or not, with a manifest. DeskunitError: unknown format, unwritable."""
    rows = differences(found, names, instants.clock(query.zone))
    asked = {"tolerance_s": found.tolerance_ms / 1000, "clock_difference_s": found.skew_ms / 1000}
    facts = about(query, clock.now_utc_ms(), asked)
    return save_table(table("differences", SCHEMA, columns(COLUMNS), rows), out, fmt, about=facts)
