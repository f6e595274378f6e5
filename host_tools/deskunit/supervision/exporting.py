"""The tab's exports and report files: what `deskunit export` and `report` write, as downloads."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, islice
from pathlib import Path

from deskunit import measures
from deskunit.errors import DeskunitError
from deskunit.exports import formats
from deskunit.exports.saving import Progress, save_table, table_chunks
from deskunit.exports.table import Table
from deskunit.reports.model import Report
from deskunit.settings import Settings
from deskunit.state_log.query import SPLITS, Query
from deskunit.store import Store
from deskunit.supervision.download import Download

KINDS = ("states", "events", "intervals", "calls", "holds", "callbacks", "signins")
STREAMED = tuple(formats.TEXT)
QUEUE_LOG = "queue_log"
REPORT = "report"
REPORT_FORMATS = ("html", "xlsx", "pdf")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "queue_log": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}
MakeTable = Callable[[Query], Table]


def cut(kind: str, typed: str | None, day_start_min: int) -> str | None:
    """How the rows of that kind are cut; None: not. DeskunitError: there is no such cut."""
    known = {"states": SPLITS, "intervals": measures.EVERY}.get(kind, ())
    if not typed or not known:
        return None
    if kind == "intervals" and typed == "midnight" and not day_start_min:
        return "day"
    if typed not in known:
        raise DeskunitError("unknown_split", exit_code=2, split=typed, known=", ".join(known))
    return typed


def tables(
    kind: str, store: Store, data_dir: Path, settings: Settings, every: str | None, now_utc_ms: int
) -> MakeTable:
    """How the rows of one kind of export are read. DeskunitError: there is no such kind."""
    if kind not in KINDS:
        raise DeskunitError("export_kind", exit_code=2, found=kind, known=", ".join(KINDS))
    if kind == "states":
        from deskunit.exports.states_table import states_table

        return lambda query: states_table(store, query, now_utc_ms)
    if kind == "events":
        from deskunit.exports.events_table import events_table

        return lambda query: events_table(store, query)
    if kind == "callbacks":
        return _callbacks(store, data_dir)
    limits = measures.limits_of(settings)
    derived = _derived(kind, every)
    return lambda query: derived(store, query, limits, now_utc_ms)


def _callbacks(store: Store, data_dir: Path) -> MakeTable:
    """Masked, as always unless somebody asks for more at the command line."""
    from deskunit.callbacks.desk import CallbackDesk
    from deskunit.callbacks.exporting import callbacks_table
    from deskunit.callbacks.site import rules_of

    desk = CallbackDesk(store, rules_of(data_dir))
    return lambda query: callbacks_table(store, desk, query, status=None, personal=False)


def _derived(kind: str, every: str | None) -> Callable[..., Table]:
    if kind == "intervals":
        from deskunit.exports.intervals_table import intervals_table

        return partial(intervals_table, every=every or "30min")
    if kind == "calls":
        from deskunit.exports.calls_table import calls_table

        return calls_table
    if kind == "holds":
        from deskunit.exports.holds_table import holds_table

        return holds_table
    from deskunit.exports.sign_ins_table import sign_ins_table

    return sign_ins_table


def stream(table: Table, fmt: str, name: str) -> Download:
    """A format of text. The head and the first rows are read now, so that an error is no half file."""
    chunks = table_chunks(table, fmt)
    first = list(islice(chunks, 2))
    return Download(name, MEDIA[fmt], chain(first, chunks))


def binary(
    table: Table, fmt: str, name: str, facts: Mapping[str, object], progress: Progress
) -> Download:
    """A format that goes back in its file. DeskunitError: no room, or what `progress` raises."""
    return in_folder(
        name, fmt, lambda file: save_table(table, file, fmt, about=facts, progress=progress)
    )


def queue_log(
    store: Store, query: Query, name: str, now_utc_ms: int, progress: Progress
) -> Download:
    """Asterisk's queue_log of the states."""
    write = formats.get_writer(formats.OF_STATES, QUEUE_LOG)
    return in_folder(
        name, QUEUE_LOG,
        lambda file: write(
            store, query, out=file, acw=False, now_utc_ms=now_utc_ms, progress=progress
        ),
    )  # fmt: skip


def report_file(report: Report, fmt: str, language: str, name: str) -> Download:
    """The report of what is shown. DeskunitError: no such format, no browser for pdf."""
    from deskunit.reports import writing

    formats.check(fmt, REPORT_FORMATS)
    return Download(name, MEDIA[fmt], iter((writing.rendered(report, fmt, language),)))


def in_folder(name: str, fmt: str, write: Callable[[Path], object]) -> Download:
    """A file in a folder of its own, which goes when the download is closed."""
    folder = Path(tempfile.mkdtemp(prefix="deskunit-export-"))
    try:
        write(folder / name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Download(name, MEDIA[fmt], file=folder / name)
