"""Writes exports whole or not at all, each with its manifest; the command line and the page call it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from deskunit import clock
from deskunit.errors import DeskunitError
from deskunit.exports.formats import csv_lines, json_lines
from deskunit.exports.states import COLUMNS, SCHEMA, Names, Row, row_maker
from deskunit.exports.writing import FORMATS, Export, described, save
from deskunit.state_log import query as ranges
from deskunit.state_log.choosing import chosen
from deskunit.state_log.query import Query
from deskunit.store import Store, open_store

Progress = Callable[[int, int], None]  # rows done, rows expected


def states_rows(
    store: Store,
    query: Query,
    *,
    fmt: str = "csv",
    bom: bool = True,
    now_utc_ms: int | None = None,
    progress: Progress | None = None,
) -> Iterator[bytes]:
    """The state log as bytes in chunks, as it is read. DeskunitError: unknown agent or format."""
    if fmt not in FORMATS:
        raise DeskunitError("unknown_format", exit_code=2, format=fmt)
    chosen(store, query)
    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    rows = _counted(_rows(store, query, now), store, query, progress)
    return csv_lines(COLUMNS, rows, bom=bom) if fmt == "csv" else json_lines(COLUMNS, rows)


def export_states(
    source: Store | Path | str,
    *,
    out: Path | str,
    from_: str | None = None,
    to: str | None = None,
    agent: str | None = None,
    unit: str | None = None,
    tz: str | None = None,
    fmt: str = "csv",
    bom: bool = True,
    now_utc_ms: int | None = None,
    progress: Progress | None = None,
) -> Export:
    """Write the state log of a store or data folder to `out` ("-": standard output).

    `from_` and `to` as typed, half-open, in the zone `tz` (None: the machine's). The file appears
    whole or not at all, with FILE.manifest.json beside it. DeskunitError for everything expected.
    """
    query = ranges.query(
        from_=from_, to=to, agents=ranges.only(agent), units=ranges.only(unit), tz=tz
    )
    now = clock.now_utc_ms() if now_utc_ms is None else now_utc_ms
    rows = 0

    def count(done: int, expected: int) -> None:
        nonlocal rows
        rows = done
        if progress is not None:
            progress(done, expected)

    with _opened(source) as store:
        chunks = states_rows(store, query, fmt=fmt, bom=bom, now_utc_ms=now, progress=count)
        about = {
            "schema": SCHEMA,
            **described(query, fmt, bom, now),
            "query": {"from": from_, "to": to, "agent": agent, "unit": unit},
            "columns": COLUMNS,
        }
        return save(out, chunks, lambda: rows, about)


def _opened(source: Store | Path | str) -> AbstractContextManager[Store]:
    return nullcontext(source) if isinstance(source, Store) else open_store(source, write=False)


def _only(query: Query) -> tuple[str | None, str | None]:
    return next(iter(query.agents), None), next(iter(query.units), None)


def _rows(store: Store, query: Query, now_utc_ms: int) -> Iterator[Row]:
    if query.from_utc_ms is not None and query.from_utc_ms >= now_utc_ms:
        return iter(())  # what is open now says nothing of the future
    names = Names(
        seats={unit.uid: unit.seat for unit in store.units()},
        agents={agent.id: agent for agent in store.agents()},
    )
    found = store.intervals(query.from_utc_ms, query.to_utc_ms, *_only(query))
    return map(row_maker(query, names, now_utc_ms), found)


def _counted(
    rows: Iterable[Row], store: Store, query: Query, progress: Progress | None
) -> Iterator[Row]:
    if progress is None:
        yield from rows
        return
    expected = store.count_intervals(query.from_utc_ms, query.to_utc_ms, *_only(query))
    done = 0
    for done, row in enumerate(rows, start=1):
        yield row
        progress(done, expected)
    progress(done, done)
