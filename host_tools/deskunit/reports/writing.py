"""Writes a report where it shall be, in the form wanted: a file that is there whole or not at all."""

import sys
from pathlib import Path

from deskunit.errors import DeskunitError
from deskunit.exports.writing import atomically
from deskunit.reports import building, page
from deskunit.reports.asking import Ask
from deskunit.reports.model import Report
from deskunit.store import Store

FORMS = ("html", "xlsx", "pdf")


def form(out: str, wanted: str | None) -> str:
    """As said, else as the file's name ends, else html. DeskunitError: unknown_report_format."""
    ending = Path(out).suffix.lower().removeprefix(".")
    found = wanted or (ending if ending in FORMS else "html")
    if found not in FORMS:
        raise DeskunitError("report_format", exit_code=2, format=found)
    return found


def write(
    store: Store, data_dir: Path, ask: Ask, now_utc_ms: int, *, out: str, form: str, language: str
) -> Path | None:
    """The file; None on standard output ("-"). DeskunitError for everything expected."""
    if form == "pdf":
        from deskunit.reports import printing

        printing.get_browser()  # before the work
    with building.uncollected():
        made = building.report(store, data_dir, ask, now_utc_ms)
        content = rendered(made, form, language)
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return None
    file = Path(out)
    with atomically(file) as target:
        target.write(content)
    return file


def rendered(report: Report, form: str, language: str) -> bytes:
    """The report as the bytes of such a file."""
    if form == "xlsx":
        from deskunit.reports import workbook

        return workbook.xlsx(report, language)
    html = page.html(report, language)
    if form == "pdf":
        from deskunit.reports import printing

        return printing.pdf(html)
    return html.encode()
