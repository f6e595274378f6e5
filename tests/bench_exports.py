"""Exports of the state log: csv against `sqlite3 -csv`, parquet against csv, xlsx against xlsxwriter.

The same rows in the same run, each in a process of its own: seconds of wall clock and of processor, peak MB.
`python tests/bench_exports.py 100000` measures fewer rows.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]

from bench_data import make_intervals  # noqa: E402
from deskunit.exports.states_table import COLUMNS  # noqa: E402
from deskunit.words import text  # noqa: E402

ROWS = (1_000_000, 5_000_000)
XLSX_ROWS = 1_000_000  # xlsxwriter alone takes minutes
ZONE = "Asia/Shanghai"
STATES = ("signed_out", "not_ready", "ready", "talking", "hold", "wrap_up", "unknown")


@dataclass(frozen=True)
class Run:
    """One program from its start to its end."""

    wall_s: float
    cpu_s: float
    peak_mb: int

    def figures(self) -> dict[str, float]:
        return {"wall_s": self.wall_s, "cpu_s": self.cpu_s, "peak_mb": self.peak_mb}


def exports(rows: tuple[int, ...] = ROWS) -> dict[str, Any]:
    """All figures by the number of rows."""
    return {f"exports_of_{count}_rows": _of(count) for count in rows}


def _of(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        made = make_intervals(data / "deskunit.db", count)
        found = {fmt: _deskunit(data, fmt) for fmt in ("csv", "jsonl", "parquet")}
        if count <= XLSX_ROWS:
            found["xlsx"] = _deskunit(data, "xlsx")
            found["xlsxwriter"] = _python(_XLSXWRITER, data / "deskunit.parquet", data / "x.xlsx")
        if shutil.which("sqlite3"):
            found["sqlite3"] = _sqlite(data)
            _compare(data / "deskunit.csv", data / "sqlite3.csv", made)
        return {
            "rows": made,
            **{name: run.figures() for name, run in found.items()},
            **_ratios(found),
        }


def _ratios(found: dict[str, Run]) -> dict[str, float]:
    pairs = (("csv", "sqlite3"), ("parquet", "csv"), ("xlsx", "xlsxwriter"))
    return {
        f"{one}_to_{other}_{kind}": round(
            getattr(found[one], kind) / getattr(found[other], kind), 2
        )
        for one, other in pairs
        if one in found and other in found
        for kind in ("wall_s", "cpu_s")
    }


def _deskunit(data: Path, fmt: str) -> Run:
    program = "import sys; from deskunit.cli.top import main; main()"
    out = data / f"deskunit.{fmt}"
    words = ["export", "states", "--data", data, "--tz", ZONE, "--format", fmt, "--out", out]
    return _run([sys.executable, "-c", program, *map(str, words)])


def _python(program: str, *words: Path) -> Run:
    return _run([sys.executable, "-c", program, *map(str, words)])


def _sqlite(data: Path) -> Run:
    words = ["sqlite3", "-csv", "-header", str(data / "deskunit.db"), _select()]
    return _run(words, data / "sqlite3.csv")


def _run(words: list[str], out: Path | None = None) -> Run:
    """Through a small launcher: a child's peak is never below that of whoever started it."""
    launcher = [sys.executable, "-S", "-c", _LAUNCHER, str(out or os.devnull), *words]
    figures = json.loads(subprocess.run(launcher, check=True, capture_output=True).stdout)
    if figures.pop() != 0:
        raise SystemExit(f"{words[0]} … failed")
    return Run(*figures)


_LAUNCHER = """
import os, sys, time
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
begin_s = time.perf_counter()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ,
                          file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
_, status, used = os.wait4(process, 0)
wall_s, cpu_s = time.perf_counter() - begin_s, used.ru_utime + used.ru_stime
print([round(wall_s, 2), round(cpu_s, 2), used.ru_maxrss // 1024, status])
"""


def _compare(ours: Path, theirs: Path, rows: int) -> None:
    """The two files have the same rows: the first and the last are the same, and so is their number."""
    with ours.open(encoding="utf-8-sig") as one, theirs.open(encoding="utf-8") as other:
        count, last = 0, ("", "")
        for count, last in enumerate(zip(one, other, strict=True)):
            if count in (1, rows):
                mine, others = csv.reader(last)  # sqlite3 quotes more
                assert mine == others, last
    assert count == rows, (count, rows)


