"""`deskunit export states --format queue_log`: the state log as a file that Asterisk might have written."""

from collections.abc import Iterator

from deskunit.errors import DeskunitError
from deskunit.exports.saving import Progress, about
from deskunit.exports.writing import Export, Out, save
from deskunit.queue_log.seat import Options
from deskunit.queue_log.writing import lines
from deskunit.state_log.pieces import pieces
from deskunit.state_log.query import Query
from deskunit.store import Store

SCHEMA = "deskunit.queue_log/1"
CHUNK_LINES = 1000


def export(
    store: Store,
    query: Query,
    *,
    out: Out,
    acw: bool = False,
    queue: str = "NONE",
    now_utc_ms: int,
    progress: Progress | None = None,
) -> Export:
    """Write it, with its manifest. DeskunitError: unknown agent, a filter by state or reason, unwritable."""
    if query.states or query.reasons:
        raise DeskunitError("queue_log_filtered", exit_code=2)
    options, done = Options(queue, acw), 0

    def chunks() -> Iterator[bytes]:
        nonlocal done
        page: list[str] = []
        for done, line in enumerate(lines(pieces(store, query, now_utc_ms), options), start=1):
            page.append(line)
            if len(page) == CHUNK_LINES:
                yield _packed(page)
                if progress is not None:
                    progress(done, None)
        yield _packed(page)

    asked = {"agents": query.agents, "teams": query.teams, "units": query.units,
             "queue": queue, "acw": acw, "raw": query.is_raw}  # fmt: skip
    facts = {"schema": SCHEMA, "format": "queue_log", **about(query, now_utc_ms, asked)}
    return save(out, chunks(), lambda: done, facts)


def _packed(page: list[str]) -> bytes:
    text = "".join(line + "\n" for line in page)
    page.clear()
    return text.encode()
