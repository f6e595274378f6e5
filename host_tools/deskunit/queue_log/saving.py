"""The differences between telephone system and units as a file, one row a call."""

from collections.abc import Mapping
from pathlib import Path

from deskunit import clock
from deskunit.exports.formats import csv_lines
from deskunit.exports.states import local_clock, utc_text
from deskunit.exports.writing import Export, described, save
from deskunit.queue_log.matching import Reconciliation
from deskunit.queue_log.telling import COLUMNS, SCHEMA, differences
from deskunit.state_log.query import Query


def save_differences(
    found: Reconciliation, out: Path | str, query: Query, names: Mapping[str, str]
) -> Export:
    """Write every call, matched or not, with a manifest. DeskunitError: unwritable."""
    local = local_clock(query.zone)

    def instant(utc_ms: int | None) -> tuple[str | None, str | None, str | None]:
        return (None, None, None) if utc_ms is None else (utc_text(utc_ms), *local(utc_ms))

    rows = list(differences(found, names, instant))
    about = {"schema": SCHEMA, **described(query, "csv", True, clock.now_utc_ms()),
             "clock_difference_s": found.skew_ms / 1000, "tolerance_s": found.tolerance_ms / 1000,
             "columns": COLUMNS}  # fmt: skip
    return save(out, csv_lines(COLUMNS, rows), lambda: len(rows), about)