def _select() -> str:
    """The states export in SQL: local times of a zone that sets no clocks, ISO times by strftime."""
    chinese = " ".join(f"WHEN '{one}' THEN '{text(f'state.{one}', 'zh')}'" for one in STATES)
    made = {
        "start_utc": _utc("start_utc_ms"), "start_local": _local("start_utc_ms"),
        "start_offset": "'UTC+08:00'", "end_utc": _utc("end_utc_ms"),
        "end_local": _local("end_utc_ms"), "end_offset": "'UTC+08:00'", "tz": f"'{ZONE}'",
        "unit": "i.uid", "seat": "u.seat", "agent_name": "a.name", "team": "a.team",
        "duration_s": "printf('%.3f', duration_ms / 1000.0)", "duration_hms": _HMS,
        "state_zh": f"CASE state {chinese} END",
        "reason": "CASE reason_code WHEN 1 THEN 'break' END",
        "reason_zh": f"CASE reason_code WHEN 1 THEN '{text('reason.break', 'zh')}' END",
        "clipped_start": "0", "clipped_end": "0",
        "time_error_s": "printf('%.3f', time_error_ms / 1000.0)", "part": "1",
        "business_date": "strftime('%Y-%m-%d', start_utc_ms / 1000 + 28800, 'unixepoch')",
        "corrected": "0", "correction_id": "NULL", "original_state": "NULL",
        "original_reason_code": "NULL", "original_agent_id": "NULL",
    }  # fmt: skip
    columns = ", ".join(f"{made.get(one.name, one.name)} AS {one.name}" for one in COLUMNS)
    return (
        f"SELECT {columns} FROM interval i JOIN unit u ON u.uid = i.uid LEFT JOIN agent a "
        "ON a.id = i.agent_id WHERE u.is_confirmed = 1 ORDER BY start_utc_ms, i.uid, boot, seq"
    )


_HMS = (
    "(duration_ms / 3600000) || printf(':%02d:%02d', duration_ms / 60000 % 60, "
    "duration_ms / 1000 % 60)"
)


def _utc(column: str) -> str:
    whole = f"strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000, 'unixepoch')"
    return f"{whole} || printf('.%03dZ', {column} % 1000)"


def _local(column: str) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%S', {column} / 1000 + 28800, 'unixepoch')"


# the same cells with the same formats, from the same columns
_XLSXWRITER = """
import sys
import xlsxwriter
from deskunit.exports.rendering import text
from deskunit.exports.states_table import COLUMNS
from pyarrow import parquet

source, out = sys.argv[1:]
book = xlsxwriter.Workbook(out, {"constant_memory": True})
sheet = book.add_worksheet("states")
sheet.freeze_panes(1, 0)
formats = {"local": "yyyy-mm-dd hh:mm:ss", "span_hms": "[h]:mm:ss", "seconds": "0.000", "text": "@"}
formats = {kind: book.add_format({"num_format": code}) for kind, code in formats.items()}
head = book.add_format({"bold": True})
for place, column in enumerate(COLUMNS):
    sheet.write_string(0, place, column.name, head)
row = 1
for batch in parquet.ParquetFile(source).iter_batches(16384):
    lists = []
    for place, column in enumerate(COLUMNS):
        if column.kind == "span_hms":
            lists.append([None if one is None else one / 86400 for one in lists[-1]])
        elif column.kind == "utc":
            lists.append(text(batch.column(place), "utc").to_pylist())
        else:
            lists.append(batch.column(place).to_pylist())
    for cells in zip(*lists):
        for place, column in enumerate(COLUMNS):
            cell, kind = cells[place], column.kind
            if cell is None:
                continue
            if kind in ("text", "offset", "utc"):
                sheet.write_string(row, place, cell, formats["text"])
            elif kind == "local":
                sheet.write_datetime(row, place, cell, formats["local"])
            else:
                sheet.write_number(row, place, cell, formats.get(kind))
        row += 1
sheet.autofilter(0, 0, row - 1, len(COLUMNS) - 1)
book.close()
"""


if __name__ == "__main__":
    asked = tuple(int(word) for word in sys.argv[1:]) or ROWS
    sys.stdout.write(json.dumps(exports(asked), indent=1) + "\n")
