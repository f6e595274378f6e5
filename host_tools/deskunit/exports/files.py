"""Exports as files and as streams: what the command line, the page and reports call.

A table is made of one query; a question with a shift has a query for each window, read one after the other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from deskunit import clock
from deskunit.exports.asking import Asked, Typed, asked
from deskunit.exports.options import Options
from deskunit.exports.saving import Progress, about, save_table, table_chunks
from deskunit.exports.table import Table
from deskunit.exports.writing import Export, Out
from deskunit.state_log.query import Query
from deskunit.store import Store, open_store

MakeTable = Callable[[Query], Table]


def export(
    make: MakeTable,
    question: Asked,
    *,
    out: Out,
    fmt: str = "csv",
    options: Options | None = None,
    now_utc_ms: int | None = None,
    progress: Progress | None = None,
) -> Export:
    """Write the tables of the question's windows as one file ("-": standard output), with its manifest.

    The file appears whole or not at all. DeskunitError for everything expected.
    """
    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    facts = about(question.query, now, question.said)
    return save_table(joined(make, question.windows), out, fmt, options, facts, progress)


def joined(make: MakeTable, windows: Sequence[Query]) -> Table:
    """The rows of the windows one after the other; each is read when its turn comes."""
    first = make(windows[0])
    if len(windows) == 1:
        return first
    return replace(first, batches=_batches(first, make, windows[1:]), expected=None)


def _batches(first: Table, make: MakeTable, windows: Sequence[Query]) -> Iterator[Any]:
    yield from first.batches
    yield from chain.from_iterable(make(query).batches for query in windows)


def export_states(
    source: Store | Path | str,
    typed: Typed | None = None,
    *,
    out: Out,
    fmt: str = "csv",
    options: Options | None = None,
    now_utc_ms: int | None = None,
    progress: Progress | None = None,
) -> Export:
    """Write the state log of a store or data folder, as `export` does."""
    from deskunit.exports.states_table import states_table  # numpy and pyarrow: late

    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    question = asked(typed or Typed())
    with _opened(source) as store:
        return export(
            lambda query: states_table(store, query, now), question,
            out=out, fmt=fmt, options=options, now_utc_ms=now, progress=progress,
        )  # fmt: skip


def states_rows(
    store: Store,
    query: Query,
    *,
    fmt: str = "csv",
    options: Options | None = None,
    now_utc_ms: int | None = None,
) -> Iterator[bytes]:
    """The state log as bytes in chunks, as it is read. DeskunitError: unknown agent or format."""
    from deskunit.exports.states_table import states_table

    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    return table_chunks(states_table(store, query, now), fmt, options)


def _opened(source: Store | Path | str) -> AbstractContextManager[Store]:
    return nullcontext(source) if isinstance(source, Store) else open_store(source, write=False)
